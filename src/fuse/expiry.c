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

/* The most rounds under way. Another one begins when they are done. */
#define EXPIRY_ROUNDS_MAX 8

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

/* The names that the kernel knew at one moment. */
struct expiry_round {
    TAILQ_ENTRY(expiry_round) link;
    struct expiry *expiry;
    struct worker_job job;
    STAILQ_HEAD(expiry_names, expiry_name) names;
    struct arena arena;      /* of the names */
    struct expiry_dir *dirs; /* owned */
    size_t dir_count;
    struct loop_work work;
    bool waits; /* for memory or a thread */
};

struct expiry {
    struct fs *fs;
    TAILQ_HEAD(expiry_rounds, expiry_round) rounds; /* under way; owned */
    size_t count;
    struct loop_timer retry;
    bool late;  /* something could not be done so far, and the log says so */
    bool again; /* asked for, and no round could be made */
};

/* On the worker's thread. */
static void round_run(struct worker_job *job, const atomic_bool *cancelled)
{
    const struct expiry_round *round = container_of(job, struct expiry_round, job);
    struct fuse_session *fuse = round->expiry->fs->fuse;
    const struct expiry_name *name;
    STAILQ_FOREACH(name, &round->names, link) {
        if (atomic_load(cancelled))
            break;
        size_t size = strlen(name->name);
        int error = fuse_expire_name(fuse, name->parent, name->name, size);
        if (error == -ENOSYS)
            fuse_lowlevel_notify_inval_entry(fuse, name->parent, name->name, size);
    }
}

static void round_drop_last_dir(struct expiry_round *round)
{
    struct expiry_dir *last = &round->dirs[--round->dir_count];
    snapshot_unref(last->snapshot);
    last->dir->uses--;
}

static void round_destroy(struct expiry_round *round)
{
    TAILQ_REMOVE(&round->expiry->rounds, round, link);
    round->expiry->count--;
    loop_work_stop(&round->work);
    while (round->dir_count > 0)
        round_drop_last_dir(round);
    free(round->dirs);
    reaper_take_arena(&round->arena);
    free(round);
}

static void round_end(struct expiry_round *round)
{
    struct expiry *expiry = round->expiry;
    round_destroy(round);
    if (expiry->fs->ending || expiry->count > 0)
        return;
    if (expiry->again) {
        expiry_start(expiry);
        return;
    }
    if (expiry->late)
        log_info("the kernel was told that what it holds is old");
    expiry->late = false;
}

static void round_on_done(struct worker_job *job)
{
    round_end(container_of(job, struct expiry_round, job));
}

static bool round_add(struct expiry_round *round, const struct dir *parent, const char *text)
{
    size_t size = strlen(text) + 1;
    struct expiry_name *name = arena_take(&round->arena, sizeof *name + size);
    if (!name)
        return false;
    name->parent = node_of_dir(round->expiry->fs, parent);
    memcpy(name->name, text, size);
    STAILQ_INSERT_TAIL(&round->names, name, link);
    return true;
}

/* Return whether the kernel may know ENTRY. After a sleep the list of a fixed file's record is
 * old and does not tell. Then it may. */
static bool entry_is_known(const struct dir_entry *entry)
{
    if (entry->child)
        return entry->child->lookups > 0;
    return !entry->record || entry->record->lookups > 0;
}

/* Add the names that DIR lists and that the kernel may hold, up to LIMIT more. What it holds of
 * an older snapshot has run out by itself, or an earlier round tells the kernel. */
static bool round_add_listed(struct expiry_round *round, struct expiry_dir *dir, int64_t limit)
{
    struct dir_entry entry;
    int64_t end = dir->count - dir->next < limit ? dir->count : dir->next + limit;
    for (; dir->next < end; dir->next++) {
        if (entry_at(dir->dir, dir->snapshot, (size_t)dir->next, &entry) == 0 &&
            entry_is_known(&entry) && !round_add(round, dir->dir, entry.name))
            return false;
    }
    return true;
}

/* Add the fixed files of DIR. Which of them are known can be seen only while their lists are
 * fresh, so this is done at once. */
static bool round_add_fixed(struct expiry_round *round, struct dir *dir)
{
    struct dir_entry entry;
    for (size_t i = 0; entry_fixed_at(dir, i, &entry) == 0; i++) {
        if (entry_is_known(&entry) && !round_add(round, dir, entry.name))
            return false;
    }
    return true;
}

