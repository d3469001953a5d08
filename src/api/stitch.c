/* Finds how two neighbouring windows of a list fit together. */
#include "api/stitch.h"

#include <errno.h>
#include <stdlib.h>

bool stitch_holds(const struct envelope *envelope, uint64_t id)
{
    for (size_t i = 0; i < envelope->count; i++) {
        if (envelope->records[i]->id == id)
            return true;
    }
    return false;
}

static bool stitch_same_ids(const struct envelope *a, size_t from, const struct envelope *b,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (a->records[from + i]->id != b->records[i]->id)
            return false;
    }
    return true;
}

bool stitch_same(const struct envelope *a, const struct envelope *b)
{
    return a->count == b->count && stitch_same_ids(a, 0, b, a->count);
}

/* Windows mostly share their last and first record alone, so the search begins at the end. */
struct overlap stitch_overlap(const struct envelope *before, const struct envelope *window)
{
    const struct overlap none = {0, 0};
    if (window->count == 0)
        return none;
    for (size_t from = before->count; from-- > 0;) {
        if (before->records[from]->id != window->records[0]->id)
            continue;
        size_t rest = before->count - from;
        size_t count = rest < window->count ? rest : window->count;
        bool same = stitch_same_ids(before, from, window, count);
        return same ? (struct overlap){from, count} : none;
    }
    return none;
}

void stitch_share(struct envelope *before, struct envelope *window,
                  const struct overlap *overlap, bool window_is_later)
{
    for (size_t i = 0; i < overlap->count; i++) {
        struct record **ours = &before->records[overlap->from + i];
        struct record **theirs = &window->records[i];
        struct record **earlier = window_is_later ? ours : theirs;
        struct record *later = window_is_later ? *theirs : *ours;
        record_unref(*earlier);
        *earlier = record_ref(later);
    }
}

/* By ID, and of one ID by place. */
static int stitch_compare(const void *a, const void *b)
{
    struct record *const *const *left = a, *const *const *right = b;
    int order = record_compare(**left, **right);
    return order ? order : (*left > *right) - (*left < *right);
}

/* Most lists come in the order of their IDs, up or down: then nothing stands there twice. */
static bool stitch_is_in_order(const struct envelope *envelope)
{
    bool up = true, down = true;
    for (size_t i = 1; i < envelope->count && (up || down); i++) {
        up = up && envelope->records[i - 1]->id < envelope->records[i]->id;
        down = down && envelope->records[i - 1]->id > envelope->records[i]->id;
    }
    return up || down;
}

/* Empty each place of SORTED that repeats the one before. Return false if an ID has two sets of
 * bytes. */
static bool stitch_empty_repeats(struct record **const *sorted, size_t count)
{
    struct record **first = sorted[0];
    bool same = true;
    for (size_t i = 1; i < count; i++) {
        if ((*sorted[i])->id != (*first)->id) {
            first = sorted[i];
            continue;
        }
        same = same && record_equals(*first, *sorted[i]);
        record_unref(*sorted[i]);
        *sorted[i] = NULL;
    }
    return same;
}

int stitch_remove_doubles(struct envelope *envelope)
{
    size_t count = envelope->count;
    if (stitch_is_in_order(envelope))
        return 0;
    struct record ***sorted = calloc(count, sizeof *sorted);
    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &envelope->records[i];
    qsort(sorted, count, sizeof *sorted, stitch_compare);
    bool same = stitch_empty_repeats(sorted, count);
    free(sorted);
    envelope->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (envelope->records[i])
            envelope->records[envelope->count++] = envelope->records[i];
    }
    envelope->doubles = count - envelope->count;
    return same ? 0 : -EBADMSG;
}
