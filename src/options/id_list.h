/* Reads the lists of IDs that options give. */
#ifndef QPFS_OPTIONS_ID_LIST_H
#define QPFS_OPTIONS_ID_LIST_H

#include "tree/tree_options.h"

/*
 * Read "N[:N...]" (ORGANIZATIONS) and "ORG/DEPT[:...]" (DEPARTMENTS), each of which may be
 * NULL, into the arrays of OPTIONS: in ascending order, each once, and the organizations of the
 * departments among the organizations. Return 0; -ENOMEM; or -EINVAL after the reason was
 * logged. The caller frees the arrays.
 */
int id_list_read(struct tree_options *options, const char *organizations,
                 const char *departments);

#endif
