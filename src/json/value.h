#ifndef QPFS_JSON_VALUE_H
#define QPFS_JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A JSON text that another program wrote, to be looked at: a mount's status. Whatever it holds,
 * nothing fails here; a value that is missing or of another kind is said to be so. All
 * functions but value_parse() take NULL as a value that is not there.
 */
struct value;

/* NULL if TEXT is not JSON, or memory is out. */
struct value *value_parse(const char *text, size_t size);
void value_destroy(struct value *value);

/* The member NAME of an object, borrowed; NULL if there is none. */
const struct value *value_member(const struct value *object, const char *name);

/* The elements of an array: the first, and the one behind ELEMENT. NULL: no more. */
const struct value *value_first(const struct value *array);
const struct value *value_next(const struct value *element);
size_t value_count(const struct value *array);

/* The member NAME of OBJECT as a string, borrowed; "" if it is none. */
const char *value_string(const struct value *object, const char *name);

/* Whether the member NAME of OBJECT is a number of 0 or more, and NUMBER then. */
bool value_number(const struct value *object, const char *name, double *number);

#endif
