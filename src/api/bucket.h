/* Keeps calls within the rate that the service allows. */
#ifndef QPFS_API_BUCKET_H
#define QPFS_API_BUCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A token bucket. The service allows 300 calls in 60 seconds for a key, says its page on
 * limits. The bucket starts full, and a token comes back 60 seconds after it was taken. So no
 * 60 seconds, wherever they begin, see more calls than allowed, but for what curl sends again
 * by itself, which is taken into account afterwards. And a small account is still read in one
 * go. The last fifth of the tokens is handed out evenly over the minute. Else a long walk would
 * run dry and stand still until the minute is over. The price: a walk of many minutes goes at
 * four fifths of the rate.
 */
struct bucket;

/* RATE: calls a minute, 1 to BUCKET_RATE_MAX. Return NULL when memory is out. */
struct bucket *bucket_create(unsigned rate);
void bucket_destroy(struct bucket *bucket);

#define BUCKET_RATE_MAX 100000u

/* Return the milliseconds from NOW (clock_ms()) until a token may be taken; 0: now. */
int64_t bucket_wait_ms(const struct bucket *bucket, int64_t now);

/* Take a token. What is sent without one, as curl does it, takes the one that comes back first.
 */
void bucket_take(struct bucket *bucket, int64_t now);

/* Hand out nothing before UNTIL: the service said that the rate was exceeded all the same. */
void bucket_hold(struct bucket *bucket, int64_t until);

/* Return the milliseconds from NOW for which it still does so; 0: it does not. */
int64_t bucket_held_ms(const struct bucket *bucket, int64_t now);

/* Return whether three tenths of all tokens are left at NOW when WAITING calls have taken
 * theirs: the last fifth, and a tenth for others. */
bool bucket_has_spare(const struct bucket *bucket, int64_t now, size_t waiting);

/* Return how many tokens were taken in the 60 seconds before NOW. */
unsigned bucket_taken(const struct bucket *bucket, int64_t now);

#endif
