/* Reads the text of JSON, strictly, and lays it out. */
#ifndef QPFS_JSON_SCANNER_H
#define QPFS_JSON_SCANNER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/*
 * A scanner takes what RFC 8259 calls JSON, in UTF-8, and nothing else. It writes a value while
 * it reads it, laid out as "jq ." does: two spaces a level, "key": value, and no newline at the
 * end. Nothing of the value changes: numbers keep their digits and members their order, also
 * those that stand twice. Strings become UTF-8 with only what JSON must escape escaped. \u0000
 * and surrogates without their other half, which UTF-8 can't say, stay the escapes that they
 * were.
 */
struct scanner {
    const char *at; /* what comes next; borrowed */
    const char *end;
    const char *why; /* after an error: what is wrong, a static text */
    /* The scanner's own: where it writes, or NULL, and how deep it is in a value. */
    struct buffer *out;
    unsigned depth, depth_max;
};

/* How deep a value may be nested that is laid out: deeper than any record is likely to be, and
 * shallow enough that its indentation can't blow a small answer up to a large file. */
#define SCANNER_DEPTH_MAX 32

/* How deep any other value may be nested: as deep as cJSON reads. */
#define SCANNER_SKIP_DEPTH_MAX 1000

/* Begin to read TEXT, SIZE bytes, borrowed. */
struct scanner scanner_of(const char *text, size_t size);

/* Return whether BYTE comes next, behind white space. */
bool scanner_is_at(struct scanner *scanner, char byte);

/* The same, and step over it. */
bool scanner_take(struct scanner *scanner, char byte);

/* Return whether nothing but white space is left. */
bool scanner_is_at_end(struct scanner *scanner);

/*
 * Read one value, and append it to OUT. With NULL it is only checked. What comes behind it
 * stays to be read. Return 0; -EBADMSG if no JSON comes next; -EFBIG or -ENOMEM from OUT, which
 * may hold a part after an error.
 */
int scanner_value(struct scanner *scanner, struct buffer *out);

/* The same for the name of a member, which is written with its quotes, and its colon, which is
 * not. */
int scanner_name(struct scanner *scanner, struct buffer *out);

/*
 * Step over what comes next if it is KNOWN, SIZE bytes: a value as laid out above, with a
 * newline at its end. Return whether it is, so that scanner_value() would write just those
 * bytes and stop there. All bytes are compared, and no white space but that of the layout is
 * left out. A value that is spelt in another way is not the same, nor is one with blanks at an
 * unusual place.
 */
bool scanner_take_known(struct scanner *scanner, const char *known, size_t size);

#endif
