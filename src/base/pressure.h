/* Tells whether memory is short. */
#ifndef QPFS_BASE_PRESSURE_H
#define QPFS_BASE_PRESSURE_H

#include <stdbool.h>

/* Return whether memory is short, of the machine or of our control group. Nothing should be
 * held then that nobody has asked for. Reads a few small files of /proc, so it is not for the
 * loop.
 */
bool pressure_is_high(void);

/* Return whether TEXT, as in /proc/meminfo, says that less than a sixteenth is available. */
bool pressure_in_meminfo(const char *text);

/* Return whether TEXT, as in /proc/pressure/memory, says that processes have waited for memory
 * for 5 % of the last ten seconds, or more. */
bool pressure_in_stalls(const char *text);

/* Write to PATH, SIZE bytes, the path of our control group (of version 2) that TEXT, as in
 * /proc/self/cgroup, names. Return false if it names none. */
bool pressure_group(const char *text, char *path, unsigned size);

#endif
