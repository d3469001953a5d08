/* The sandbox's account: departments, users, communities, as the plan and changes make them. */
#ifndef SANDBOX_ACCOUNT_H
#define SANDBOX_ACCOUNT_H

#include <cjson/cJSON.h>

#include "sandbox/plan.h"

struct account;

/* NULL: out of memory. */
struct account *account_create(const struct plan *plan);
void account_destroy(struct account *account);

/* Forgets all changes. 0 or -ENOMEM. */
int account_reset(struct account *account);

/*
 * Applies an array of changes in order: all of them or, with -EINVAL or -ENOMEM, none; then
 * `why` says which one cannot be applied and why.
 */
int account_change(struct account *account, const cJSON *changes, struct text *why);

/* Lists: how many items there are, and `count` of them from `from` on, separated by commas. */
uint64_t account_departments(const struct account *account);
void account_write_departments(const struct account *account, uint64_t from, uint64_t count,
                               struct text *out);

uint64_t account_communities(const struct account *account);
void account_write_communities(const struct account *account, uint64_t from, uint64_t count,
                               struct text *out);

/* False if there is no such department. */
bool account_users(const struct account *account, uint64_t department, uint64_t *count);
void account_write_users(const struct account *account, uint64_t department, uint64_t from,
                         uint64_t count, struct text *out);

/* Records. False, and nothing written, if there is no such id. */
bool account_write_department(const struct account *account, uint64_t id, struct text *out);
bool account_write_user(const struct account *account, uint64_t id, struct text *out);
bool account_has_user(const struct account *account, uint64_t id);
void account_write_organization(const struct account *account, struct text *out);

#endif
