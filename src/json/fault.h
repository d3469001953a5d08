/* Reads what the service says of an error. */
#ifndef QPFS_JSON_FAULT_H
#define QPFS_JSON_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the service says of an error, for the person who reads the log. The HTTP status decides
 * what an answer is. The service's pages show a body that is no JSON: it has an unquoted value,
 * and a comma is missing. So it is not read as a whole. Each member is read where it stands,
 * and may be missing.
 */
struct fault {
    char message[256];
    char name[64];
    char request_id[64];
    uint64_t id; /* a string in the samples, a number on the error page; 0 if missing */
    long status; /* its httpStatusCode; 0 if missing */
};

/* Fill FAULT from the first 64 KiB of BODY, which may be anything. The key is not in it. */
void fault_read(struct fault *fault, const char *body, size_t size);

/* Return whether BODY begins as the service's own error bodies do: with {"response": {"error":
 * {…}}}, or without the outer object. Other members may stand before it, and so may a response
 * without records. */
bool fault_is_body(const char *body, size_t size);

#endif
