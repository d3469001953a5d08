/* Tells whether memory is short. */
#ifndef QPFS_BASE_PRESSURE_H
#define QPFS_BASE_PRESSURE_H

#include <stdbool.h>

/* Return whether memory is short, of the machine or of our control group. Nothing should be
 * held then that nobody has asked for. Reads a few small files of /proc, so it is not for the
 * loop.
 */
bool pressure_is_high(void);

/* The same by a text as in /proc/meminfo: less than a sixteenth is available. */
bool pressure_in_meminfo(const char *text);

/* The same by one as in /proc/pressure/memory: in the last ten seconds, processes waited for
 * memory for more than 5 % of the time. */
bool pressure_in_stalls(const char *text);

/* Write to PATH, SIZE bytes, the path of our control group (of version 2) by a text as in
 * /proc/self/cgroup. Return false if there is none. */
bool pressure_group(const char *text, char *path, unsigned size);

#endif
