/* The account that the demo shows: what was planned, and nothing changes it. */
#include "sandbox/sample.h"

#include "sandbox/blueprint.h"
#include "sandbox/person.h"

static uint64_t sample_departments(const void *data)
{
    return blueprint_department_count(data);
}

static void sample_write_departments(const void *data, uint64_t any, uint64_t from,
                                     uint64_t count, struct draft *out)
{
    (void)any;
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            draft_putc(out, ',');
        blueprint_write_department(blueprint_department(data, from + i).id, NULL, out);
    }
}

static bool sample_write_department(const void *data, uint64_t id, struct draft *out)
{
    uint64_t index;
    if (!blueprint_department_index(data, id, &index))
        return false;
    blueprint_write_department(id, NULL, out);
    return true;
}

static uint64_t sample_communities(const void *data)
{
    (void)data;
    return BLUEPRINT_COMMUNITIES;
}

static void sample_write_communities(const void *data, uint64_t any, uint64_t from,
                                     uint64_t count, struct draft *out)
{
    (void)data;
    (void)any;
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            draft_putc(out, ',');
        draft_puts(out, blueprint_communities[from + i].record);
    }
}

static void sample_write_person(const struct department *department, uint64_t index,
                                struct draft *out)
{
    const struct person person = {
        .user = department_user_id(department, index),
        .department = department->id,
        .people = department->people,
        .index = index,
    };
    person_write(&person, out);
}

static void sample_write_people(const struct department *department, uint64_t from,
                                uint64_t count, struct draft *out)
{
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            draft_putc(out, ',');
        sample_write_person(department, from + i, out);
    }
}

static bool sample_users(const void *data, uint64_t department, uint64_t *count)
{
    uint64_t index;
    if (!blueprint_department_index(data, department, &index))
        return false;
    *count = blueprint_department(data, index).users;
    return true;
}

static void sample_write_users(const void *data, uint64_t department, uint64_t from,
                               uint64_t count, struct draft *out)
{
    uint64_t index;
    if (!blueprint_department_index(data, department, &index))
        return;
    const struct department found = blueprint_department(data, index);
    sample_write_people(&found, from, count, out);
}

static bool sample_everybody(const void *data, uint64_t *count)
{
    *count = blueprint_user_count(data);
    return true;
}

static void sample_write_everybody(const void *data, uint64_t any, uint64_t from,
                                   uint64_t count, struct draft *out)
{
    (void)any;
    bool first = true;
    for (uint64_t i = 0; count > 0 && i < blueprint_department_count(data); i++) {
        const struct department department = blueprint_department(data, i);
        if (from >= department.users) {
            from -= department.users;
            continue;
        }
        uint64_t rest = department.users - from;
        uint64_t here = rest < count ? rest : count;
        if (!first)
            draft_putc(out, ',');
        sample_write_people(&department, from, here, out);
        first = false;
        count -= here;
        from = 0;
    }
}

static bool sample_has_user(const void *data, uint64_t id)
{
    struct department department;
    uint64_t index;
    return blueprint_user(data, id, &department, &index);
}

static bool sample_write_user(const void *data, uint64_t id, struct draft *out)
{
    struct department department;
    uint64_t index;
    if (!blueprint_user(data, id, &department, &index))
        return false;
    sample_write_person(&department, index, out);
    return true;
}

static void sample_write_organization(const void *data, struct draft *out)
{
    blueprint_write_organization(data, out);
}

const struct api_source sample_source = {
    .departments = sample_departments,
    .write_departments = sample_write_departments,
    .communities = sample_communities,
    .write_communities = sample_write_communities,
    .users = sample_users,
    .write_users = sample_write_users,
    .everybody = sample_everybody,
    .write_everybody = sample_write_everybody,
    .write_department = sample_write_department,
    .write_user = sample_write_user,
    .has_user = sample_has_user,
    .write_organization = sample_write_organization,
};
