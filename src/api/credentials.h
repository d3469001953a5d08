/* What this side shows of itself when a TLS connection is made. */
#ifndef QPFS_API_CREDENTIALS_H
#define QPFS_API_CREDENTIALS_H

/* A client certificate, with those between it and its authority, and its private key: texts
 * (PEM), borrowed. NULL: none. */
struct credentials {
    const char *chain;
    const char *key;
};

#endif
