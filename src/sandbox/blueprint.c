/* Plans the account before any change, as a pure function of a few numbers. */
#include "sandbox/blueprint.h"

#define PANEL_ID       1237u
#define PANEL_USER     10000000u
#define GENERATED_ID   2001u
#define GENERATED_USER 1000000000u
#define ALWAYS_THERE   4u

static const struct {
    struct department department;
    const char *name;
} fixed[] = {
    {{.id = 1230}, "Archive"},
    {{.id = 1234, .first_user = 1234567, .users = 2, .people = PEOPLE_SEED}, "Marketing"},
    {{.id = 1235, .first_user = 2000001, .users = 250, .people = PEOPLE_ODD},
     "Research & Insights"},
    {{.id = 1236, .first_user = 3000001, .users = 2500}, "Field Work — Équipe"},
    {{.id = PANEL_ID, .first_user = PANEL_USER}, "Panel"},
};

#define FIXED_COUNT (sizeof fixed / sizeof fixed[0])

const struct blueprint_community blueprint_communities[BLUEPRINT_COMMUNITIES] = {
    {123456, "{\"id\":123456,\"name\":\"Test Community\","
             "\"shortURL\":\"testcommunity.questionpro.com\",\"status\":\"Active\"}"},
    {123457, "{\"id\":123457,\"name\":\"Test Community1\","
             "\"shortURL\":\"testcommunity1.questionpro.com\",\"status\":\"Active\"}"},
    {108852, "{\"id\":108852,\"name\":\"Test Community2\","
             "\"shortURL\":\"testcommunity2.questionpro.com\",\"status\":\"Active\"}"},
};

/* Without --users there is no Panel, and the list ends before it. */
static uint64_t blueprint_fixed(const struct blueprint *plan)
{
    return plan->panel_users > 0 ? ALWAYS_THERE + 1 : ALWAYS_THERE;
}

uint64_t blueprint_department_count(const struct blueprint *plan)
{
    return blueprint_fixed(plan) + plan->departments;
}

struct department blueprint_department(const struct blueprint *plan, uint64_t index)
{
    if (index < blueprint_fixed(plan)) {
        struct department department = fixed[index].department;
        if (department.id == PANEL_ID)
            department.users = plan->panel_users;
        return department;
    }
    uint64_t rank = index - blueprint_fixed(plan);
    return (struct department){
        .id = GENERATED_ID + rank,
        .first_user = GENERATED_USER + rank * department_id_span(plan->users_per),
        .users = plan->users_per,
    };
}

bool blueprint_department_index(const struct blueprint *plan, uint64_t id, uint64_t *index)
{
    if (id >= GENERATED_ID) {
        *index = blueprint_fixed(plan) + (id - GENERATED_ID);
        return *index < blueprint_department_count(plan);
    }
    for (*index = 0; *index < blueprint_fixed(plan); ++*index) {
        if (fixed[*index].department.id == id)
            return true;
    }
    return false;
}

bool blueprint_user(const struct blueprint *plan, uint64_t user, struct department *department,
                    uint64_t *index)
{
    uint64_t span = department_id_span(plan->users_per);
    if (user >= GENERATED_USER) {
        uint64_t rank = span > 0 ? (user - GENERATED_USER) / span : plan->departments;
        if (rank >= plan->departments)
            return false;
        *department = blueprint_department(plan, blueprint_fixed(plan) + rank);
        return department_user_index(department, user, index);
    }
    for (uint64_t i = 0; i < blueprint_fixed(plan); i++) {
        *department = blueprint_department(plan, i);
        if (department_user_index(department, user, index))
            return true;
    }
    return false;
}

/* User ids rise with the departments: the last one that has users has the greatest. */
uint64_t blueprint_top_user(const struct blueprint *plan)
{
    uint64_t index = blueprint_department_count(plan);
    if (plan->users_per == 0)
        index = blueprint_fixed(plan);
    struct department last = blueprint_department(plan, index - 1);
    return department_top_user(&last);
}

static void department_name_write(uint64_t id, struct draft *out)
{
    for (size_t i = 0; i < FIXED_COUNT; i++) {
        if (fixed[i].department.id == id) {
            draft_quote(out, fixed[i].name);
            return;
        }
    }
    draft_printf(out, "\"Department %llu\"", (unsigned long long)id);
}

void blueprint_write_department(uint64_t id, const char *name, struct draft *out)
{
    draft_puts(out, "{\"departmentID\":");
    draft_number(out, id);
    draft_puts(out, ",\"organizationID\":");
    draft_number(out, BLUEPRINT_ORGANIZATION);
    draft_puts(out, ",\"name\":");
    if (name)
        draft_quote(out, name);
    else
        department_name_write(id, out);
    draft_puts(out, ",\"primaryAccountID\":");
    draft_number(out, BLUEPRINT_CUSTOMER);
    draft_putc(out, '}');
}

uint64_t blueprint_user_count(const struct blueprint *plan)
{
    uint64_t count = plan->departments * plan->users_per;
    for (uint64_t i = 0; i < blueprint_fixed(plan); i++)
        count += blueprint_department(plan, i).users;
    return count;
}

void blueprint_write_organization(const struct blueprint *plan, struct draft *out)
{
    draft_printf(
        out,
        "{\"organizationID\":%u,\"name\":\"Example Research\",\"license\":\"Enterprise\","
        "\"primaryAccountID\":%u,\"primaryAccountUsername\":\"john@example.com\","
        "\"accountRepEmail\":\"rep@example.com\",\"shortUrl\":\"example\",\"userCount\":%llu,"
        "\"dashboardUserCount\":12,\"smtpRelay\":\"\",\"styleSheet\":\"body { color: #333; }\","
        "\"welcomeHTML\":\"<h1>Welcome &amp; hello<\\/h1>\\n<p class=\\\"lead\\\">Example "
        "Research \\u2014 panel portal</p>\",",
        BLUEPRINT_ORGANIZATION, BLUEPRINT_CUSTOMER,
        (unsigned long long)blueprint_user_count(plan));
    draft_puts(out, "\"usage\":{\"surveys\":{\"active\":17,\"closed\":204},"
                    "\"responses\":{\"thisMonth\":1830,\"total\":9007199254740993,"
                    "\"perSurvey\":1.10},\"emails\":{\"sent\":52011,\"bounceRate\":2.50e-2},"
                    "\"api\":{\"calls\":411,\"limit\":5000}}}");
}
