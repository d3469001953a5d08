/* Decodes the answer of one call into records. */
#ifndef QPFS_JSON_DECODER_H
#define QPFS_JSON_DECODER_H

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
    size_t doubles;      /* records that were removed because they stood there twice */
    int64_t per_page;    /* as echoed */
    int64_t total_items; /* "totalItems", or "total" on older pages */
    int64_t total_pages;
    int64_t current_page; /* "currentPage", or "page" on older pages */
    /* The pages that "links" names as the next and the last one. 0: none; UINT64_MAX: one
     * without a number. No link is ever followed. */
    uint64_t next_page, last_page;
    char why[160]; /* what is wrong with the answer, for the log, after -EBADMSG */
};

/* The files of one page together, in bytes: a small answer can be laid out large. */
#define ENVELOPE_BYTES_MAX ((size_t)128 << 20)

/* More records than any page holds, and few enough to fit in memory. */
#define ENVELOPE_RECORDS_MAX 1000000

enum envelope_shape { ENVELOPE_LIST, ENVELOPE_SINGLE };

/* Give the records back. Take a zeroed envelope. */
void envelope_finish(struct envelope *envelope);

/* An answer that is being decoded, in steps: one of a thousand records takes milliseconds. */
struct decoder;

/*
 * Begin to decode SIZE bytes of BODY into ENVELOPE, which is overwritten; both are borrowed to
 * the end. ID_NAME is the member that holds a record's ID ("userID"), borrowed as well. Return
 * NULL when memory is out.
 */
struct decoder *decoder_create(struct envelope *envelope, const char *body, size_t size,
                               enum envelope_shape shape, const char *id_name);

/* The most records that one step decodes. */
#define DECODER_STEP 64

/*
 * Return 1 while there is more to do. In the end return 0; -EBADMSG with `why`; or -ENOMEM. A
 * list without "response", a record without a proper ID, or anything that is not JSON fails as
 * a whole: a page of which a part could be read is no page. After an error the envelope is
 * empty.
 */
int decoder_step(struct decoder *decoder);

/* Take NULL. Before the last step, leave in the envelope what has been decoded. */
void decoder_destroy(struct decoder *decoder);

#endif
