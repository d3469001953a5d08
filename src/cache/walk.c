/* Lets a program that walks find each name as it read it, although the list is over. */
#include "cache/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/objects.h"
#include "cache/listing.h"
#include "cache/singles.h"

/* More processes than this that read directories at once only cost calls. */
#define WALKERS_MAX 1024

#define WALKERS_BUCKETS 64

/* To stat a file and to open it is one look: so many milliseconds, and files at a time. */
#define WALK_LOOK_MS 1000
#define WALK_LOOKING 8

/* A backup looks when it makes its list, and when it reads. Looks at the link to a record are
 * counted in the upper half of a byte, those at its file in the lower. */
#define WALK_LOOKS_MAX  2
#define WALK_LINK_SHIFT 4
#define WALK_LOOKS_MASK 15

/* Exports that a walk may look at: as many as there are kinds of them. */
#define WALK_EXPORTS 2

struct look {
    uint64_t id;
    enum walk_goal goal;
    int64_t began_ms;
};

struct walk_export {
    const struct derived_kind *kind; /* NULL: free */
    unsigned looks;
    int64_t began_ms; /* the last one */
};

/* One list that a walker has read. */
struct walk {
    LIST_ENTRY(walk) of_walker;
    LIST_ENTRY(walk) of_listing;
    struct walker *walker;
    struct snapshot *snapshot; /* with a reference */
    unsigned ways;             /* bits of enum walk_way: in which it was read */
    uint8_t *looks; /* owned; how many a record had that was found late; NULL: none was */
    struct look looking[WALK_LOOKING];
    size_t next;
    struct walk_export exports[WALK_EXPORTS];
};

struct walker {
    LIST_ENTRY(walker) link;
    struct walkers *walkers;
    uint64_t process;
    int64_t stepped_ms;
    int64_t active_ms; /* since then without a rest */
    unsigned holds;
    LIST_HEAD(walk_head, walk) walks;
};

LIST_HEAD(walker_head, walker);

struct walkers {
    int64_t pause_ms;
    size_t count;
    struct walker_head buckets[WALKERS_BUCKETS]; /* by process */
};

static struct walker_head *walkers_bucket(struct walkers *walkers, uint64_t process)
{
    return &walkers->buckets[process % WALKERS_BUCKETS];
}

struct walkers *walkers_create(int64_t pause_ms)
{
    struct walkers *walkers = calloc(1, sizeof *walkers);
    if (walkers)
        walkers->pause_ms = pause_ms;
    return walkers;
}

static bool walker_has_paused(const struct walker *walker)
{
    return walker->holds == 0 && clock_ms() - walker->stepped_ms > walker->walkers->pause_ms;
}

static void walk_destroy(struct walk *walk)
{
    LIST_REMOVE(walk, of_walker);
    LIST_REMOVE(walk, of_listing);
    snapshot_unref(walk->snapshot);
    free(walk->looks);
    free(walk);
}

static void walker_destroy(struct walker *walker)
{
    struct walk *walk;
    while ((walk = LIST_FIRST(&walker->walks)))
        walk_destroy(walk); /* NOLINT(clang-analyzer-unix.Malloc): it leaves the list */
    LIST_REMOVE(walker, link);
    walker->walkers->count--;
    free(walker);
    objects_remove(OBJECTS_WALKER);
}

struct walker *walker_find(struct walkers *walkers, uint64_t process)
{
    struct walker *walker;
    if (process == 0)
        return NULL;
    LIST_FOREACH(walker, walkers_bucket(walkers, process), link) {
        if (walker->process == process)
            return walker;
    }
    return NULL;
}

struct walker *walker_make(struct walkers *walkers, uint64_t process)
{
    struct walker *walker = walker_find(walkers, process);
    if (walker || process == 0)
        return walker;
    if (walkers->count == WALKERS_MAX)
        walkers_sweep(walkers);
    if (walkers->count == WALKERS_MAX)
        return NULL;
    walker = calloc(1, sizeof *walker);
    if (!walker)
        return NULL;
    walker->walkers = walkers;
    walker->process = process;
    walker->stepped_ms = walker->active_ms = clock_ms();
    LIST_INSERT_HEAD(walkers_bucket(walkers, process), walker, link);
    walkers->count++;
    objects_add(OBJECTS_WALKER);
    return walker;
}

/* A walker that has paused begins anew: what it read before is no part of its walk any more. */
static void walker_wake(struct walker *walker)
{
    struct walk *walk;
    if (!walker_has_paused(walker))
        return;
    while ((walk = LIST_FIRST(&walker->walks)))
        walk_destroy(walk); /* NOLINT(clang-analyzer-unix.Malloc): it leaves the list */
}

