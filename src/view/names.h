/* Makes the names of links to the records of a snapshot, and knows where each leads. */
#ifndef QPFS_VIEW_NAMES_H
#define QPFS_VIEW_NAMES_H

#include "base/sorter.h"
#include "base/wipe.h"
#include "cache/ino.h"
#include "cache/snapshot.h"

/*
 * Names are in the order of their bytes. Which name a record gets depends on the snapshot and
 * nothing else, so it is the same on every mount:
 *
 * - Records whose names are the same all get "~ID" behind the name (name.h).
 * - So does a record whose name another one gets by that, and so on until no two names are the
 *   same. Names with an ID behind them differ by the ID.
 */
struct names_entry;

struct names {
    struct derived derived;
    struct sent_names sent; /* of the links */
    size_t count;
    /* The rest is names.c's own. */
    struct names_entry **entries; /* owned */
    struct arena arena;           /* of all entries */
    struct sorter sorter;         /* with items: has taken the entries over */
    unsigned phase;
    size_t next;               /* the record or entry that the phase is at */
    struct names_entry *chain; /* the next one that gets its ID, or NULL */
    bool with_id;              /* an entry got its ID */
};

/*
 * The links of one directory to the records that it shows by other names. A target is made of
 * the record's ID, and nothing that an account holds gets into it, so that no link leads out of
 * the mount.
 */
struct names_kind {
    struct derived_kind derived;
    const char *member;          /* of a record, with its quotes; NULL: there are no links */
    const char *before, *behind; /* what stands around the ID in a target */
    enum ino_kind ino;           /* of a link */
};

/* The first two fields, for links that are named by the member BY. */
#define NAMES_BY(by)                                                                           \
    .derived = {.size = sizeof(struct names), .step = names_step, .finish = names_finish},     \
    .member = "\"" by "\""

int names_step(struct derived *derived);
void names_finish(struct derived *derived);

/* Return the names of that KIND that were made of SNAPSHOT, borrowed; or NULL. */
struct names *names_find(const struct snapshot *snapshot, const struct names_kind *kind);

/* Set *NAME to number INDEX of the names, and return the record that has it; both borrowed. */
struct record *names_at(const struct names *names, size_t index, const char **name);

/* Return the record that has NAME, borrowed; or NULL. */
struct record *names_record(const struct names *names, const char *name);

/* Room for any target, with the final NUL. */
#define NAMES_TARGET_SIZE 48

/* Write where the link of that KIND to RECORD leads; return its size. */
size_t names_target(const struct names_kind *kind, const struct record *record,
                    char target[static NAMES_TARGET_SIZE]);

/* Return st_ino of that link. */
uint64_t names_ino(const struct names_kind *kind, const struct record *record);

#endif
