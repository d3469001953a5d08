#ifndef QPFS_PROGRAM_CHECK_PARTS_H
#define QPFS_PROGRAM_CHECK_PARTS_H

/* Only for check*.c. */

#include "program/account.h"
#include "program/recorder.h"
#include "program/report.h"
#include "tree/walk_cost.h"

struct check {
    const struct options *options;
    struct report report;
    struct account account;
    struct recorder *recorder; /* or NULL */
    bool answered;             /* the key was accepted */
    struct walk_cost walk;     /* of a mount and a walk through everything */
};

/* A row of the table in check.c: each adds its findings under WHAT. */
typedef void check_fn(struct check *check, const char *what);

/* This machine. */
check_fn check_files, check_device, check_fusermount, check_fuse_conf, check_selinux,
    check_patience, check_mount_point, check_updatedb;

/* The service. */
check_fn check_key, check_clock, check_communities, check_organizations, check_walk,
    check_calls, check_record;

#endif