static void walker_note_step(struct walker *walker)
{
    int64_t now = clock_ms();
    if (walker->holds == 0 && now - walker->stepped_ms > WALKER_REST_MS)
        walker->active_ms = now;
    walker->stepped_ms = now;
}

int64_t walker_active_since_ms(const struct walker *walker)
{
    return walker->active_ms;
}

void walker_release(struct walker *walker)
{
    if (!walker)
        return;
    walker_note_step(walker);
    walker->holds--;
}

void walker_step(struct walker *walker)
{
    if (!walker)
        return;
    walker_wake(walker);
    walker_note_step(walker);
}

void walker_hold(struct walker *walker)
{
    walker_step(walker);
    if (walker)
        walker->holds++;
}

static struct walk *walk_of(const struct walker *walker, const struct listing *listing)
{
    struct walk *walk;
    LIST_FOREACH(walk, &listing->walks, of_listing) {
        if (walk->walker == walker)
            return walk;
    }
    return NULL;
}

static bool walk_has_read(const struct walk *walk, enum walk_way way)
{
    return walk->ways & 1u << way;
}

void walk_begin(struct walker *walker, struct listing *listing, struct snapshot *snapshot,
                enum walk_way way)
{
    if (!walker)
        return;
    walker_step(walker);
    /* One may have come while something was made of this one. */
    struct snapshot *held = listing->holding.snapshot;
    if (held && held->began_ms > snapshot->began_ms)
        snapshot = held;
    struct walk *walk = walk_of(walker, listing);
    if (walk && walk->snapshot == snapshot) {
        walk->ways = (walk_has_read(walk, way) ? 0 : walk->ways) | 1u << way;
        return;
    }
    if (walk)
        walk_destroy(walk);
    /* What was asked for before a SIGHUP ends with the directory that is being read. */
    walk = listing->holding.expired ? NULL : calloc(1, sizeof *walk);
    if (!walk)
        return;
    walk->walker = walker;
    walk->snapshot = snapshot_ref(snapshot);
    walk->ways = 1u << way;
    LIST_INSERT_HEAD(&walker->walks, walk, of_walker);
    LIST_INSERT_HEAD(&listing->walks, walk, of_listing);
}

/* Return whether the list has been over for SPARE_MS longer than a walk may be late. */
static bool walk_is_too_late(const struct walk *walk, int64_t spare_ms)
{
    return clock_ms() - walk->snapshot->fresh_until_ms >= WALK_LATE_MAX_MS + spare_ms;
}

/* Return whether its list was asked for before the service refused the key. */
static bool walk_is_refused(const struct walk *walk, const struct listing *listing)
{
    return walk->snapshot->began_ms <= listing->holding.fetch.source->refused_ms;
}

static struct walk *walk_going_on(struct walker *walker, const struct listing *listing)
{
    struct walk *walk = walker && !walker_has_paused(walker) ? walk_of(walker, listing) : NULL;
    bool goes_on = walk && !walk_is_too_late(walk, 0) && !walk_is_refused(walk, listing);
    return goes_on ? walk : NULL;
}

struct snapshot *walk_other_way(struct walker *walker, const struct listing *listing,
                                enum walk_way way)
{
    const struct walk *walk = walk_going_on(walker, listing);
    return walk && !walk_has_read(walk, way) ? walk->snapshot : NULL;
}

struct snapshot *walk_read_by_name(struct walker *walker, const struct listing *listing)
{
    const struct walk *walk = walk_going_on(walker, listing);
    return walk && walk_has_read(walk, WALK_BY_NAME) ? walk->snapshot : NULL;
}

/* Looks that were taken stay taken. Return whether there was memory for that. */
static bool walk_move_looks(struct walk *walk, const struct snapshot *snapshot)
{
    const struct snapshot *old = walk->snapshot;
    size_t index;
    uint8_t *looks = calloc(snapshot->count + 1, sizeof *looks);
    if (!looks)
        return false;
    for (size_t i = 0; i < old->count; i++) {
        if (walk->looks[i] && snapshot_place(snapshot, old->records[i]->id, &index))
            looks[index] = walk->looks[i];
    }
    free(walk->looks);
    walk->looks = looks;
    return true;
}

void walks_renew(struct listing *listing)
{
    struct snapshot *snapshot = listing->holding.snapshot;
    struct walk *walk, *next;
    for (walk = LIST_FIRST(&listing->walks); walk; walk = next) {
        next = LIST_NEXT(walk, of_listing);
        if (walk->looks && !walk_move_looks(walk, snapshot)) {
            walk_destroy(walk);
            continue;
        }
        snapshot_unref(walk->snapshot);
        walk->snapshot = snapshot_ref(snapshot);
    }
}

