/* Knows the kinds of directory: each is a row of one table. */
#include "tree/kind.h"

#include "cache/export.h"

static const struct dir_kind dir_kinds[] = {
    [DIR_ROOT] = {.ino = INO_ROOT,
                  .fixed = {{"communities", DIR_COMMUNITIES},
                            {"organizations", DIR_ORGANIZATIONS}},
                  .exports = {{"communities.jsonl", DIR_COMMUNITIES, &export_jsonl,
                               INO_COMMUNITIES_JSONL},
                              {"communities.csv", DIR_COMMUNITIES, &export_csv,
                               INO_COMMUNITIES_CSV}},
                  .hidden = ".qpfs",
                  .hidden_kind = DIR_QPFS},
    [DIR_COMMUNITIES] = {.ino = INO_COMMUNITIES,
                         .is_there = tree_options_have_communities,
                         .fixed = {{"by-name", DIR_COMMUNITIES_BY_NAME}},
                         .owner = {ENDPOINT_USER, INO_ORGANIZATIONS, .of_user = true},
                         .list = {ENDPOINT_COMMUNITIES, INO_COMMUNITY_FILE, .of_user = true}},
    [DIR_ORGANIZATIONS] = {.ino = INO_ORGANIZATIONS,
                           .list = {ENDPOINT_USER, INO_ORGANIZATIONS, .of_user = true,
                                    .id_member = "organizationID",
                                    .given = tree_options_organizations},
                           .listed = DIR_ORGANIZATION},
    [DIR_ORGANIZATION] = {.ino = INO_ORGANIZATION,
                          .fixed = {{"departments", DIR_DEPARTMENTS}},
                          .file = "organization.json",
                          .file_ino = INO_ORGANIZATION_FILE,
                          .exports = {{"departments.jsonl", DIR_DEPARTMENTS, &export_jsonl,
                                       INO_DEPARTMENTS_JSONL},
                                      {"departments.csv", DIR_DEPARTMENTS, &export_csv,
                                       INO_DEPARTMENTS_CSV}},
                          .owner = {ENDPOINT_ORGANIZATION, INO_ORGANIZATION_FILE}},
    [DIR_DEPARTMENTS] = {.ino = INO_DEPARTMENTS,
                         .fixed = {{"by-name", DIR_DEPARTMENTS_BY_NAME}},
                         .list = {ENDPOINT_DEPARTMENTS, INO_DEPARTMENT_FILE,
                                  .given = tree_options_departments},
                         .listed = DIR_DEPARTMENT},
    [DIR_DEPARTMENT] = {.ino = INO_DEPARTMENT,
                        .fixed = {{"users", DIR_USERS}, {"by-email", DIR_USERS_BY_EMAIL}},
                        .file = "department.json",
                        .file_ino = INO_DEPARTMENT_FILE,
                        .exports = {{"users.jsonl", DIR_USERS, &export_jsonl, INO_USERS_JSONL},
                                    {"users.csv", DIR_USERS, &export_csv, INO_USERS_CSV}},
                        .owner = {ENDPOINT_DEPARTMENT, INO_DEPARTMENT_FILE}},
    [DIR_USERS] = {.ino = INO_USERS, .list = {ENDPOINT_USERS, INO_USER_FILE}},
    [DIR_COMMUNITIES_BY_NAME] = {.ino = INO_COMMUNITIES_BY_NAME,
                                 .view = VIEW_COMMUNITIES,
                                 .lister = DIR_COMMUNITIES},
    [DIR_DEPARTMENTS_BY_NAME] = {.ino = INO_DEPARTMENTS_BY_NAME,
                                 .view = VIEW_DEPARTMENTS,
                                 .lister = DIR_DEPARTMENTS},
    [DIR_USERS_BY_EMAIL] = {.ino = INO_USERS_BY_EMAIL, .view = VIEW_USERS, .lister = DIR_USERS},
    [DIR_QPFS] = {.ino = INO_QPFS, .file = "status.json", .file_ino = INO_STATUS_FILE},
};

const struct dir_kind *dir_kind_of(enum dir_kind_name name)
{
    return &dir_kinds[name];
}
