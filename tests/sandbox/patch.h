/* Changes fields of a record in its JSON text, and no digit or escape of the rest. */
#ifndef SANDBOX_PATCH_H
#define SANDBOX_PATCH_H

#include <cjson/cJSON.h>

#include "sandbox/draft.h"

/* The most bytes of a record. */
#define PATCH_RECORD_LIMIT (16u << 20)

/*
 * Writes the JSON object `record` with the members of `set` put in: known fields in their
 * place, new ones at the end. Fields that are not in `set` are copied byte for byte. Returns
 * 0, -EINVAL if the record is not a JSON object, or -ENOMEM.
 */
int patch_merge(const char *record, const cJSON *set, struct draft *out);

/* Write what patch_merge() wrote with its first member behind the others. */
void patch_rotate(const char *record, struct draft *out);

#endif
