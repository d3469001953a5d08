/* Makes the kernel look names up again before their time. */
#include "fuse/expiry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/log.h"
#include "base/objects.h"
#include "base/reaper.h"
#include "base/wipe.h"
#include "cache/cache.h"
#include "fuse/node.h"
#include "tree/entry.h"

/* Names that are looked at a step. */
#define EXPIRY_STEP 512

/* After which what could not be done is tried again. */
#define EXPIRY_RETRY_MS 1000

struct expiry_name {
    STAILQ_ENTRY(expiry_name) link;
    fuse_ino_t parent;
    char name[];
};

/* A directory whose names are still to be collected, from NEXT on; both are held. */
struct expiry_dir {
    struct dir *dir;
    struct snapshot *snapshot; /* or NULL */
    int64_t next, count;
};

struct expiry {
    struct worker_job job;
    struct fs *fs;
    STAILQ_HEAD(expiry_names, expiry_name) names;
    struct arena arena;      /* of the names */
    struct expiry_dir *dirs; /* owned; NULL: not yet begun */
    size_t dir_count;
    struct loop_work work;
    struct loop_timer retry;
    bool busy;  /* from its start to its end */
    bool late;  /* it could not be done so far, and the log says so */
    bool again; /* asked for meanwhile */
};

/* On the worker's thread. */
static void expiry_run(struct worker_job *job, const atomic_bool *cancelled)
{
    const struct expiry *expiry = container_of(job, struct expiry, job);
    struct fuse_session *fuse = expiry->fs->fuse;
    const struct expiry_name *name;
    STAILQ_FOREACH(name, &expiry->names, link) {
        if (atomic_load(cancelled))
            break;
        size_t size = strlen(name->name);
        int error = fuse_expire_name(fuse, name->parent, name->name, size);
        if (error == -ENOSYS)
            fuse_lowlevel_notify_inval_entry(fuse, name->parent, name->name, size);
    }
}

static void expiry_drop_last_dir(struct expiry *expiry)
{
    struct expiry_dir *last = &expiry->dirs[--expiry->dir_count];
    snapshot_unref(last->snapshot);
    last->dir->uses--;
}

static void expiry_clear(struct expiry *expiry)
{
    while (expiry->dir_count > 0)
        expiry_drop_last_dir(expiry);
    free(expiry->dirs);
    expiry->dirs = NULL;
    reaper_take_arena(&expiry->arena);
    STAILQ_INIT(&expiry->names);
}

static void expiry_end(struct expiry *expiry)
{
    bool again = expiry->again && !expiry->fs->ending;
    if (expiry->late && !expiry->fs->ending)
        log_info("the kernel was told that what it holds is old");
    expiry_clear(expiry);
    expiry->busy = expiry->late = expiry->again = false;
    if (again)
        expiry_start(expiry);
}

static void expiry_on_done(struct worker_job *job)
{
    expiry_end(container_of(job, struct expiry, job));
}

static bool expiry_add(struct expiry *expiry, const struct dir *parent, const char *text)
{
    size_t size = strlen(text) + 1;
    struct expiry_name *name = arena_take(&expiry->arena, sizeof *name + size);
    if (!name)
        return false;
    name->parent = node_of_dir(expiry->fs, parent);
    memcpy(name->name, text, size);
    STAILQ_INSERT_TAIL(&expiry->names, name, link);
    return true;
}

/* Return whether the kernel may know ENTRY. After the machine slept, the lists that show the
 * record of a fixed file are old, so it may.
 */
static bool entry_is_known(const struct dir_entry *entry)
{
    if (entry->child)
        return entry->child->lookups > 0;
    return !entry->record || entry->record->lookups > 0;
}

/* Add the names that DIR lists and that the kernel may hold, up to LIMIT more. What it holds of
 * an older snapshot has run out by itself. */
static bool expiry_add_listed(struct expiry *expiry, struct expiry_dir *dir, int64_t limit)
{
    struct dir_entry entry;
    int64_t end = dir->count - dir->next < limit ? dir->count : dir->next + limit;
    for (; dir->next < end; dir->next++) {
        if (entry_at(dir->dir, dir->snapshot, (size_t)dir->next, &entry) == 0 &&
            entry_is_known(&entry) && !expiry_add(expiry, dir->dir, entry.name))
            return false;
    }
    return true;
}

/* Add the names of DIR that were looked up without its list. */
static bool expiry_add_singles(struct expiry *expiry, struct dir *dir)
{
    const struct record *record;
    char name[NAME_SIZE];
    if (!dir->listing || dir->lister)
        return true;
    for (size_t i = 0; (record = cache_single_at(dir->listing, i)); i++) {
        name_of_file(record->id, name);
        if (record->lookups > 0 && !expiry_add(expiry, dir, name))
            return false;
    }
    return true;
}

