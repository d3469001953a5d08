/* Keeps connections, and the names that were resolved for them. */
#ifndef QPFS_API_POOL_H
#define QPFS_API_POOL_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/loop.h"

/*
 * A multi handle of curl, driven by the loop. A pool that is retired goes when its last
 * transfer has left it, and its connections go with it. So what was known of the network is
 * forgotten by making a new pool.
 */
struct pool;

struct pool_functions {
    /* EASY came to its end. It is to be taken out of the pool. */
    void (*ended)(CURL *easy, CURLcode code);
    /* Memory is out, and nothing in POOL goes on. All transfers are to be taken out of it. */
    void (*starved)(void *data, struct pool *pool);
};

/* FUNCTIONS are borrowed, and called from the loop. Return NULL when memory is out. */
struct pool *pool_create(struct loop *loop, const struct pool_functions *functions, void *data);

/* Close all connections, once no transfer is in the pool any more: now or later. Take NULL. */
void pool_retire(struct pool *pool);

/* Return whether memory was out, so that nothing can be added any more. */
bool pool_is_starved(const struct pool *pool);

/* Start EASY. Return whether it is in the pool then. */
bool pool_add(struct pool *pool, CURL *easy);

/*
 * Have curl look at EASY, which has received nothing so far. curl 7.88 gives up an address that
 * does not answer, and goes on to the next one of that name when something happens. In an event
 * loop nothing does. It takes no notice of a pause, but it looks afterwards.
 */
void pool_look(struct pool *pool, CURL *easy);

/* Take EASY out of its pool, whether it has ended or not. Not to be called from within curl. */
void pool_remove(struct pool *pool, CURL *easy);

#endif
