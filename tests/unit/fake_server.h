/* A list of users that answers calls in pages, for tests. */
#ifndef QPFS_TESTS_FAKE_SERVER_H
#define QPFS_TESTS_FAKE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of users that answers the calls of fake_client.h in pages, with the quirks of services
 * as they are. */
struct fake_server {
    uint64_t ids[8192]; /* in the order in which they are shown */
    size_t count;
    uint64_t clamp; /* the most items a page */
    uint64_t step;  /* page sizes are rounded to a multiple of this; 0: they are not */
    bool rounds_down;
    bool silent;         /* echoes the perPage that was asked for, whatever it gives */
    bool no_totals;      /* "totalItems": 0 */
    bool ignores_query;  /* shows as many as it can, and says 100, whatever is asked for */
    bool refuses;        /* answers 400 to more than its clamp */
    uint64_t too_large;  /* answers 413 to more than this; 0: it does not */
    const char *refusal; /* with this body; NULL: a proxy's */
    bool ends_in_404;    /* answers 404 to pages behind the end */
    bool fills_last;     /* the last page is as large as the others, and so are those behind */
    int64_t total_off;   /* totalItems is wrong by so many */
    uint64_t counted;    /* totalPages counts pages of this size; 0: there is no totalPages */
    bool links;          /* a link names the next page, where there is one */
    bool links_always;   /* a link names it even where there is none */
    uint64_t cut;        /* page 2 holds no more than this, of what it should; 0: it does */
    uint64_t deepest;    /* answers what reaches over this place with `too_deep`; 0: nothing */
    long too_deep;       /* 200: an empty page */
    const char *refused; /* the body of a page that is too deep; NULL: the service's own */
};

/* COUNT users, from ID 1 on. */
void fake_server_init(struct fake_server *server, size_t count, uint64_t clamp);

/* Answers the call INDEX of those that wait. */
void fake_server_answer(const struct fake_server *server, unsigned index);

/* Answers until none waits, oldest first. */
void fake_server_answer_all(const struct fake_server *server);

void fake_server_remove(struct fake_server *server, size_t position);
void fake_server_add(struct fake_server *server, size_t position, uint64_t id);

/* The one at FROM stands at TO afterwards. */
void fake_server_move(struct fake_server *server, size_t from, size_t to);

#endif
