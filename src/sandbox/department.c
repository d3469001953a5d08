/* A department of made-up people, as six numbers: its users are computed from them. */
#include "sandbox/department.h"

#include "sandbox/mix.h"

#define STRIDE 4u

/* In the documentation's order, which is not that of the ids. */
static const uint64_t seed_users[] = {1234588, 1234567};

uint64_t department_user_id(const struct department *department, uint64_t index)
{
    if (department->people == PEOPLE_SEED)
        return seed_users[index];
    uint64_t jitter = mix64(department->first_user ^ index) % (STRIDE - 1);
    return department->first_user + index * STRIDE + jitter;
}

bool department_user_index(const struct department *department, uint64_t id, uint64_t *index)
{
    if (department->people == PEOPLE_SEED) {
        *index = id == seed_users[0] ? 0 : 1;
    } else {
        if (id < department->first_user)
            return false;
        *index = (id - department->first_user) / STRIDE;
    }
    return *index < department->users && department_user_id(department, *index) == id;
}

uint64_t department_top_user(const struct department *department)
{
    if (department->users == 0)
        return 0;
    if (department->people == PEOPLE_SEED)
        return seed_users[0];
    return department_user_id(department, department->users - 1);
}

uint64_t department_id_span(uint64_t users)
{
    return users * STRIDE;
}
