/* Plans the account before any change, as a pure function of a few numbers. */
#ifndef SANDBOX_BLUEPRINT_H
#define SANDBOX_BLUEPRINT_H

#include "sandbox/department.h"
#include "sandbox/draft.h"

#define BLUEPRINT_ORGANIZATION 2345678u
#define BLUEPRINT_CUSTOMER     1234567u /* the user of the key, "Customer ID" */

#define BLUEPRINT_MAX_USERS       200000000u
#define BLUEPRINT_MAX_DEPARTMENTS 1000000u
#define BLUEPRINT_MAX_USERS_PER   1000000u

struct blueprint {
    uint64_t panel_users; /* users of one more, large department; 0: no such department */
    uint64_t departments; /* how many more departments */
    uint64_t users_per;   /* users of each of them */
};

uint64_t blueprint_department_count(const struct blueprint *plan);

/* The department at `index` of the list of departments; `index` must be below the count. */
struct department blueprint_department(const struct blueprint *plan, uint64_t index);

/* These two return false if there is no such id. */
bool blueprint_department_index(const struct blueprint *plan, uint64_t id, uint64_t *index);
bool blueprint_user(const struct blueprint *plan, uint64_t user, struct department *department,
                    uint64_t *index);

/* How many users there are in all departments. */
uint64_t blueprint_user_count(const struct blueprint *plan);

/* The greatest user id. */
uint64_t blueprint_top_user(const struct blueprint *plan);

/* Write the record of department ID. NAME: NULL for the planned one. */
void blueprint_write_department(uint64_t id, const char *name, struct draft *out);

/* Write the record of the organization. */
void blueprint_write_organization(const struct blueprint *plan, struct draft *out);

#define BLUEPRINT_COMMUNITIES 3

extern const struct blueprint_community {
    uint64_t id;
    const char *record;
} blueprint_communities[BLUEPRINT_COMMUNITIES];

#endif
