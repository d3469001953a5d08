/* Reads the client certificate and its private key, which open a proxy, from their files. */
#ifndef QPFS_OPTIONS_CLIENT_CERT_H
#define QPFS_OPTIONS_CLIENT_CERT_H

#include "api/transfer.h"

/* Where they are. They are read before the mount, and again at a SIGHUP. */
struct client_cert {
    char *path;     /* absolute; NULL: there is none */
    char *key_path; /* the same as path where one file holds both */
};

/*
 * Remember the files CHAIN and KEY; KEY is NULL if CHAIN holds the key, too. Read them into
 * CREDENTIALS, as text (PEM). The file with the key must be readable by its owner alone, and
 * the key must be that of the certificate. Return 0 or -errno after the reason was logged.
 * In any case CLIENT_CERT is to be finished, and the texts are to be freed.
 */
int client_cert_read(struct client_cert *client_cert, const char *chain, const char *key,
                     struct credentials *credentials);

/* Read the files again, and log what is wrong as above. Return 0 or -errno. */
int client_cert_read_again(const struct client_cert *client_cert,
                           struct credentials *credentials);

/* Wipe and free the texts. CREDENTIALS may be zeroed. */
void client_cert_free_texts(struct credentials *credentials);

/* CLIENT_CERT may be zeroed. */
void client_cert_finish(struct client_cert *client_cert);

#endif
