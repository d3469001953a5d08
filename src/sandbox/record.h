/* Changing fields of a record in its JSON text, without losing a digit or escape of the rest.
 */
#ifndef SANDBOX_RECORD_H
#define SANDBOX_RECORD_H

#include <cjson/cJSON.h>

#include "sandbox/text.h"

/*
 * Writes the JSON object `record` with the members of `set` put in: known fields in their
 * place, new ones at the end. Fields that are not in `set` are copied byte for byte. Returns
 * 0, -EINVAL if the record is not a JSON object, or -ENOMEM.
 */
int record_merge(const char *record, const cJSON *set, struct text *out);

#endif
