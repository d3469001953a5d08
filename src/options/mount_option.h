/* Sorts the options behind -o: ours, those for the kernel, and what else mount(8) knows. */
#ifndef QPFS_OPTIONS_MOUNT_OPTION_H
#define QPFS_OPTIONS_MOUNT_OPTION_H

#include <stddef.h>

#include "base/buffer.h"
#include "options/setting.h"

/* What is done with an option of mount(8) or fstab(5). libfuse takes an option that it does not
 * know without a word, so it gets only known ones. */
enum mount_option_use {
    MOUNT_OPTION_UNKNOWN,
    MOUNT_OPTION_PASS, /* to the kernel */
    MOUNT_OPTION_IGNORE,
    MOUNT_OPTION_REFUSE
};

/* Return what is done with OPTION, SIZE bytes, a value included. *WHY gets the reason for a
 * refusal, else NULL. */
enum mount_option_use mount_option_use(const char *option, size_t size, const char **why);

/* Read TEXT, options with commas between them: ours into SETTINGS, what the kernel gets behind
 * what is in PASSED, with commas as well. Return 0; -EINVAL after the reason was logged; -EFBIG
 * if PASSED is full; -ENOMEM. */
int mount_option_read(const char *text, struct settings *settings, struct buffer *passed);

#endif
