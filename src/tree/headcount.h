/* Says when the departments of an organization show fewer people than there are. */
#ifndef QPFS_TREE_HEADCOUNT_H
#define QPFS_TREE_HEADCOUNT_H

#include "tree/dir.h"

/* Something of DIR was answered. Once the users of all departments of an organization are held,
 * and its record as well, log if they are fewer than its userCount: people in no department are
 * in no list of a department, and so in no backup of those. This is said once a mount, and not
 * where everybody is listed. */
void headcount_look(const struct dir *dir);

#endif
