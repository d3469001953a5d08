#ifndef QPFS_API_LEDGER_PLACE_H
#define QPFS_API_LEDGER_PLACE_H

#include <stddef.h>

/*
 * Opens the file PATH in DIRECTORY for reading and writing, and makes what is missing of both.
 * Refused are links, what belongs to someone else, and what others may open: nobody must be
 * able to have a mount write into another file. A descriptor, the caller's; or -errno with WHY.
 */
int ledger_place_open(const char *directory, const char *path, char *why, size_t why_size);

#endif
