#include "fuse/handle.h"

#include <stdlib.h>

#include "base/live.h"

struct handle *handle_create(struct fs *fs, struct dir *dir, struct snapshot *snapshot)
{
    struct handle *handle = calloc(1, sizeof *handle);
    if (!handle)
        return NULL;
    handle->dir = dir;
    handle->snapshot = snapshot ? snapshot_ref(snapshot) : NULL;
    dir->uses++;
    LIST_INSERT_HEAD(&fs->handles, handle, link);
    live_born(LIVE_HANDLE);
    return handle;
}

void handle_destroy(struct handle *handle)
{
    if (!handle)
        return;
    LIST_REMOVE(handle, link);
    snapshot_unref(handle->snapshot);
    handle->dir->uses--;
    free(handle);
    live_gone(LIVE_HANDLE);
}

void handle_rewind(struct handle *handle, struct snapshot *snapshot)
{
    snapshot_ref(snapshot);
    snapshot_unref(handle->snapshot);
    handle->snapshot = snapshot;
}

void handle_destroy_all(struct fs *fs)
{
    struct handle *handle;
    while ((handle = LIST_FIRST(&fs->handles)))
        handle_destroy(handle); /* NOLINT(clang-analyzer-unix.Malloc): it leaves the list */
}
