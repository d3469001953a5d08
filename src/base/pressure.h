#ifndef QPFS_BASE_PRESSURE_H
#define QPFS_BASE_PRESSURE_H

#include <stdbool.h>

/*
 * Whether memory is short, of the machine or of the control group that we are in: then nothing
 * should be held that nobody has asked for. Reads a few small files of /proc, so not for the
 * loop.
 */
bool pressure_is_high(void);

/* The same, of a text as in /proc/meminfo: less than a sixteenth is available. */
bool pressure_in_meminfo(const char *text);

/* And of one as in /proc/pressure/memory: in the last ten seconds, processes waited for memory
 * for more than 5 % of the time. */
bool pressure_in_stalls(const char *text);

/* The path of our control group (of version 2) from a text as in /proc/self/cgroup, into PATH,
 * SIZE bytes. False if there is none. */
bool pressure_group(const char *text, char *path, unsigned size);

#endif
