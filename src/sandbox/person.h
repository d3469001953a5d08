/* Made-up people: the JSON text of a user's record as a pure function of a few numbers. */
#ifndef SANDBOX_PERSON_H
#define SANDBOX_PERSON_H

#include "sandbox/department.h"
#include "sandbox/draft.h"

struct person {
    uint64_t user;       /* id */
    uint64_t department; /* id */
    enum department_people people;
    uint64_t index; /* in the department; decides nothing for plain people */
};

/* Fields, and their order, as in the service's documentation. */
void person_write(const struct person *person, struct draft *out);

#endif
