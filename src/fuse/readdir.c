/* Opens and reads directories. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fuse/handle.h"
#include "fuse/node.h"
#include "fuse/readahead.h"
#include "fuse/requests.h"
#include "fuse/waiting.h"
#include "tree/headcount.h"

/* Index 0 and 1 are "." and "..", what the directory shows begins at 2. The offset that comes
 * with an entry is the index of the next one, and stands for the same place as long as the
 * handle keeps its snapshot. */
#define READDIR_DOTS 2

/* -------- opendir, releasedir -------- */

static enum walk_way readdir_way(const struct dir *dir)
{
    return dir_kind_has_links(dir->kind) ? WALK_BY_NAME : WALK_BY_ID;
}

static void opendir_reply(fuse_req_t req, struct dir *dir, struct snapshot *snapshot)
{
    int64_t count = entry_count(dir, snapshot);
    struct handle *handle = count < 0 ? NULL : handle_create(fs_of(req), dir, snapshot);
    if (!handle) {
        fs_reply_error(req, count < 0 ? (int)count : -ENOMEM);
        return;
    }
    if (snapshot) {
        struct walker *walker = fs_walker_make(req);
        walk_begin(walker, dir->listing, snapshot, readdir_way(dir));
        tours_read(&fs_of(req)->tours, walker, fuse_req_ctx(req)->pid, dir, snapshot);
        headcount_look(dir);
    }
    struct fuse_file_info info = {.fh = (uint64_t)(uintptr_t)handle};
    handle_keep_names(handle, count, &info);
    readahead_opened(fs_of(req)->readahead, dir);
    if (fuse_reply_open(req, &info))
        handle_destroy(handle);
}

static void opendir_resume(struct waiting *waiting, struct snapshot *snapshot)
{
    opendir_reply(waiting->req, waiting->dir, snapshot);
}

void fs_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
    struct fs *fs = fs_of(req);
    struct dir *dir = node_dir(fs, ino);
    (void)info;
    fs->counts.opendir++;
    if (!dir) {
        fs_reply_error(req, -ENOTDIR);
        return;
    }
    /* Made before it waits, so that the wait does not count as a pause. */
    struct walker *walker = dir->listing ? fs_walker_make(req) : fs_walker(req);
    walker_step(walker);
    const struct entry_needs needs = entry_needs_of_all(dir);
    struct snapshot *snapshot = dir->listing ? cache_fresh(dir->listing, 0) : NULL;
    if (dir->listing && !snapshot)
        snapshot = walk_other_way(walker, dir->listing, readdir_way(dir));
    if (waiting_is_needless(&needs, snapshot)) {
        opendir_reply(req, dir, snapshot);
        return;
    }
    struct waiting *waiting = waiting_create(req, dir, opendir_resume);
    if (waiting)
        waiting_start(waiting, &needs, snapshot);
}

void fs_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
    struct handle *handle = handle_of(info);
    (void)ino;
    handle_release(handle);
    fuse_reply_err(req, 0);
}

/* -------- readdir, readdirplus -------- */

/* A reply that is being filled. */
struct filling {
    fuse_req_t req;
    struct fs *fs;
    struct handle *handle;
    bool plus;
    int64_t now_ms;
    char *bytes;
    size_t size, room;
    fuse_ino_t *given; /* the nodes that the reply hands out */
    size_t given_count;
};

/* No entry of readdirplus is smaller, in bytes; so many fit into a reply at most. */
#define FILLING_ENTRY_MIN 128

/* Return whether the entry had room. NEXT: the index of the one behind it. */
static bool filling_add(struct filling *filling, const char *name,
                        const struct fuse_entry_param *param, off_t next)
{
    char *at = filling->bytes + filling->size;
    size_t left = filling->room - filling->size;
    size_t size = filling->plus
                      ? fuse_add_direntry_plus(filling->req, at, left, name, param, next)
                      : fuse_add_direntry(filling->req, at, left, name, &param->attr, next);
    if (size > left)
        return false;
    filling->size += size;
    return true;
}

static bool filling_add_dot(struct filling *filling, int64_t index)
{
    const struct dir *dir = filling->handle->dir;
    const struct dir *target = index == 1 && dir->parent ? dir->parent : dir;
    struct fuse_entry_param param = {.ino = 0}; /* a node here would have to be counted */
    attr_of_node(filling->fs, node_of_dir(filling->fs, target), &param.attr);
    return filling_add(filling, index == 0 ? "." : "..", &param, index + 1);
}

/* -------- what the kernel knows already -------- */

/* A node in an entry makes the kernel look the name up in its own tables and set everything
 * anew, which is most of what a listing costs. It may be left out where that would change
 * nothing: the kernel got all of this snapshot, would take the name for valid no longer
 * than it does, and still holds the node, which it forgets together with its last name. (Or it
 * holds the link and not the file, or the other way round: then it asks.) */
static bool filling_is_known(const struct filling *filling, const struct dir_entry *entry)
{
    const struct handle *handle = filling->handle;
    return handle->snapshot && entry->record && entry->record->lookups > 0 &&
           filling->now_ms + entry->valid_ms - HANDLE_SLACK_MS <=
               entry_sent(handle->dir, handle->snapshot)->until_ms;
}

static void filling_note_validity(const struct filling *filling, const struct dir_entry *entry)
{
    struct handle *handle = filling->handle;
    int64_t until_ms = filling->now_ms + entry->valid_ms;
    if (until_ms < handle->sent_until_ms)
        handle->sent_until_ms = until_ms;
}

