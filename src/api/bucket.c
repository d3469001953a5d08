/* Keeps calls within the rate that the service allows. */
#include "api/bucket.h"

#include <stdlib.h>

/* A little more than the service's 60 seconds: a call that took long to arrive there counts
 * from then, the one that follows a minute later may be quicker. */
#define BUCKET_WINDOW_MS 60500

struct bucket {
    unsigned rate;
    unsigned oldest; /* index in taken */
    unsigned count;  /* of those in taken that may still lie in the window */
    int64_t hold_until;
    int64_t taken[]; /* a ring of `rate` times */
};

struct bucket *bucket_create(unsigned rate)
{
    struct bucket *bucket = calloc(1, sizeof *bucket + rate * sizeof bucket->taken[0]);
    if (bucket)
        bucket->rate = rate;
    return bucket;
}

void bucket_destroy(struct bucket *bucket)
{
    free(bucket);
}

static int64_t bucket_at(const struct bucket *bucket, unsigned index)
{
    return bucket->taken[(bucket->oldest + index) % bucket->rate];
}

/* Return how many of the `count` times have left the window that ends NOW. */
static unsigned bucket_returned(const struct bucket *bucket, int64_t now)
{
    unsigned low = 0, high = bucket->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (bucket_at(bucket, middle) + BUCKET_WINDOW_MS <= now)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

unsigned bucket_taken(const struct bucket *bucket, int64_t now)
{
    return bucket->count - bucket_returned(bucket, now);
}

static int64_t bucket_token_wait_ms(const struct bucket *bucket, int64_t now)
{
    unsigned taken = bucket_taken(bucket, now);
    unsigned left = bucket->rate - taken;
    unsigned last_fifth = bucket->rate / 5;
    if (left > last_fifth)
        return 0;
    int64_t first_return = bucket_at(bucket, bucket->count - taken) + BUCKET_WINDOW_MS - now;
    if (left == 0)
        return first_return;
    int64_t latest = bucket_at(bucket, bucket->count - 1);
    int64_t spaced = latest + BUCKET_WINDOW_MS / last_fifth - now;
    int64_t wait = spaced < first_return ? spaced : first_return;
    return wait > 0 ? wait : 0;
}

int64_t bucket_held_ms(const struct bucket *bucket, int64_t now)
{
    return bucket->hold_until > now ? bucket->hold_until - now : 0;
}

int64_t bucket_wait_ms(const struct bucket *bucket, int64_t now)
{
    int64_t wait = bucket_token_wait_ms(bucket, now);
    int64_t held = bucket_held_ms(bucket, now);
    return held > wait ? held : wait;
}

bool bucket_has_spare(const struct bucket *bucket, int64_t now, size_t waiting)
{
    return bucket_held_ms(bucket, now) == 0 &&
           bucket_taken(bucket, now) + waiting < (uint64_t)bucket->rate * 7 / 10;
}

void bucket_take(struct bucket *bucket, int64_t now)
{
    unsigned returned = bucket_returned(bucket, now), others = bucket->rate - 1;
    if (bucket->count - returned > others)
        returned = bucket->count - others;
    bucket->oldest = (bucket->oldest + returned) % bucket->rate;
    bucket->count -= returned;
    bucket->taken[(bucket->oldest + bucket->count) % bucket->rate] = now;
    bucket->count++;
}

void bucket_hold(struct bucket *bucket, int64_t until)
{
    if (until > bucket->hold_until)
        bucket->hold_until = until;
}
