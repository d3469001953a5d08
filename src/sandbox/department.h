/* A department of made-up people, as six numbers: its users are computed from them. */
#ifndef SANDBOX_DEPARTMENT_H
#define SANDBOX_DEPARTMENT_H

#include <stdbool.h>
#include <stdint.h>

enum department_people {
    PEOPLE_PLAIN,
    PEOPLE_ODD,  /* plain ones, and some whose text is hard to read */
    PEOPLE_SEED, /* the two of the service's own documentation */
};

struct department {
    uint64_t id;
    uint64_t first_user; /* no user id of the department is below */
    uint64_t users;
    enum department_people people;
};

/* The id of the user at `index`, which is below `users`. Ids rise with the index, with gaps. */
uint64_t department_user_id(const struct department *department, uint64_t index);

/* The opposite: false if no user of the department has this id. */
bool department_user_index(const struct department *department, uint64_t id, uint64_t *index);

/* The greatest id of a user, 0 without users. */
uint64_t department_top_user(const struct department *department);

/* How many ids from first_user on the department may use. */
uint64_t department_id_span(uint64_t users);

#endif