/* The kernel has been given the entries from index FIRST to NEXT. */
static void filling_note_sent(const struct filling *filling, int64_t first, int64_t next)
{
    struct handle *handle = filling->handle;
    if (!filling->plus || !handle->snapshot || first != handle->sent_up_to)
        return;
    handle->sent_up_to = next;
    if (next == entry_count(handle->dir, handle->snapshot) + READDIR_DOTS)
        *entry_sent(handle->dir, handle->snapshot) =
            (struct sent_names){handle->sent_until_ms, filling->fs->forgotten_count};
}

/* Add the name at INDEX. Return 1; 0 if it has no room; or -errno. */
static int filling_add_entry(struct filling *filling, int64_t index)
{
    const struct handle *handle = filling->handle;
    struct dir_entry entry;
    struct fuse_entry_param param;
    int error = entry_at(handle->dir, handle->snapshot, (size_t)(index - READDIR_DOTS), &entry);
    if (error)
        return error;
    attr_of_entry(filling->fs, &entry, &param);
    if (filling_is_known(filling, &entry))
        param.ino = 0;
    if (!filling_add(filling, entry.name, &param, index + 1))
        return 0;
    filling_note_validity(filling, &entry);
    if (filling->plus && param.ino) {
        node_remember(filling->fs, &entry);
        filling->given[filling->given_count++] = param.ino;
    }
    return 1;
}

/* Add entries from index FIRST on, as many as have room. Return 0 or -errno. */
static int filling_run(struct filling *filling, int64_t first)
{
    const struct handle *handle = filling->handle;
    int64_t count = entry_count(handle->dir, handle->snapshot);
    int64_t index = first;
    int added = 1;
    if (count < 0)
        return (int)count;
    while (index < count + READDIR_DOTS) {
        if (index < READDIR_DOTS)
            added = filling_add_dot(filling, index);
        else
            added = filling_add_entry(filling, index);
        if (added < 0)
            return added;
        if (added == 0)
            break;
        index++;
    }
    filling_note_sent(filling, first, index);
    return 0;
}

/* Nodes are counted as they are put into the reply, for the same record may not be at hand when
 * it is through; taken back if nobody got it. */
static void filling_take_back(const struct filling *filling)
{
    for (size_t i = 0; i < filling->given_count; i++)
        node_forget(filling->fs, filling->given[i], 1);
}

static int filling_init(struct filling *filling)
{
    filling->bytes = malloc(filling->room + 1);
    filling->given = calloc(filling->room / FILLING_ENTRY_MIN + 1, sizeof *filling->given);
    return filling->bytes && filling->given ? 0 : -ENOMEM;
}

/* Names may be addresses of people. Of so much room that there may be, only what has names is
 * wiped. */
static void filling_finish(struct filling *filling)
{
    if (filling->size > 0)
        explicit_bzero(filling->bytes, filling->size);
    free(filling->bytes);
    free(filling->given);
}

static void readdir_reply(fuse_req_t req, struct handle *handle, size_t size, off_t offset,
                          bool plus)
{
    struct filling filling = {
        .req = req,
        .fs = fs_of(req),
        .handle = handle,
        .plus = plus,
        .now_ms = clock_ms(),
        .room = size,
    };
    if (offset == 0) {
        handle->sent_up_to = 0;
        handle->sent_until_ms = INT64_MAX;
    }
    handle->started = true;
    int error = offset < 0 ? -EINVAL : filling_init(&filling);
    if (!error)
        error = filling_run(&filling, offset);
    if (!error && filling.size == 0)
        handle_ended(handle);
    if (error) {
        filling_take_back(&filling);
        fs_reply_names_error(req, error);
    } else if (fuse_reply_buf(req, filling.bytes, filling.size)) {
        filling_take_back(&filling);
    }
    filling_finish(&filling);
}

static void readdir_go_on(fuse_req_t req, struct handle *handle, struct snapshot *snapshot,
                          size_t size, bool plus)
{
    int error = handle_rewind(handle, snapshot);
    if (error)
        fs_reply_names_error(req, error);
    else
        readdir_reply(req, handle, size, 0, plus);
}

static void readdir_resume(struct waiting *waiting, struct snapshot *snapshot)
{
    readdir_go_on(waiting->req, waiting->handle, snapshot, waiting->size, waiting->plus);
}

/* After rewinddir() a process sees the directory as opendir() would show it now. */
static void readdir_rewound(fuse_req_t req, struct handle *handle, size_t size, bool plus)
{
    const struct entry_needs needs = entry_needs_of_all(handle->dir);
    struct snapshot *snapshot = cache_fresh(handle->dir->listing, 0);
    if (waiting_is_needless(&needs, snapshot)) {
        readdir_go_on(req, handle, snapshot, size, plus);
        return;
    }
    struct waiting *waiting = waiting_create(req, handle->dir, readdir_resume);
    if (!waiting)
        return;
    waiting->handle = handle;
    waiting->size = size;
    waiting->plus = plus;
    waiting_start(waiting, &needs, snapshot);
}

static void readdir_any(fuse_req_t req, size_t size, off_t offset,
                        const struct fuse_file_info *info, bool plus)
{
    struct handle *handle = handle_of(info);
    fs_of(req)->counts.readdir++;
    walker_step(fs_walker(req));
    if (offset == 0 && handle->started && handle->dir->listing)
        readdir_rewound(req, handle, size, plus);
    else
        readdir_reply(req, handle, size, offset, plus);
}

void fs_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                struct fuse_file_info *info)
{
    (void)ino;
    readdir_any(req, size, offset, info, false);
}

void fs_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                    struct fuse_file_info *info)
{
    (void)ino;
    readdir_any(req, size, offset, info, true);
}
