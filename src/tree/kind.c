/* Knows the kinds of directory: each is a row of one table. */
#include "tree/kind.h"

#include "view/export.h"

static const struct dir_kind dir_kinds[DIR_END] = {
    [DIR_ROOT] = {.ino = INO_ROOT,
                  .fixed = {{"communities", ENTRY_DIR, DIR_COMMUNITIES},
                            {"organizations", ENTRY_DIR, DIR_ORGANIZATIONS},
                            {"communities.jsonl", ENTRY_EXPORT, DIR_COMMUNITIES, &export_jsonl,
                             INO_COMMUNITIES_JSONL},
                            {"communities.csv", ENTRY_EXPORT, DIR_COMMUNITIES, &export_csv,
                             INO_COMMUNITIES_CSV},
                            {".qpfs", ENTRY_DIR, DIR_QPFS, .hidden = true}}},
    [DIR_COMMUNITIES] = {.ino = INO_COMMUNITIES,
                         .is_there = tree_options_have_communities,
                         .fixed = {{"by-name", ENTRY_DIR, DIR_COMMUNITIES_BY_NAME}},
                         .owner = {ENDPOINT_USER, INO_ORGANIZATIONS, .of_user = true},
                         .list = {ENDPOINT_COMMUNITIES, INO_COMMUNITY_FILE, .of_user = true}},
    [DIR_ORGANIZATIONS] = {.ino = INO_ORGANIZATIONS,
                           .list = {ENDPOINT_USER, INO_ORGANIZATIONS, .of_user = true,
                                    .id_member = "organizationID",
                                    .given = tree_options_organizations},
                           .listed = DIR_ORGANIZATION},
    [DIR_ORGANIZATION] = {.ino = INO_ORGANIZATION,
                          .fixed = {{"departments", ENTRY_DIR, DIR_DEPARTMENTS},
                                    {"organization.json", ENTRY_OWNER},
                                    {"departments.jsonl", ENTRY_EXPORT, DIR_DEPARTMENTS,
                                     &export_jsonl, INO_DEPARTMENTS_JSONL},
                                    {"departments.csv", ENTRY_EXPORT, DIR_DEPARTMENTS,
                                     &export_csv, INO_DEPARTMENTS_CSV}},
                          .owner = {ENDPOINT_ORGANIZATION, INO_ORGANIZATION_FILE}},
    [DIR_DEPARTMENTS] = {.ino = INO_DEPARTMENTS,
                         .fixed = {{"by-name", ENTRY_DIR, DIR_DEPARTMENTS_BY_NAME}},
                         .list = {ENDPOINT_DEPARTMENTS, INO_DEPARTMENT_FILE,
                                  .given = tree_options_departments},
                         .listed = DIR_DEPARTMENT},
    [DIR_DEPARTMENT] =
        {.ino = INO_DEPARTMENT,
         .fixed = {{"users", ENTRY_DIR, DIR_USERS},
                   {"by-email", ENTRY_DIR, DIR_USERS_BY_EMAIL},
                   {"department.json", ENTRY_OWNER},
                   {"users.jsonl", ENTRY_EXPORT, DIR_USERS, &export_jsonl, INO_USERS_JSONL},
                   {"users.csv", ENTRY_EXPORT, DIR_USERS, &export_csv, INO_USERS_CSV}},
         .owner = {ENDPOINT_DEPARTMENT, INO_DEPARTMENT_FILE}},
    [DIR_USERS] = {.ino = INO_USERS, .list = {ENDPOINT_USERS, INO_USER_FILE}},
    [DIR_COMMUNITIES_BY_NAME] = {.ino = INO_COMMUNITIES_BY_NAME,
                                 .lister = DIR_COMMUNITIES,
                                 .links = {NAMES_BY("name"), "../", ".json",
                                           INO_COMMUNITY_LINK}},
    [DIR_DEPARTMENTS_BY_NAME] = {.ino = INO_DEPARTMENTS_BY_NAME,
                                 .lister = DIR_DEPARTMENTS,
                                 .links = {NAMES_BY("name"), "../", "", INO_DEPARTMENT_LINK}},
    [DIR_USERS_BY_EMAIL] = {.ino = INO_USERS_BY_EMAIL,
                            .lister = DIR_USERS,
                            .links = {NAMES_BY("emailAddress"), "../users/", ".json",
                                      INO_USER_LINK}},
    [DIR_QPFS] = {.ino = INO_QPFS,
                  .fixed = {{"status.json", ENTRY_STATUS, .ino = INO_STATUS_FILE}}},
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
    return kind->links.names.member != NULL;
}
