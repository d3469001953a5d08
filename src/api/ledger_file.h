/* Counts the calls of several mounts together in one text file. */
#ifndef QPFS_API_LEDGER_FILE_H
#define QPFS_API_LEDGER_FILE_H

#include <stdint.h>

/*
 * Each mount has a line of its own, of fixed width, and holds it locked (an open file
 * description lock). It alone writes that line, in place, with one pwrite. The sum of all lines
 * is what was called. So no mount waits for another, and two that add at once add both. A mount
 * that is killed leaves its line as it was, and the next mount takes the line up and counts on
 * from there. The first line is locked for a moment to find a line, or to set a broken file
 * aside.
 *
 * The file is read anew each time and never mapped: it may be cut, edited or deleted under us.
 */
struct ledger_file;

/* Be ready to count in the file NAME of DIRECTORY. Open nothing yet. Return NULL when memory is
 * out. */
struct ledger_file *ledger_file_create(const char *directory, const char *name);

/* Count in the file NAME from here on. Return 0; or -ENOMEM, and nothing has changed. */
int ledger_file_set_name(struct ledger_file *file, const char *name);

/* Do not wait until what was written is on the disk: the kernel brings it there within half a
 * minute, and a busy disk would hold up the end of a mount. Take NULL. */
void ledger_file_destroy(struct ledger_file *file);

/*
 * Add COUNT calls: 0 to look only, less than 0 to take back what this mount added. TOTAL gets
 * the sum over all mounts. Make what is missing: the directory (0700), the file (0600). Refuse
 * a link, what belongs to someone else, and what others may open. Set a file that can't be
 * understood aside, with a warning, and begin a new one.
 *
 * Return 0; -EAGAIN if another mount was just opening it; else -errno with ledger_file_why().
 * On an error nothing was added, and TOTAL stays as it was.
 */
int ledger_file_add(struct ledger_file *file, int64_t count, uint64_t *total);

/* For messages; borrowed. */
const char *ledger_file_path(const struct ledger_file *file);
const char *ledger_file_why(const struct ledger_file *file);

#endif