/* Add the fixed files of DIR. Which of them are known can be seen only while their lists are
 * fresh, so this is done at once. */
static bool expiry_add_fixed(struct expiry *expiry, struct dir *dir)
{
    struct dir_entry entry;
    for (size_t i = 0; entry_fixed_at(dir, i, &entry) == 0; i++) {
        if (entry_is_known(&entry) && !expiry_add(expiry, dir, entry.name))
            return false;
    }
    return true;
}

/* What DIR lists is collected later. */
static void expiry_put_off(struct expiry *expiry, struct dir *dir)
{
    struct snapshot *snapshot = dir->listing ? cache_held(dir->listing) : NULL;
    if (dir->listing && !snapshot)
        return;
    expiry->dirs[expiry->dir_count++] = (struct expiry_dir){
        .dir = dir,
        .snapshot = snapshot ? snapshot_ref(snapshot) : NULL,
        .next = (int64_t)dir_fixed_count(dir),
        .count = entry_count(dir, snapshot),
    };
    dir->uses++;
}

static bool expiry_add_dir(struct expiry *expiry, struct dir *dir)
{
    expiry_put_off(expiry, dir);
    return expiry_add_fixed(expiry, dir) && expiry_add_singles(expiry, dir);
}

/* Return false when memory is out; then it has not begun. */
static bool expiry_begin(struct expiry *expiry)
{
    const struct tree *tree = expiry->fs->tree;
    struct dir *dir;
    size_t room = 1;
    TAILQ_FOREACH(dir, &tree->dirs, link)
        room++;
    expiry->dirs = calloc(room, sizeof *expiry->dirs);
    if (!expiry->dirs)
        return false;
    TAILQ_FOREACH(dir, &tree->dirs, link) {
        bool known = dir->lookups > 0 || dir == tree->root;
        if (known && !expiry_add_dir(expiry, dir)) {
            expiry_clear(expiry);
            return false;
        }
    }
    return true;
}

/* A listing may have a million names. Return false when memory is out; what is still to be
 * collected is held. */
static bool expiry_collect(struct expiry *expiry)
{
    if (expiry->dir_count == 0)
        return true;
    struct expiry_dir *last = &expiry->dirs[expiry->dir_count - 1];
    bool added = expiry_add_listed(expiry, last, EXPIRY_STEP);
    if (added && last->next >= last->count)
        expiry_drop_last_dir(expiry);
    return added;
}

static void expiry_go_on(void *data);

/* Until then the kernel takes names for what they were, which may be a week. */
static void expiry_try_later(struct expiry *expiry, int error)
{
    if (!expiry->late)
        log_warning("the kernel can't be told yet that what it holds is old: %s; it is tried "
                    "again every second",
                    strerror(error));
    expiry->late = true;
    loop_timer_start(expiry->fs->loop, &expiry->retry, EXPIRY_RETRY_MS, expiry_go_on, expiry);
}

static void expiry_tell(struct expiry *expiry)
{
    if (STAILQ_EMPTY(&expiry->names)) {
        expiry_end(expiry);
        return;
    }
    struct worker *worker = fs_worker(expiry->fs);
    if (worker)
        worker_add(worker, &expiry->job);
    else
        expiry_try_later(expiry, errno);
}

static void expiry_go_on(void *data)
{
    struct expiry *expiry = data;
    bool done = expiry->dirs ? expiry_collect(expiry) : expiry_begin(expiry);
    if (!done)
        expiry_try_later(expiry, ENOMEM);
    else if (expiry->dir_count > 0)
        loop_work_start(expiry->fs->loop, &expiry->work, expiry_go_on, expiry);
    else
        expiry_tell(expiry);
}

/* It begins at once, while what is held is still what the kernel knows. */
void expiry_start(struct expiry *expiry)
{
    if (expiry->busy) {
        expiry->again = true;
        return;
    }
    expiry->busy = true;
    expiry_go_on(expiry);
}

struct expiry *expiry_create(struct fs *fs)
{
    struct expiry *expiry = calloc(1, sizeof *expiry);
    if (!expiry)
        return NULL;
    expiry->job = (struct worker_job){.run = expiry_run, .done = expiry_on_done};
    expiry->fs = fs;
    STAILQ_INIT(&expiry->names);
    return expiry;
}

void expiry_destroy(struct expiry *expiry)
{
    if (!expiry)
        return;
    loop_timer_stop(&expiry->retry);
    loop_work_stop(&expiry->work);
    expiry_clear(expiry);
    free(expiry);
}
