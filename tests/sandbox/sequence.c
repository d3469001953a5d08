/* Keeps the order of a list of which most members are computed. */
#include "sequence.h"

#include <errno.h>

void sequence_finish(struct sequence *sequence)
{
    ids_finish(&sequence->omitted);
    ids_finish(&sequence->front);
    ids_finish(&sequence->back);
}

int sequence_copy(struct sequence *to, const struct sequence *from)
{
    *to = (struct sequence){.originals = from->originals};
    if (ids_copy(&to->omitted, &from->omitted) < 0 || ids_copy(&to->front, &from->front) < 0 ||
        ids_copy(&to->back, &from->back) < 0) {
        sequence_finish(to);
        return -ENOMEM;
    }
    return 0;
}

static uint64_t sequence_remaining(const struct sequence *sequence)
{
    return sequence->originals - sequence->omitted.count;
}

uint64_t sequence_count(const struct sequence *sequence)
{
    return sequence->front.count + sequence_remaining(sequence) + sequence->back.count;
}

/*
 * omitted[k] - k is the number of remaining originals before the k-th omitted one, and never
 * falls: all omitted ones for which it is at most `rank` come before the original sought.
 */
static uint64_t sequence_original(const struct sequence *sequence, uint64_t rank)
{
    const struct ids *omitted = &sequence->omitted;
    size_t low = 0, high = omitted->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (omitted->at[middle] - middle <= rank)
            low = middle + 1;
        else
            high = middle;
    }
    return rank + low;
}

struct sequence_entry sequence_at(const struct sequence *sequence, uint64_t position)
{
    const struct ids *front = &sequence->front;
    if (position < front->count)
        return (struct sequence_entry){true, front->at[front->count - 1 - position]};
    position -= front->count;
    if (position < sequence_remaining(sequence))
        return (struct sequence_entry){false, sequence_original(sequence, position)};
    position -= sequence_remaining(sequence);
    return (struct sequence_entry){true, sequence->back.at[position]};
}

bool sequence_has(const struct sequence *sequence, uint64_t index)
{
    size_t k = ids_bound(&sequence->omitted, index);
    bool omitted = k < sequence->omitted.count && sequence->omitted.at[k] == index;
    return index < sequence->originals && !omitted;
}

int sequence_omit(struct sequence *sequence, uint64_t index)
{
    return ids_insert(&sequence->omitted, ids_bound(&sequence->omitted, index), index);
}

int sequence_add(struct sequence *sequence, uint64_t id, bool front)
{
    struct ids *end = front ? &sequence->front : &sequence->back;
    return ids_insert(end, end->count, id);
}

void sequence_drop(struct sequence *sequence, uint64_t id)
{
    size_t position = ids_find(&sequence->front, id);
    if (position < sequence->front.count) {
        ids_delete(&sequence->front, position);
        return;
    }
    position = ids_find(&sequence->back, id);
    if (position < sequence->back.count)
        ids_delete(&sequence->back, position);
}
