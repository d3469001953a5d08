/* Counts the calls of several mounts together in one file. */
#ifndef QPFS_API_LEDGER_FILE_H
#define QPFS_API_LEDGER_FILE_H

#include <stdint.h>

/*
 * The file has one mark for each call, a '+', and a '-' for each that was taken back. Marks are
 * only added, each with one write(2), which a local file takes whole and at its end. So no
 * mount waits for another, two that add at once add both, and a mount that is killed has
 * counted what it sent. The sum is what was called.
 *
 * Only what was added since is read, and nothing is mapped: the file may be cut, edited or
 * deleted under us.
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
 * Add *COUNT calls: 0 to look only, less than 0 to take back what this mount added. What was
 * written is taken from *COUNT. TOTAL gets the sum over all mounts. Make what is missing: the
 * directory (0700), the file (0600). Refuse a link, what belongs to someone else, and what
 * others may open. Warn of what is no mark; it counts nothing.
 *
 * Return 0; or -errno with ledger_file_why(), and TOTAL stays as it was.
 */
int ledger_file_add(struct ledger_file *file, int64_t *count, uint64_t *total);

/* For messages; borrowed. */
const char *ledger_file_path(const struct ledger_file *file);
const char *ledger_file_why(const struct ledger_file *file);

#endif
