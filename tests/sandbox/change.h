/* The changes that the control endpoint makes of an account, as JSON. */
#ifndef SANDBOX_CHANGE_H
#define SANDBOX_CHANGE_H

#include <cjson/cJSON.h>

#include "overlay.h"

/*
 * Applies an array of changes in order. Returns 0, or -EINVAL or -ENOMEM at the first that
 * cannot be applied, with `why` written; the overlay is then half changed and only good to
 * be destroyed.
 */
int change_apply(struct overlay *overlay, const cJSON *changes, struct draft *why);

#endif
