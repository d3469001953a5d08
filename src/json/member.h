#ifndef QPFS_JSON_MEMBER_H
#define QPFS_JSON_MEMBER_H

#include <stddef.h>
#include <stdint.h>

#include "json/members.h"

struct cJSON;

/* The greatest integer that a JSON reader with doubles, as cJSON is one, tells from its
 * neighbours.
 */
#define MEMBER_INTEGER_MAX (((int64_t)1 << 53) - 1)

/* The member NAME as a count, a whole number from 0 up: -1 if it is missing or no count,
 * INT64_MAX if it is past 2^53. */
int64_t member_count(const struct cJSON *object, const char *name);

/* Read MEMBER as an ID: a whole number from 1 to 2^63 - 1. 0 if it is anything else, as a
 * string. Return 0 or -ENOMEM. */
int member_read_id(const struct member *member, uint64_t *id);

/* Read the member NAME of TEXT, which is laid out as a record's (members.h), as an ID; 0 also
 * if it is missing, or stands there twice: which of them is meant? Return 0 or -ENOMEM. */
int member_id_of_text(const char *text, size_t size, const char *name, uint64_t *id);

/* The member NAME of TEXT, which is any JSON, as a count, as above; -1 also when memory is out.
 */
int64_t member_count_of_text(const char *text, size_t size, const char *name);

#endif
