/* Keeps the order of a list of which most members are computed. */
#ifndef SANDBOX_SEQUENCE_H
#define SANDBOX_SEQUENCE_H

#include "ids.h"

/*
 * The order of a list whose original members 0…n-1 are computed and not stored: only what
 * was left out and what was added is. A position costs O(log changes).
 */
/* Embedded by value; with no changes it owns nothing. */
struct sequence {
    uint64_t originals;
    struct ids omitted; /* indices of originals, sorted */
    struct ids front;   /* ids of added members, the first of the list last */
    struct ids back;    /* ids of added members */
};

struct sequence_entry {
    bool added;
    uint64_t value; /* an added member's id, or an original's index */
};

void sequence_finish(struct sequence *sequence);

/* 0 or -ENOMEM; then `to` is empty. */
int sequence_copy(struct sequence *to, const struct sequence *from);

uint64_t sequence_count(const struct sequence *sequence);

/* `position` must be below the count. */
struct sequence_entry sequence_at(const struct sequence *sequence, uint64_t position);

/* Is the original at `index` still a member? */
bool sequence_has(const struct sequence *sequence, uint64_t index);

/* 0 or -ENOMEM. The original must be a member, the id must be new. */
int sequence_omit(struct sequence *sequence, uint64_t index);
int sequence_add(struct sequence *sequence, uint64_t id, bool front);

/* Takes an added member out again. */
void sequence_drop(struct sequence *sequence, uint64_t id);

#endif
