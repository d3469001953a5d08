/* Knows the kinds of directory: each is a row of one table. */
#include "tree/kind.h"

#include "cache/metrics.h"
#include "view/export.h"

/* -------- which directories are listed -------- */

static bool kind_lists_everybody(const struct tree_options *options)
{
    return options->show_everybody;
}

static bool kind_lists_never(const struct tree_options *options)
{
    (void)options;
    return false;
}

/* -------- the table -------- */

/* The list of the directory OF as FILE. */
#define EXPORT(file, of, form, number)                                                         \
    {                                                                                          \
        .name = (file), .type = ENTRY_EXPORT, .kind = (of), .made = &(form), .ino = (number)   \
    }

static const struct dir_kind dir_kinds[DIR_END] = {
    [DIR_ROOT] =
        {.ino = INO_ROOT,
         .fixed = {{.name = "communities", .type = ENTRY_DIR, .kind = DIR_COMMUNITIES},
                   {.name = "organizations", .type = ENTRY_DIR, .kind = DIR_ORGANIZATIONS},
                   EXPORT("communities.jsonl", DIR_COMMUNITIES, export_jsonl,
                          INO_COMMUNITIES_JSONL),
                   EXPORT("communities.csv", DIR_COMMUNITIES, export_csv, INO_COMMUNITIES_CSV),
                   {.name = ".qpfs", .type = ENTRY_DIR, .kind = DIR_QPFS}}},
    [DIR_COMMUNITIES] =
        {.ino = INO_COMMUNITIES,
         .is_there = tree_options_have_communities,
         .fixed = {{.name = "by-name", .type = ENTRY_DIR, .kind = DIR_COMMUNITIES_BY_NAME}},
         .owner = {.endpoint = ENDPOINT_USER, .ino = INO_ORGANIZATIONS, .of_user = true},
         .list = {.endpoint = ENDPOINT_COMMUNITIES,
                  .ino = INO_COMMUNITY_FILE,
                  .of_user = true}},
    [DIR_ORGANIZATIONS] = {.ino = INO_ORGANIZATIONS,
                           .list = {.endpoint = ENDPOINT_USER,
                                    .ino = INO_ORGANIZATIONS,
                                    .of_user = true,
                                    .id_member = "organizationID",
                                    .given = tree_options_organizations},
                           .listed = DIR_ORGANIZATION},
    [DIR_ORGANIZATION] =
        {.ino = INO_ORGANIZATION,
         .fixed = {{.name = "departments", .type = ENTRY_DIR, .kind = DIR_DEPARTMENTS},
                   {.name = "organization.json", .type = ENTRY_OWNER},
                   EXPORT("departments.jsonl", DIR_DEPARTMENTS, export_jsonl,
                          INO_DEPARTMENTS_JSONL),
                   EXPORT("departments.csv", DIR_DEPARTMENTS, export_csv, INO_DEPARTMENTS_CSV),
                   {.name = "users", .type = ENTRY_DIR, .kind = DIR_EVERYBODY},
                   {.name = "by-email", .type = ENTRY_DIR, .kind = DIR_EVERYBODY_BY_EMAIL},
                   EXPORT("users.jsonl", DIR_EVERYBODY, export_jsonl, INO_EVERYBODY_JSONL),
                   EXPORT("users.csv", DIR_EVERYBODY, export_csv, INO_EVERYBODY_CSV)},
         .owner = {.endpoint = ENDPOINT_ORGANIZATION, .ino = INO_ORGANIZATION_FILE}},
    [DIR_DEPARTMENTS] =
        {.ino = INO_DEPARTMENTS,
         .fixed = {{.name = "by-name", .type = ENTRY_DIR, .kind = DIR_DEPARTMENTS_BY_NAME}},
         .list = {.endpoint = ENDPOINT_DEPARTMENTS,
                  .ino = INO_DEPARTMENT_FILE,
                  .given = tree_options_departments},
         .listed = DIR_DEPARTMENT},
    [DIR_DEPARTMENT] =
        {.ino = INO_DEPARTMENT,
         .fixed = {{.name = "users", .type = ENTRY_DIR, .kind = DIR_USERS},
                   {.name = "by-email", .type = ENTRY_DIR, .kind = DIR_USERS_BY_EMAIL},
                   {.name = "department.json", .type = ENTRY_OWNER},
                   EXPORT("users.jsonl", DIR_USERS, export_jsonl, INO_USERS_JSONL),
                   EXPORT("users.csv", DIR_USERS, export_csv, INO_USERS_CSV)},
         .owner = {.endpoint = ENDPOINT_DEPARTMENT, .ino = INO_DEPARTMENT_FILE}},
    [DIR_USERS] = {.ino = INO_USERS,
                   .list = {.endpoint = ENDPOINT_USERS,
                            .ino = INO_USER_FILE,
                            .whole = DIR_EVERYBODY}},
    [DIR_COMMUNITIES_BY_NAME] = {.ino = INO_COMMUNITIES_BY_NAME,
                                 .lister = DIR_COMMUNITIES,
                                 .links = {NAMES_BY("name"), .before = "../", .behind = ".json",
                                           .ino = INO_COMMUNITY_LINK}},
    [DIR_DEPARTMENTS_BY_NAME] = {.ino = INO_DEPARTMENTS_BY_NAME,
                                 .lister = DIR_DEPARTMENTS,
                                 .links = {NAMES_BY("name"), .before = "../", .behind = "",
                                           .ino = INO_DEPARTMENT_LINK}},
    [DIR_USERS_BY_EMAIL] = {.ino = INO_USERS_BY_EMAIL,
                            .lister = DIR_USERS,
                            .links = {NAMES_BY("emailAddress"), .before = "../users/",
                                      .behind = ".json", .ino = INO_USER_LINK}},
    [DIR_EVERYBODY] = {.ino = INO_EVERYBODY,
                       .is_listed = kind_lists_everybody,
                       .list = {.endpoint = ENDPOINT_EVERYBODY,
                                .ino = INO_USER_FILE,
                                .department_member = "departmentID"}},
    [DIR_EVERYBODY_BY_EMAIL] = {.ino = INO_EVERYBODY_BY_EMAIL,
                                .is_listed = kind_lists_everybody,
                                .lister = DIR_EVERYBODY,
                                .links = {NAMES_BY("emailAddress"), .before = "../users/",
                                          .behind = ".json", .ino = INO_USER_LINK}},
    [DIR_QPFS] = {.ino = INO_QPFS,
                  .is_listed = kind_lists_never,
                  .fixed = {{.name = "status.json",
                             .type = ENTRY_GENERATED,
                             .generate = status_write,
                             .ino = INO_STATUS_FILE},
                            {.name = "metrics",
                             .type = ENTRY_GENERATED,
                             .generate = metrics_write,
                             .ino = INO_METRICS_FILE}}},
};

const struct dir_kind *dir_kind_of(enum dir_kind_name name)
{
    return &dir_kinds[name];
}

enum dir_kind_name dir_kind_name(const struct dir_kind *kind)
{
    return (enum dir_kind_name)(kind - dir_kinds);
}

bool dir_kind_has_links(const struct dir_kind *kind)
{
    return kind->links.member != NULL;
}
