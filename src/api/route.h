/* Keeps how the service is reached: by which proxy, and with which certificates. */
#ifndef QPFS_API_ROUTE_H
#define QPFS_API_ROUTE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

struct route {
    char *cacert;      /* NULL: the system's */
    char *proxy;       /* NULL: none */
    char *proxy_shown; /* without user and password */
    unsigned lost_ms;  /* what is not even acknowledged for so long is lost */
    long connect_ms;   /* for one address after the other; each but the last gets half of what
                          is left */
    /* Shown to the other side, as in struct credentials. For the owner to set. */
    const char *certificates, *private_key;
};

/* CACERT and PROXY as struct transfers_options has them. Return false when memory is out; then
 * too ROUTE is to be finished. */
bool route_init(struct route *route, const char *cacert, const char *proxy, int64_t timeout_ms);

/* Take a zeroed route. */
void route_finish(struct route *route);

/* Have EASY take ROUTE, which must outlive it. PLAIN: by http://. Return whether it will. */
bool route_take(const struct route *route, CURL *easy, bool plain);

#endif
