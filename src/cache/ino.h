/* Numbers files for st_ino, the same on every mount. */
#ifndef QPFS_CACHE_INO_H
#define QPFS_CACHE_INO_H

#include <stdint.h>

#include "json/record.h"

/*
 * st_ino: what a backup tool tells files apart by. Computed from what a file is and nothing
 * else, so that it is the same on every mount. 63 bits of a hash: some languages have no number
 * for the 64th, or take it for a sign. Among a million files, two with the same number are as
 * likely as one in 18 million mounts. Not to be mixed up with the kernel's node id, which names
 * one version of a record (fuse/node.h).
 *
 * The values are part of every backup made so far: never change or reuse one.
 */
enum ino_kind {
    INO_ROOT = 1,
    INO_COMMUNITIES = 2,
    INO_ORGANIZATIONS = 3,
    INO_ORGANIZATION = 4,
    INO_DEPARTMENTS = 5,
    INO_DEPARTMENT = 6,
    INO_USERS = 7,
    INO_COMMUNITIES_BY_NAME = 8,
    INO_DEPARTMENTS_BY_NAME = 9,
    INO_USERS_BY_EMAIL = 10,
    INO_EVERYBODY = 11,
    INO_EVERYBODY_BY_EMAIL = 12,
    INO_COMMUNITY_FILE = 20,
    INO_ORGANIZATION_FILE = 21,
    INO_DEPARTMENT_FILE = 22,
    INO_USER_FILE = 23,
    INO_COMMUNITY_LINK = 40,
    INO_DEPARTMENT_LINK = 42,
    INO_USER_LINK = 43,
    INO_COMMUNITIES_JSONL = 60,
    INO_COMMUNITIES_CSV = 61,
    INO_DEPARTMENTS_JSONL = 62,
    INO_DEPARTMENTS_CSV = 63,
    INO_USERS_JSONL = 64,
    INO_USERS_CSV = 65,
    INO_EVERYBODY_JSONL = 66,
    INO_EVERYBODY_CSV = 67,
    INO_QPFS = 80,
    INO_STATUS_FILE = 81,
    INO_METRICS_FILE = 82
};

/* Things of one kind that lie below the same. */
struct ino_family {
    enum ino_kind kind;
    uint64_t organization, department; /* or 0 */
    /* The member in which each record says its department; NULL: they lie below the same. So a
     * user has one number, in their department and among all users of the organization. */
    const char *department_member;
};

/* Return the number of RECORD. */
uint64_t ino_of(const struct ino_family *family, const struct record *record);

/* ORGANIZATION, DEPARTMENT: what it lies below, or 0. ID: its own, or 0. */
uint64_t ino_make(enum ino_kind kind, uint64_t organization, uint64_t department, uint64_t id);

#endif
