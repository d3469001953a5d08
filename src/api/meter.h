/* Counts calls, the time that they take and how they fail, for monitoring. */
#ifndef QPFS_API_METER_H
#define QPFS_API_METER_H

#include "api/answer.h"
#include "api/endpoint.h"

/* Errors that are told apart, the last of which is any other; and limits of time. */
#define METER_ERRORS 13
#define METER_LIMITS 8

/* How often each error came. It never falls. */
struct meter_errors {
    uint64_t counts[METER_ERRORS];
};

/* Count ERROR (-errno). */
void meter_errors_add(struct meter_errors *errors, int error);

/* Return which error counts[INDEX] is about, such as "EIO"; "other" for the last. */
const char *meter_error_name(size_t index);

/* What is counted of the calls of a client. Zeroed, it is empty. No number ever falls, so what
 * is under way is in none. */
struct meter {
    uint64_t calls[ENDPOINT_COUNT]; /* each try that left this machine */
    /* Answers, whatever their status, by the time that they took: answers[i] of those that took
     * up to meter_limit_ms(i) and longer than the limit before. The last: longer than all. */
    uint64_t answers[METER_LIMITS + 1];
    uint64_t answers_us;        /* the time of all of them */
    struct meter_errors errors; /* of tries, also of those that were made again */
};

/* Return the limit number INDEX, in milliseconds. */
unsigned meter_limit_ms(size_t index);

/* Count ANSWER, with which a try ended. */
void meter_add_answer(struct meter *meter, const struct answer *answer);

#endif
