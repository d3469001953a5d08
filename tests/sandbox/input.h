/* Strict reading of the control endpoint's JSON. */
#ifndef SANDBOX_INPUT_H
#define SANDBOX_INPUT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

/* Beyond it a JSON number, which is a double, is not exact. */
#define INPUT_MAX_INTEGER 9007199254740991u

/* False unless the item is an integer from 0 to INPUT_MAX_INTEGER. */
bool input_integer(const cJSON *item, uint64_t *number);

/* The member's string, or NULL if it is missing or of another type. */
const char *input_string(const cJSON *object, const char *name);

/*
 * The first member of `object` that is not one of the words in `names`, which are separated
 * by single spaces, or NULL.
 */
const char *input_unknown(const cJSON *object, const char *names);

#endif
