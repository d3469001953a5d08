/* Asks for the windows of one list, several at a time, and keeps what came in order. */
#ifndef QPFS_API_FLIGHT_H
#define QPFS_API_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/client.h"
#include "api/endpoint.h"
#include "api/plan.h"
#include "api/quirks.h"
#include "json/decoder.h"

/*
 * The owner of a flight puts windows in, takes them out, and is called when one has been
 * answered. The flight has each answer decoded. It refuses one that is not what was asked for,
 * as far as that says so itself, or that shows somebody twice with other values. What the
 * windows mean for the list is for the owner to judge.
 */
enum flight_state {
    FLIGHT_WAITING, /* not asked for yet, or not answered */
    FLIGHT_THERE,   /* its envelope can be read */
    FLIGHT_MISSING  /* it was answered, and holds nothing: the owner says so */
};

struct flight_window {
    struct window window;
    enum flight_state state;
    struct page *page; /* flight.c's; NULL: not asked for yet, or it brought nothing */
    uint64_t asked;    /* which call of the flight it was, from 1 */
    /* The owner's: */
    size_t skip;  /* so many of its first records stand in the window before */
    bool bridge;  /* it was asked for because of a break */
    bool refuted; /* it did not fit */
};

/*
 * Window INDEX has been answered. ANSWER is borrowed. With an error, its state is still
 * FLIGHT_WAITING: the owner takes it out, says that it is missing, or ends the flight. Called
 * from the loop.
 */
typedef void flight_done_fn(void *data, size_t index, const struct answer *answer);

struct flight_options {
    struct client *client;
    struct target target;
    struct quirks *quirks;    /* borrowed */
    unsigned parallel;        /* calls at a time */
    struct decoder_past past; /* what the list held the last time; zeroed: not known */
    flight_done_fn *done;
    void *data;
};

struct flight {
    struct flight_options options;
    struct flight_window *windows; /* owned; read them, and write what is the owner's */
    size_t count;
    size_t capacity;
    size_t next;        /* no window before it waits to be asked for */
    unsigned in_flight; /* calls */
    unsigned undecoded; /* bodies that came */
    uint64_t calls;     /* so far */
    size_t waiting;     /* windows that were not asked for yet */
    /* The owner's: */
    size_t limit; /* windows from here on are not asked for yet; SIZE_MAX: no limit */
    bool paused;  /* nothing more is asked for, until flight_go() is called without it */
    bool anew;    /* no cache in between may answer what is asked for from here on */
};

/* FLIGHT stays where it is until flight_finish(). */
void flight_init(struct flight *flight, const struct flight_options *options);

/* Cancel every call and give back what came. Take a zeroed flight. */
void flight_finish(struct flight *flight);

/* Put WINDOW in at INDEX. It is asked for by the next flight_go(). Return 0 or -ENOMEM. */
int flight_insert(struct flight *flight, size_t index, const struct window *window);

/* Take COUNT windows out, from INDEX on, and cancel their calls. */
void flight_remove(struct flight *flight, size_t index, size_t count);

/* Take out window FROM and all behind it. */
void flight_cut(struct flight *flight, size_t from);

/* Ask for windows, first ones first, as long as more may be in flight. Return 0 or -ENOMEM. */
int flight_go(struct flight *flight);

/* Return how many calls have been answered and read. */
uint64_t flight_answered(const struct flight *flight);

/* Return what window INDEX holds, once it is there. Borrowed. The owner may put other records
 * in the place of these, take them over, and finish the envelope before the flight does. */
struct envelope *flight_envelope(const struct flight *flight, size_t index);

/* Return what the answer to it said of its age, once it is there. Borrowed. */
const struct freshness *flight_freshness(const struct flight *flight, size_t index);

#endif
