/* Holds what one answer says: its records, and what stands beside them. */
#ifndef QPFS_JSON_ENVELOPE_H
#define QPFS_JSON_ENVELOPE_H

#include <stddef.h>
#include <stdint.h>

#include "json/record.h"

/*
 * The answer of one call, as the pages of the service show it:
 * {"response": [ … ], "pagination": { … }, "requestID": "…"} for a list and {"response": { … }}
 * for a single record. What a pagination holds is also read where it stands beside "response",
 * and there is no pagination. Numbers that are not given or make no sense are -1.
 */
struct envelope {
    struct record **records; /* owned, in the order of the answer */
    size_t room, count;
    size_t doubles;      /* records that were removed because they stood there twice */
    int64_t per_page;    /* as echoed */
    int64_t total_items; /* "totalItems", or "total" on older pages */
    int64_t total_pages;
    int64_t current_page; /* "currentPage", or "page" on older pages */
    /* The pages that "links" names as the next and the last one. 0: none; UINT64_MAX: one
     * without a number. No link is ever followed. */
    uint64_t next_page, last_page;
    char self[160]; /* the address that "links" gives to this page, without its query; or "" */
    char why[160];  /* what is wrong with the answer, for the log, after -EBADMSG */
};

/* The files of one page together, in bytes: a small answer can be laid out large. */
#define ENVELOPE_BYTES_MAX ((size_t)128 << 20)

/* More records than any page holds, and few enough to fit in memory. */
#define ENVELOPE_RECORDS_MAX 1000000

/* Give the records back. Take a zeroed envelope. */
void envelope_finish(struct envelope *envelope);

/* Add RECORD, and take its reference over. Return 0 or -ENOMEM; then it stays the caller's. */
int envelope_add(struct envelope *envelope, struct record *record);

/* Read TEXT, SIZE bytes, an object: the value of "pagination". Return 0; -EBADMSG if it can't
 * be read; or -ENOMEM. */
int envelope_read_pagination(struct envelope *envelope, const char *text, size_t size);

#endif
