/* Keeps what changes have made of the planned account. */
#ifndef SANDBOX_OVERLAY_H
#define SANDBOX_OVERLAY_H

#include "retelling.h"
#include "sandbox/blueprint.h"
#include "sequence.h"

/* Whom nobody put into a department is in this one, which is in no list and has no record. */
#define OVERLAY_NO_DEPARTMENT 0u

/*
 * Only changes are stored: an overlay of a million users with three changes is three changes
 * large, and is copied to be changed.
 */
struct overlay_user {
    uint64_t department; /* OVERLAY_NO_DEPARTMENT: in none */
    bool added;          /* else one of the plan, with another text */
    char *text;          /* the record; need not be JSON */
};

struct overlay_department {
    struct department department;
    bool added;
    char *name; /* NULL: as planned */
    struct sequence users;
};

struct overlay {
    struct blueprint plan;
    struct sequence list;      /* departments: indices of the plan, ids of added ones */
    struct id_map departments; /* struct overlay_department, of those that changed, and of
                                  OVERLAY_NO_DEPARTMENT */
    struct id_map users;       /* struct overlay_user, of those that changed */
    struct ids communities;    /* ids in order */
    struct id_map community;   /* char *, the record of each */
    char *organization;        /* the record; NULL: as planned */
    struct retelling retelling;
    uint64_t top_user; /* the greatest user id there ever was */
};

/* Where a user stands. */
struct overlay_place {
    struct department department;
    struct sequence_entry entry;
};

/* The planned account. NULL: out of memory. */
struct overlay *overlay_create(const struct blueprint *plan);

/* A deep copy, or NULL. */
struct overlay *overlay_copy(const struct overlay *overlay);
void overlay_destroy(struct overlay *overlay);

/* These two return false if there is no such id. */
bool overlay_find_department(const struct overlay *overlay, uint64_t id,
                             struct department *department);
bool overlay_find_user(const struct overlay *overlay, uint64_t id, struct overlay_place *place);

uint64_t overlay_user_id(const struct overlay_place *place);

/* The order of a department's users; borrowed, until the overlay changes. */
struct sequence overlay_users(const struct overlay *overlay,
                              const struct department *department);

/* A change of one department will be stored in what this returns; NULL: out of memory. */
struct overlay_department *overlay_touch(struct overlay *overlay,
                                         const struct department *department);

void overlay_department_free(void *department);
void overlay_user_free(void *user);

#endif
