/* Reads JSON that is small and holds no records, with cJSON. */
#ifndef QPFS_JSON_VALUE_H
#define QPFS_JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A value is what the service says of a page or of an error, or the status that a mount tells.
 * Whatever it holds, only value_parse() fails. The other functions say that a value is missing,
 * or of another kind, and take NULL as one that is missing. cJSON reads some texts that are no
 * JSON, which is of use for the service's errors. It cuts a string at \u0000, and does not read
 * a surrogate without its other half.
 */
struct value;

/* Read the value that TEXT begins with. Return 0; -EBADMSG if there is none; -ENOMEM. On an
 * error VALUE is NULL. */
int value_parse(const char *text, size_t size, struct value **value);

/* Its memory is wiped. Take NULL. */
void value_destroy(struct value *value);

/* Return the member NAME of an object, borrowed; NULL if there is none. */
const struct value *value_member(const struct value *object, const char *name);

/* Return an element of an array, borrowed: the first, and the one behind ELEMENT. NULL: no
 * more. */
const struct value *value_first(const struct value *array);
const struct value *value_next(const struct value *element);
size_t value_count(const struct value *array);

/* Return the text of a string, borrowed; NULL if VALUE is none. The caller may change its
 * bytes.
 */
char *value_text(struct value *value);

/* Return whether VALUE is a number of 0 or more, and set NUMBER then. */
bool value_is_number(const struct value *value, double *number);

/* The same for the member NAME of OBJECT. The text is "" if it is none. */
const char *value_string(const struct value *object, const char *name);
bool value_number(const struct value *object, const char *name, double *number);

#endif
