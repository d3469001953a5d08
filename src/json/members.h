#ifndef QPFS_JSON_MEMBERS_H
#define QPFS_JSON_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "json/record.h"

/*
 * The members of an object, one after the other, in the text of a record. It was laid out by
 * scanner.c, one member a line, indented by two blanks a level, and a line break stands nowhere
 * else: so this finds each member without parsing anything, and no other text may be given.
 */
struct members {
    const char *at;
    const char *end; /* the line of the object's closing brace */
    size_t indent;   /* of the members, in blanks */
};

/* One of them; borrowed from the text. */
struct member {
    const char *name; /* with its quotes, as it is escaped */
    size_t name_size;
    const char *value; /* as it is laid out, without a comma behind it */
    size_t value_size;
};

/* Those of the object that TEXT is, SIZE bytes, with or without the final line break of a
 * record's. */
struct members members_of_text(const char *text, size_t size);
struct members members_of_record(const struct record *record);

/* Those of the object that MEMBER's value is, inside of PARENT. */
struct members members_inside(const struct members *parent, const struct member *member);

/* The next one; false when there is none. */
bool members_next(struct members *members, struct member *member);

/* The first one from here on that has this NAME, with its quotes. MEMBERS stays where it is. */
bool members_find(struct members members, const char *name, size_t name_size,
                  struct member *found);

size_t members_count(struct members members);

/* Return whether the value is an object with something in it. */
bool member_is_object(const struct member *member);

/* Return whether MEMBER is called NAME, which needs no escapes. */
bool member_is(const struct member *member, const char *name);

/* Read the value as an ID: a whole number from 1 to 2^63 - 1. Return 0 if it is anything else,
 * as a string. */
uint64_t member_id(const struct member *member);

/* Read the value as a count, as number_count() does; -1 also if it is no number. */
int64_t member_count(const struct member *member);

/* Read the member NAME as an ID. Return 0 also if there is none, or if there are two: which of
 * them is meant? */
uint64_t members_id(struct members members, const char *name);

/*
 * Appends the text that a string stands for: QUOTED, SIZE bytes with the quotes, as laid out.
 * \u0000 and surrogates without their other half stay the escapes that they are. Errors of
 * buffer_append().
 */
int members_append_string(const char *quoted, size_t size, struct buffer *out);

/* A character of a string's text cannot be larger, in bytes. */
#define MEMBERS_CHARACTER_MAX 6

/*
 * The same for one character: that which begins at AT, in a string whose last quote is at END.
 * Writes it to TEXT and returns its size; *TAKEN: the bytes that it took. \u0000 is the byte
 * here that it stands for.
 */
size_t members_character(const char *at, const char *end,
                         char text[static MEMBERS_CHARACTER_MAX], size_t *taken);

#endif
