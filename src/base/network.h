/* Notices when a peer is reached over another network than before. */
#ifndef QPFS_BASE_NETWORK_H
#define QPFS_BASE_NETWORK_H

#include <netinet/in.h>

#include "base/loop.h"

/*
 * The kernel tells of each change of links, addresses and routes. Few of them matter:
 * containers come and go, and addresses are renewed. So the kernel is asked from which address
 * this machine would send to the peer, before and after. Nothing is sent for that.
 *
 * With the same address it is taken for the same network: cables, wireless links and leases go
 * and come back all day.
 */

/* The peer is reached from another address. */
typedef void network_changed_fn(void *data);

union network_address {
    struct sockaddr any; /* of family AF_UNSPEC: none */
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct network_way {
    union network_address peer;   /* none: no request has gone since the last change */
    union network_address source; /* of what is sent to it; none: there was no way so far */
};

/* Over IPv4 and over IPv6. */
#define NETWORK_WAYS 2

/* Embedded in its owner. */
struct network {
    struct loop *loop;
    int fd; /* tells of changes; -1: none could be had */
    struct network_way ways[NETWORK_WAYS];
    network_changed_fn *changed;
    void *data;
};

/* Call CHANGED from the loop, once for each change. */
void network_init(struct network *network, struct loop *loop, network_changed_fn *changed,
                  void *data);

/* A request is about to go to the PORT of ADDRESS, a text. Calls nothing. */
void network_note(void *network, const char *address, int port);

/* Take a zeroed network. */
void network_finish(struct network *network);

#endif
