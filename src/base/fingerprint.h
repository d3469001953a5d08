/* Names a secret without telling it. */
#ifndef QPFS_BASE_FINGERPRINT_H
#define QPFS_BASE_FINGERPRINT_H

#include <stddef.h>

#define FINGERPRINT_SIZE 16

/* Write the first digits of the SHA-256 of SECRET, in hex. Nobody finds the secret by that; by
 * a hash that is only fast one might. Return 0 or -ENOMEM. */
int fingerprint_make(const char *secret, char hex[static FINGERPRINT_SIZE + 1]);

#endif
