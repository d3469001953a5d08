#ifndef QPFS_BASE_FINGERPRINT_H
#define QPFS_BASE_FINGERPRINT_H

#include <stddef.h>

#define FINGERPRINT_SIZE 16

/*
 * A name for SECRET by which nobody finds the secret: the first digits of its SHA-256, in hex.
 * A hash that is only fast would not do. 0 or -ENOMEM.
 */
int fingerprint_make(const char *secret, char hex[static FINGERPRINT_SIZE + 1]);

#endif
