#ifndef QPFS_OPTIONS_MOUNT_OPTION_H
#define QPFS_OPTIONS_MOUNT_OPTION_H

#include <stddef.h>

#include "base/near.h"

/* What mount(8) and fstab know. libfuse takes options that it does not know without a word, so
 * only those in the table of mount_option.c get there. */
enum mount_option_use {
    MOUNT_OPTION_UNKNOWN,
    MOUNT_OPTION_PASS,   /* to the kernel */
    MOUNT_OPTION_IGNORE, /* for someone else, or true anyway */
    MOUNT_OPTION_REFUSE
};

/* What is done with OPTION, SIZE bytes, a value included; WHY gets the reason for a refusal. */
enum mount_option_use mount_option_use(const char *option, size_t size, const char **why);

/* Try the names of those that may be given. */
void mount_option_near(struct near *near);

#endif
