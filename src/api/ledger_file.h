#ifndef QPFS_API_LEDGER_FILE_H
#define QPFS_API_LEDGER_FILE_H

#include <stdint.h>

/*
 * A text file in which mounts count calls together. Each has a line of its own, of fixed width,
 * which it holds locked (an open file description lock) and alone writes, in place, with one
 * pwrite; the sum of all lines is what was called. So nobody waits for anybody, two that add at
 * once add both, and whoever is killed leaves his line as it was, for the next mount to take up
 * and count on from there. Only to find a line, or to set a broken file aside, the first line
 * is locked for a moment.
 *
 * The file is read anew each time and never mapped: it may be cut, edited or deleted under us.
 */
struct ledger_file;

/* Nothing is opened yet. NULL when memory is out. The key is not kept. */
struct ledger_file *ledger_file_create(const char *directory, const char *key);

/* Count the calls of another key from here on, in its file. 0 or -ENOMEM, then as before. */
int ledger_file_set_key(struct ledger_file *file, const char *key);

/* The kernel has what was written, and brings it to the disk within half a minute: waiting for
 * that would hold up the end of a mount for as long as the disk is busy. Takes NULL. */
void ledger_file_destroy(struct ledger_file *file);

/*
 * Adds COUNT calls, 0 to look only, less than 0 to take back what this one added; TOTAL gets
 * the sum of everyone's. Makes what is missing: the directory (0700), the file (0600). What is
 * there must belong to us and be closed to others. A file that can't be understood is set
 * aside, with a warning, and a new one begun.
 *
 * 0; -EAGAIN if someone else was just opening it; else -errno with ledger_file_why(). On an
 * error nothing was added, and TOTAL stays as it was.
 */
int ledger_file_add(struct ledger_file *file, int64_t count, uint64_t *total);

/* For messages; borrowed. */
const char *ledger_file_path(const struct ledger_file *file);
const char *ledger_file_why(const struct ledger_file *file);

#endif