/* What DIR lists is collected later. */
static void round_put_off(struct expiry_round *round, struct dir *dir)
{
    struct snapshot *snapshot = dir->listing ? cache_held(dir->listing) : NULL;
    if (dir->listing && !snapshot)
        return;
    round->dirs[round->dir_count++] = (struct expiry_dir){
        .dir = dir,
        .snapshot = snapshot ? snapshot_ref(snapshot) : NULL,
        .next = (int64_t)dir_fixed_count(dir),
        .count = entry_count(dir, snapshot),
    };
    dir->uses++;
}

/* Return false when memory is out. */
static bool round_begin(struct expiry_round *round)
{
    const struct tree *tree = round->expiry->fs->tree;
    struct dir *dir;
    size_t room = 1;
    TAILQ_FOREACH(dir, &tree->dirs, link)
        room++;
    round->dirs = calloc(room, sizeof *round->dirs);
    if (!round->dirs)
        return false;
    TAILQ_FOREACH(dir, &tree->dirs, link) {
        if (dir->lookups == 0 && dir != tree->root)
            continue;
        round_put_off(round, dir);
        if (!round_add_fixed(round, dir))
            return false;
    }
    return true;
}

/* Return NULL when memory is out. */
static struct expiry_round *round_create(struct expiry *expiry)
{
    struct expiry_round *round = calloc(1, sizeof *round);
    if (!round)
        return NULL;
    round->expiry = expiry;
    round->job = (struct worker_job){.run = round_run, .done = round_on_done};
    STAILQ_INIT(&round->names);
    TAILQ_INSERT_TAIL(&expiry->rounds, round, link);
    expiry->count++;
    if (round_begin(round))
        return round;
    round_destroy(round);
    return NULL;
}

/* A listing may have a million names. Return false when memory is out; what is still to be
 * collected is held. */
static bool round_collect(struct expiry_round *round)
{
    if (round->dir_count == 0)
        return true;
    struct expiry_dir *last = &round->dirs[round->dir_count - 1];
    bool added = round_add_listed(round, last, EXPIRY_STEP);
    if (added && last->next >= last->count)
        round_drop_last_dir(round);
    return added;
}

static void expiry_try_again(void *data);

/* Until then the kernel takes names for what they were, which may be a week. */
static void expiry_try_later(struct expiry *expiry, int error)
{
    if (!expiry->late)
        log_warning("the kernel can't be told yet that what it holds is old: %s; it is tried "
                    "again every second",
                    strerror(error));
    expiry->late = true;
    loop_timer_start(expiry->fs->loop, &expiry->retry, EXPIRY_RETRY_MS, expiry_try_again,
                     expiry);
}

static void round_tell(struct expiry_round *round)
{
    if (STAILQ_EMPTY(&round->names)) {
        round_end(round);
        return;
    }
    struct worker *worker = fs_worker(round->expiry->fs);
    round->waits = !worker;
    if (worker)
        worker_add(worker, &round->job);
    else
        expiry_try_later(round->expiry, errno);
}

static void round_go_on(void *data)
{
    struct expiry_round *round = data;
    round->waits = !round_collect(round);
    if (round->waits)
        expiry_try_later(round->expiry, ENOMEM);
    else if (round->dir_count > 0)
        loop_work_start(round->expiry->fs->loop, &round->work, round_go_on, round);
    else
        round_tell(round);
}

static void expiry_try_again(void *data)
{
    struct expiry *expiry = data;
    struct expiry_round *round, *next;
    for (round = TAILQ_FIRST(&expiry->rounds); round; round = next) {
        next = TAILQ_NEXT(round, link);
        if (round->waits)
            round_go_on(round);
    }
    if (expiry->again)
        expiry_start(expiry);
}

/* It begins at once, while what is held is still what the kernel knows: a round that is under
 * way does not know what the kernel was given since it began. */
void expiry_start(struct expiry *expiry)
{
    bool has_room = expiry->count < EXPIRY_ROUNDS_MAX;
    struct expiry_round *round = has_room ? round_create(expiry) : NULL;
    expiry->again = !round;
    if (round)
        round_go_on(round);
    else if (has_room)
        expiry_try_later(expiry, ENOMEM);
}

struct expiry *expiry_create(struct fs *fs)
{
    struct expiry *expiry = calloc(1, sizeof *expiry);
    if (!expiry)
        return NULL;
    expiry->fs = fs;
    TAILQ_INIT(&expiry->rounds);
    return expiry;
}

void expiry_destroy(struct expiry *expiry)
{
    struct expiry_round *round;
    if (!expiry)
        return;
    loop_timer_stop(&expiry->retry);
    while ((round = TAILQ_FIRST(&expiry->rounds)))
        round_destroy(round); /* NOLINT(clang-analyzer-unix.Malloc): it leaves the list */
    free(expiry);
}