/* -------- looking at one name -------- */

static bool walk_is_looking_at(const struct walk *walk, uint64_t id, enum walk_goal goal)
{
    for (size_t i = 0; i < WALK_LOOKING; i++) {
        const struct look *look = &walk->looking[i];
        if (look->id == id && look->goal == goal && clock_ms() - look->began_ms < WALK_LOOK_MS)
            return true;
    }
    return false;
}

/* Return whether there is a look left for the record that stands at INDEX; then it is taken. */
static bool walk_look(struct walk *walk, size_t index, uint64_t id, enum walk_goal goal)
{
    unsigned shift = goal == WALK_LINK ? WALK_LINK_SHIFT : 0;
    if (!walk->looks)
        walk->looks = calloc(walk->snapshot->count, sizeof *walk->looks);
    if (!walk->looks || (walk->looks[index] >> shift & WALK_LOOKS_MASK) == WALK_LOOKS_MAX)
        return false;
    walk->looks[index] = (uint8_t)(walk->looks[index] + (1u << shift));
    walk->looking[walk->next++ % WALK_LOOKING] = (struct look){id, goal, clock_ms()};
    walker_note_step(walk->walker);
    return true;
}

struct snapshot *walk_find(struct walker *walker, const struct listing *listing, uint64_t id,
                           enum walk_goal goal)
{
    size_t index;
    struct walk *walk = walk_going_on(walker, listing);
    if (!walk || !snapshot_place(walk->snapshot, id, &index))
        return NULL;
    struct snapshot *snapshot = walk->snapshot;
    if (goal != WALK_LINK) /* its name is only in the list */
        snapshot = singles_newer(&listing->singles, id, snapshot);
    if (!snapshot_find(snapshot, id))
        return NULL;
    if (goal == WALK_DIRECTORY || walk_is_looking_at(walk, id, goal) ||
        walk_look(walk, index, id, goal))
        return snapshot;
    return NULL;
}

/* -------- looking at an export -------- */

static struct walk_export *walk_export_of(struct walk *walk, const struct derived_kind *kind)
{
    for (size_t i = 0; i < WALK_EXPORTS; i++) {
        struct walk_export *export = &walk->exports[i];
        if (!export->kind)
            export->kind = kind;
        if (export->kind == kind)
            return export;
    }
    return NULL;
}

static bool walk_export_look(struct walk_export *export)
{
    int64_t now = clock_ms();
    if (export->looks > 0 && now - export->began_ms < WALK_LOOK_MS)
        return true;
    if (export->looks == WALK_LOOKS_MAX)
        return false;
    export->looks++;
    export->began_ms = now;
    return true;
}

struct snapshot *walk_find_export(struct walker *walker, const struct listing *listing,
                                  const struct derived_kind *kind)
{
    struct walk *walk = walk_going_on(walker, listing);
    struct walk_export *export = walk ? walk_export_of(walk, kind) : NULL;
    if (!export || !walk_export_look(export))
        return NULL;
    walker_note_step(walker);
    return walk->snapshot;
}

/* -------- ends -------- */

/* One that is still going through the list has it fetched meanwhile, or pauses. */
static void walker_drop_late(struct walker *walker)
{
    struct walk *walk, *next;
    for (walk = LIST_FIRST(&walker->walks); walk; walk = next) {
        next = LIST_NEXT(walk, of_walker);
        if (walk_is_too_late(walk, walker->walkers->pause_ms))
            walk_destroy(walk);
    }
}

void walkers_sweep(struct walkers *walkers)
{
    for (size_t i = 0; i < WALKERS_BUCKETS; i++) {
        struct walker *walker, *next;
        for (walker = LIST_FIRST(&walkers->buckets[i]); walker; walker = next) {
            next = LIST_NEXT(walker, link);
            if (walker_has_paused(walker))
                walker_destroy(walker);
            else
                walker_drop_late(walker);
        }
    }
}

void walkers_destroy(struct walkers *walkers)
{
    struct walker *walker;
    for (size_t i = 0; walkers && i < WALKERS_BUCKETS; i++) {
        while ((walker = LIST_FIRST(&walkers->buckets[i])))
            walker_destroy(walker); /* NOLINT(clang-analyzer-unix.Malloc): it leaves the list */
    }
    free(walkers);
}

void walks_end(struct listing *listing)
{
    struct walk *walk;
    while ((walk = LIST_FIRST(&listing->walks)))
        walk_destroy(walk); /* NOLINT(clang-analyzer-unix.Malloc): it leaves the list */
}
