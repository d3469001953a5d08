#include "fuse/expiry.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fuse/node.h"

struct expiry_name {
    fuse_ino_t parent;
    char name[NAME_SIZE];
};

struct expiry {
    struct loop *loop;
    struct fuse_session *fuse;
    struct expiry_name *names; /* owned */
    size_t count, room;
    pthread_t thread;
    atomic_bool cancelled;
    int ended; /* an eventfd */
    void (*finished)(void *data);
    void *data;
};

static void *expiry_run(void *data)
{
    struct expiry *expiry = data;
    const uint64_t one = 1;
    for (size_t i = 0; i < expiry->count && !atomic_load(&expiry->cancelled); i++) {
        const struct expiry_name *name = &expiry->names[i];
        size_t size = strlen(name->name);
        int error = fuse_lowlevel_notify_expire_entry(expiry->fuse, name->parent, name->name,
                                                      size, FUSE_LL_EXPIRE_ONLY);
        if (error == -ENOSYS) /* before Linux 6.2 */
            fuse_lowlevel_notify_inval_entry(expiry->fuse, name->parent, name->name, size);
    }
    while (write(expiry->ended, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    return NULL;
}

static void expiry_destroy(struct expiry *expiry)
{
    if (expiry->ended >= 0) {
        loop_fd_remove(expiry->loop, expiry->ended);
        close(expiry->ended);
    }
    free(expiry->names);
    free(expiry);
}

static void expiry_on_ended(void *data, uint32_t events)
{
    struct expiry *expiry = data;
    void (*finished)(void *) = expiry->finished;
    void *finished_data = expiry->data;
    (void)events;
    pthread_join(expiry->thread, NULL);
    expiry_destroy(expiry);
    finished(finished_data);
}

static bool expiry_add(struct expiry *expiry, fuse_ino_t parent, const struct dentry *dentry)
{
    if (expiry->count == expiry->room) {
        size_t room = expiry->room ? expiry->room * 2 : 64;
        struct expiry_name *names = reallocarray(expiry->names, room, sizeof *names);
        if (!names)
            return false;
        expiry->names = names;
        expiry->room = room;
    }
    struct expiry_name *name = &expiry->names[expiry->count++];
    name->parent = parent;
    snprintf(name->name, sizeof name->name, "%s", dentry->name);
    return true;
}

static bool dentry_is_known(const struct dentry *dentry)
{
    if (dentry->dir)
        return dentry->dir->lookups > 0;
    return dentry->record && dentry->record->lookups > 0;
}

/* All names in DIR that the kernel may hold: what it holds of an older snapshot has run out by
 * itself. */
static bool expiry_add_dir(struct expiry *expiry, const struct fs *fs, struct dir *dir)
{
    struct dentry dentry;
    const struct snapshot *snapshot = dir->listing ? dir->listing->snapshot : NULL;
    if (dir->listing && !snapshot)
        return true;
    int64_t count = dentry_count(dir, snapshot);
    for (int64_t i = 0; i < count; i++) {
        if (dentry_at(dir, snapshot, (size_t)i, &dentry) == 0 && dentry_is_known(&dentry) &&
            !expiry_add(expiry, node_of_dir(fs, dir), &dentry))
            return false;
    }
    return true;
}

static bool expiry_collect(struct expiry *expiry, const struct fs *fs)
{
    struct dir *dir;
    TAILQ_FOREACH(dir, &fs->tree->dirs, link)
    {
        bool known = dir->lookups > 0 || dir == fs->tree->root;
        if (known && !expiry_add_dir(expiry, fs, dir))
            return false;
    }
    return expiry->count > 0;
}

struct expiry *expiry_create(struct fs *fs, struct fuse_session *fuse,
                             void (*finished)(void *data), void *data)
{
    struct expiry *expiry = calloc(1, sizeof *expiry);
    if (!expiry)
        return NULL;
    *expiry = (struct expiry){
        .loop = fs->loop,
        .fuse = fuse,
        .finished = finished,
        .data = data,
        .ended = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
    };
    if (expiry->ended < 0 || !expiry_collect(expiry, fs) ||
        loop_fd_set(fs->loop, expiry->ended, EPOLLIN, expiry_on_ended, expiry) ||
        pthread_create(&expiry->thread, NULL, expiry_run, expiry)) {
        expiry_destroy(expiry);
        return NULL;
    }
    return expiry;
}

void expiry_cancel(struct expiry *expiry)
{
    atomic_store(&expiry->cancelled, true);
}
