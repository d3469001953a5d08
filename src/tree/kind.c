#include "tree/kind.h"

static const struct dir_kind dir_kinds[] = {
    [DIR_ROOT] = {.ino = INO_ROOT,
                  .fixed = {{"communities", DIR_COMMUNITIES},
                            {"organizations", DIR_ORGANIZATIONS}}},
    [DIR_COMMUNITIES] = {.ino = INO_COMMUNITIES, .lists = true},
    [DIR_ORGANIZATIONS] = {.ino = INO_ORGANIZATIONS, .lists = true, .listed = DIR_ORGANIZATION},
    [DIR_ORGANIZATION] = {.ino = INO_ORGANIZATION,
                          .fixed = {{"departments", DIR_DEPARTMENTS}},
                          .file = "organization.json",
                          .file_ino = INO_ORGANIZATION_FILE},
    [DIR_DEPARTMENTS] = {.ino = INO_DEPARTMENTS, .lists = true, .listed = DIR_DEPARTMENT},
    [DIR_DEPARTMENT] = {.ino = INO_DEPARTMENT,
                        .fixed = {{"users", DIR_USERS}},
                        .file = "department.json",
                        .file_ino = INO_DEPARTMENT_FILE},
    [DIR_USERS] = {.ino = INO_USERS, .lists = true},
};

const struct dir_kind *dir_kind_of(enum dir_kind_name name)
{
    return &dir_kinds[name];
}
