/* Knows the calls that the service answers, and what each is made for. */
#include "api/endpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "json/members.h"

/*
 * The first two are shown by the service's own pages "Get Communities" and "Get All Users Of A
 * Department"; the others by its public developer pages.
 */
static const struct endpoint endpoints[ENDPOINT_COUNT] = {
    [ENDPOINT_COMMUNITIES] = {.path = "micropanel/users/{}/communities",
                              .id_name = "id",
                              .paging = ENDPOINT_PAGES_UNSAID,
                              .empty_is_doubted = true},
    [ENDPOINT_USERS] = {.path = "organizations/{}/departments/{}/users",
                        .id_name = "userID",
                        .paging = ENDPOINT_PAGES,
                        .one = &endpoints[ENDPOINT_USER],
                        .owners = {"organizationID", "departmentID"}},
    [ENDPOINT_EVERYBODY] = {.path = "organizations/{}/users",
                            .id_name = "userID",
                            .paging = ENDPOINT_PAGES,
                            .one = &endpoints[ENDPOINT_USER],
                            .owners = {"organizationID"},
                            .owners_are_sure = true,
                            .empty_is_doubted = true},
    [ENDPOINT_DEPARTMENTS] = {.path = "organizations/{}/departments",
                              .id_name = "departmentID",
                              .paging = ENDPOINT_PAGES,
                              .owners = {"organizationID"},
                              .empty_is_doubted = true},
    [ENDPOINT_DEPARTMENT] = {.path = "organizations/{}/departments/{}",
                             .id_name = "departmentID",
                             .paging = ENDPOINT_SINGLE},
    [ENDPOINT_ORGANIZATION] = {.path = "organizations/{}",
                               .id_name = "organizationID",
                               .paging = ENDPOINT_SINGLE},
    [ENDPOINT_USER] = {.path = "users/{}", .id_name = "userID", .paging = ENDPOINT_SINGLE},
};

enum endpoint_name endpoint_name(const struct endpoint *endpoint)
{
    return (enum endpoint_name)(endpoint - endpoints);
}

struct target target_make(enum endpoint_name name, uint64_t first_id, uint64_t second_id)
{
    return (struct target){&endpoints[name], {first_id, second_id}};
}

/* Read the IDs of ENDPOINT from TEXT, which has its path. Return false if it has not. */
static bool target_read_path(struct target *target, const struct endpoint *endpoint,
                             const char *text)
{
    uint64_t *id = target->ids;
    *target = (struct target){.endpoint = endpoint};
    for (const char *path = endpoint->path; *path;) {
        size_t digits = strspn(text, "0123456789");
        if (*path == '{') {
            if (!number_parse(text, digits, UINT64_MAX, id++))
                return false;
            text += digits;
            path += 2;
        } else if (*path++ != *text++) {
            return false;
        }
    }
    return !*text;
}

/* The base URL in front of the path may be another one: there are proxies. */
bool target_read_address(struct target *target, const char *address)
{
    for (const char *at = strchr(address, '/'); at; at = strchr(at + 1, '/')) {
        for (size_t i = 0; i < ENDPOINT_COUNT; i++) {
            if (target_read_path(target, &endpoints[i], at + 1))
                return true;
        }
    }
    return false;
}

bool target_is_same(const struct target *a, const struct target *b)
{
    return a->endpoint == b->endpoint && memcmp(a->ids, b->ids, sizeof a->ids) == 0;
}

void target_read_owners(const struct target *target, const struct record *record,
                        uint64_t owners[static ENDPOINT_IDS_MAX])
{
    for (size_t i = 0; i < ENDPOINT_IDS_MAX; i++) {
        const char *name = target->endpoint->owners[i];
        owners[i] = name ? members_loose_id(members_of_record(record), name) : 0;
    }
}

void target_path(const struct target *target, uint64_t page, uint64_t per_page,
                 char path[static ENDPOINT_PATH_MAX])
{
    char *end = path + ENDPOINT_PATH_MAX;
    char *out = path;
    const uint64_t *id = target->ids;
    for (const char *in = target->endpoint->path; *in && out + 1 < end;) {
        if (in[0] == '{' && in[1] == '}') {
            out += snprintf(out, (size_t)(end - out), "%" PRIu64, *id++);
            in += 2;
        } else {
            *out++ = *in++;
        }
    }
    *out = '\0';
    if (page > 0)
        snprintf(out, (size_t)(end - out), "?page=%" PRIu64 "&perPage=%" PRIu64, page,
                 per_page);
}
