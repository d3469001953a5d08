/* Makes a directory of a test's own, with files in it. */
#ifndef QPFS_TESTS_SCRATCH_H
#define QPFS_TESTS_SCRATCH_H

#include <stddef.h>
#include <sys/types.h>

/* A directory of the test's own, and files in it. */

/* Makes it, and clears the environment of what options are read from. For a group's set-up. */
int scratch_set_up(void **state);
int scratch_tear_down(void **state);

/* The path of NAME in it; borrowed, until the next but three calls. */
const char *scratch_path(const char *name);

/* Writes NAME with SIZE bytes and MODE; returns its path, as above. */
const char *scratch_write(const char *name, const char *bytes, size_t size, mode_t mode);

#endif
