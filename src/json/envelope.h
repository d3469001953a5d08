#ifndef QPFS_JSON_ENVELOPE_H
#define QPFS_JSON_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/record.h"

/*
 * The answer of one call, as the pages of the service show it:
 * {"response": [ … ], "pagination": { … }, "requestID": "…"} for a list and {"response": { … }}
 * for a single record. Numbers that are not given or make no sense are -1.
 */
struct envelope {
    struct record **records; /* owned, in the order of the answer */
    size_t count;
    size_t doubles;      /* records that were removed, for they stood there twice */
    int64_t per_page;    /* as echoed */
    int64_t total_items; /* "totalItems", or "total" on older pages */
    int64_t total_pages;
    int64_t current_page; /* "currentPage", or "page" on older pages */
    /* The pages that "links" names as the next and the last one. 0: none; UINT64_MAX: one
     * without a number. No link is ever followed. */
    uint64_t next_page, last_page;
    char request_id[64];
    char why[160]; /* what is wrong with the answer, for the log, after -EBADMSG */
};

/* The files of one page together, in bytes: a small answer can be laid out large. */
#define ENVELOPE_BYTES_MAX ((size_t)128 << 20)

/* More records than any page holds, and few enough to fit in memory. */
#define ENVELOPE_RECORDS_MAX 1000000

enum envelope_shape { ENVELOPE_LIST, ENVELOPE_SINGLE };

/*
 * Decodes SIZE bytes of BODY into ENVELOPE, which is overwritten. ID_NAME is the member that
 * holds a record's ID ("userID"). A list without "response", a record without a proper ID, or
 * anything that is not JSON fails as a whole: a page of which a part could be read is no page.
 *
 * 0; -EBADMSG with `why`; -ENOMEM. On an error there is nothing to finish.
 */
int envelope_decode(struct envelope *envelope, const char *body, size_t size,
                    enum envelope_shape shape, const char *id_name);

/* Gives the records back. Takes a zeroed envelope. */
void envelope_finish(struct envelope *envelope);

#endif
