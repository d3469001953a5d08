/* Compares the list of everybody of an organization with those of its departments. */
#ifndef QPFS_PROGRAM_COMPARE_H
#define QPFS_PROGRAM_COMPARE_H

#include "program/account.h"

/* Read all users of ORGANIZATION by both ways. Add findings about WHAT: each difference with
 * the IDs of those whom it concerns, and whether one_list may be used. */
void compare_organization(struct account *account, struct dir *organization, const char *what);

#endif
