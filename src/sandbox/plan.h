/*
 * The account before any change: a pure function of a few numbers. Nothing is stored for a
 * department or a user of it.
 */
#ifndef SANDBOX_PLAN_H
#define SANDBOX_PLAN_H

#include "sandbox/department.h"
#include "sandbox/text.h"

#define PLAN_ORGANIZATION 2345678u
#define PLAN_CUSTOMER     1234567u /* the user of the key, "Customer ID" */

#define PLAN_MAX_USERS       200000000u
#define PLAN_MAX_DEPARTMENTS 1000000u
#define PLAN_MAX_USERS_PER   1000000u

struct plan {
    uint64_t panel_users; /* users of one more, large department; 0: no such department */
    uint64_t departments; /* how many more departments */
    uint64_t users_per;   /* users of each of them */
};

uint64_t plan_department_count(const struct plan *plan);

/* The department at `index` of the list of departments; `index` must be below the count. */
struct department plan_department(const struct plan *plan, uint64_t index);

/* These two return false if there is no such id. */
bool plan_department_index(const struct plan *plan, uint64_t id, uint64_t *index);
bool plan_user(const struct plan *plan, uint64_t user, struct department *department,
               uint64_t *index);

/* The greatest user id. */
uint64_t plan_top_user(const struct plan *plan);

/* As a JSON string with its quotes. */
void plan_department_name(uint64_t id, struct text *out);

/* The record of the organization. */
void plan_organization(const struct plan *plan, struct text *out);

#endif
