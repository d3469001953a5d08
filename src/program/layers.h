/* Puts the layers below the file system together. */
#ifndef QPFS_PROGRAM_LAYERS_H
#define QPFS_PROGRAM_LAYERS_H

#include "api/ledger.h"
#include "options/options.h"
#include "tree/tree.h"

/* What a mount and a check have in common: the account of some options, without FUSE. */
struct layers {
    struct loop *loop;
    struct options *options; /* borrowed */
    struct ledger *ledger;   /* NULL for the demo, whose calls cost nothing */
    struct client *client;
    struct cache *cache;
    struct tree tree;
};

/* OPTIONS must outlive LAYERS, and own a key that is read again. Return 0 or -errno. Either way
 * LAYERS must be finished. */
int layers_init(struct layers *layers, struct options *options);

/* Read the key file again; the options must name one. Return whether another key is used from
 * here on. If the file can't be read, log that and keep the key. */
bool layers_read_key(struct layers *layers);

/* Read the client certificate again; the options must name one. If that can't be, log it and
 * keep the one that is used. */
void layers_read_client_cert(struct layers *layers);

/* What came of a listing. */
struct layers_answer {
    struct snapshot *snapshot; /* borrowed while the listing serves; NULL after an error */
    char why[384];             /* for people, after an error */
    struct failure failure;    /* what else is known of that error */
};

/* Run the loop until LISTING is there. NULL means that memory is out. Return 0; -EINTR if the
 * loop was stopped before; else what the listing failed with, which has been logged. */
int layers_fetch(struct layers *layers, struct listing *listing, struct layers_answer *answer);

/* Nobody may wait for a listing any more. Takes a zeroed struct. */
void layers_finish(struct layers *layers);

#endif
