/* The HTTP server: a thread for each connection, on the loopback device only. */
#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

/* What answers the requests. */
struct server_site {
    /* Return what keeps a request for TARGET, path and query as sent; NULL: memory is out. */
    void *(*begin)(void *data, const char *target);
    /* Called first with the headers, then for each piece of the body, then for an answer, as
     * libmicrohttpd does. */
    enum MHD_Result (*step)(void *request, struct MHD_Connection *connection,
                            const char *method, const char *upload, size_t *upload_size);
    /* The request is over. Takes NULL. */
    void (*end)(void *request);
    /* No request may wait any longer. NULL: none does. */
    void (*halt)(void *data);
    void *data;
};

/*
 * Listen on PORT, 0 for any, and print the base URL. Serve until a signal says to end, or with
 * UNTIL_EOF until the end of standard input. Return the exit status of the program; on a
 * failure print why and what to do.
 */
int server_run(const struct server_site *site, uint16_t port, bool until_eof);

#endif
