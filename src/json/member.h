#ifndef QPFS_JSON_MEMBER_H
#define QPFS_JSON_MEMBER_H

#include <stddef.h>
#include <stdint.h>

struct cJSON;

/* The greatest integer that a JSON reader with doubles, as cJSON is one, tells from its
 * neighbours.
 */
#define MEMBER_INTEGER_MAX (((int64_t)1 << 53) - 1)

/*
 * The member NAME of OBJECT as an ID: a whole number from 1 to 2^53 - 1. 0 if it is missing,
 * stands there twice (which of them is meant?), is a string, or anything else.
 */
uint64_t member_id(const struct cJSON *object, const char *name);

/* The same of a member's VALUE; takes NULL. */
uint64_t member_id_of_value(const struct cJSON *value);

/* The member NAME as a count, a whole number from 0 up: -1 if it is missing or no count,
 * INT64_MAX if it is past 2^53. */
int64_t member_count(const struct cJSON *object, const char *name);

/* Reads the member NAME of the JSON object that TEXT is, as an ID or 0 as above. TEXT must be
 * JSON, as that of a record is. 0 or -ENOMEM. */
int member_id_of_text(const char *text, size_t size, const char *name, uint64_t *id);

/* The member NAME of such a text as a count, as above; -1 also when memory is out. */
int64_t member_count_of_text(const char *text, size_t size, const char *name);

#endif
