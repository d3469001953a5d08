/* Finds the members of a record in its text. */
#ifndef QPFS_JSON_MEMBERS_H
#define QPFS_JSON_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "json/record.h"

/*
 * The members of an object, one after the other, in the text of a record. scanner.c has laid it
 * out: one member a line, indented by two blanks a level, and no other line breaks. So each
 * member is found by its line, without reading its value. No other text may be given.
 */
struct members {
    const char *at;
    const char *end; /* the line of the object's closing brace */
    size_t indent;   /* of the members, in blanks */
};

/* One member; borrowed from the text. */
struct member {
    const char *name; /* with its quotes, as it is escaped */
    size_t name_size;
    const char *value; /* as it is laid out, without a comma behind it */
    size_t value_size;
};

/* Begin with the members of the object that TEXT is, SIZE bytes, with or without the final line
 * break of a record. */
struct members members_of_text(const char *text, size_t size);
struct members members_of_record(const struct record *record);

/* Begin with the members of the object that is the value of MEMBER, one of PARENT. */
struct members members_inside(const struct members *parent, const struct member *member);

/* Step to the next one. Return false when there is none. */
bool members_next(struct members *members, struct member *member);

/* Find the first one from here on that has this NAME, with its quotes. Return whether there is
 * one. */
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

/* The same, where a string of digits is an ID as well. */
uint64_t members_loose_id(struct members members, const char *name);

/* Return what is behind the name and its colon with which the line at AT begins, which ends at
 * END; AT if it begins with no name. The line is as laid out, without the blanks before it. */
const char *members_behind_name(const char *at, const char *end);

/* Return what the LETTER behind a backslash stands for; 0: JSON has no such escape, or it is a
 * u. */
char members_unescape(char letter);

/*
 * Append the text that a string stands for: QUOTED, SIZE bytes with the quotes, as laid out.
 * \u0000 and surrogates without their other half stay the escapes that they are. Return 0;
 * -EFBIG or -ENOMEM from OUT.
 */
int members_append_string(const char *quoted, size_t size, struct buffer *out);

/* The largest character of a string's text, in bytes: an escape that stays one. */
#define MEMBERS_CHARACTER_MAX 6

/*
 * Write to TEXT the one character that begins at AT, in a string whose last quote is at END.
 * Return its size, and set *TAKEN to the bytes that it took. \u0000 becomes the byte that it
 * stands for.
 */
size_t members_character(const char *at, const char *end,
                         char text[static MEMBERS_CHARACTER_MAX], size_t *taken);

/*
 * Append a value to OUT without blanks and line breaks between its tokens, as `jq -c` prints
 * it. scanner.c has laid out TEXT, SIZE bytes, with or without a final line break. Strings and
 * numbers stay as they are. Return 0; -EFBIG or -ENOMEM from OUT.
 */
int members_append_compact(const char *text, size_t size, struct buffer *out);

#endif
