/* Decides when the kernel may read a directory from the names that it keeps. */
#ifndef QPFS_FUSE_KEPT_NAMES_H
#define QPFS_FUSE_KEPT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tree/dir.h"

/*
 * The kernel keeps one list of names for a directory, for all handles that are opened with
 * FOPEN_CACHE_DIR. It adds what they read, as long as each entry follows the last one. Once a
 * handle has come to the end, they all read from the list, without us. Each open has the kernel
 * drop the list, unless we answer FOPEN_KEEP_CACHE. It does not know of snapshots. Left alone,
 * it would give a handle the names of another snapshot, or go on in the midst of those. So
 *
 *   - handles that take part at the same time have the same snapshot, but for those that were
 *     rewound meanwhile. The first one has the kernel drop what is older. Others are let in
 * when a request came with that one, for then its open is through;
 *   - the offset behind an entry has a mark in it, which is another one for each snapshot. The
 *     kernel adds an entry only behind the offset before it, and finds nothing in its list for
 *     an offset of another mark: then it asks. So its list never mixes two snapshots, and
 *     nobody goes on in the list of another one;
 *   - when the time of a snapshot is over, and when a handle goes on with another one, a list
 *     that was read to its end is recalled (fuse/handle.c). A program that rewinds an open
 *     directory then comes to us;
 *   - nobody goes on with another snapshot beside others where the names of either one fill the
 *     last page of the kernel's list to its end, nor where they are so many that to find that
 *     out would hold up everybody. The kernel does not ask for an offset that it
 *     does not find in such a list, but takes it for the end. A reader would lose the rest.
 *
 * A reader can hold up a recall: the kernel holds the lock of a page while it copies names to
 * the reader's memory, and that may be mapped from a file that never comes. Then the mount
 * can't end before the reader does. So the kernel keeps nothing where other users may look in.
 *
 * A list that nobody has read to its end is none yet. When it is dropped, the kernel never adds
 * to it again, and each reader asks us, as if nothing were kept. So only the first open of a
 * snapshot drops it. It is recalled where its mark comes again before the next such open.
 */

/* How a handle takes part. Zeroed: not at all. */
struct kept_handle {
    unsigned mark; /* of its offsets; 0: it takes no part */
    uint32_t snapshot;
};

/* Offsets have so many marks, from 1 on. */
#define KEPT_MARKS 127

/* The marks of the handles of a directory that take part. Zeroed: none. */
struct kept_marks {
    bool has[KEPT_MARKS + 1];
    unsigned count;
};

void kept_marks_add(struct kept_marks *marks, const struct kept_handle *handle);

/* A directory with more names than this takes no part, for offsets have 31 bits: programs of 32
 * bits can't read others. */
#define KEPT_NAMES_MAX ((int64_t)(1 << 24) - 4)

enum kept_names_way {
    KEPT_NAMES_NONE, /* the handle takes no part; what is kept stays for others */
    KEPT_NAMES_ANEW, /* it takes part, as the first one; what is kept is dropped */
    KEPT_NAMES_KEEP, /* it takes part in what is kept */
};

/* HANDLE, zeroed, opens the directory with the snapshot of that number. KNOWN: the kernel would
 * not have to be told anything of its nodes. Return what the kernel is to be told. */
enum kept_names_way kept_names_open(struct kept_names *names, struct kept_handle *handle,
                                    uint32_t snapshot, bool known);

/* A request came with HANDLE: the kernel is through with its open. */
void kept_names_came(struct kept_names *names, const struct kept_handle *handle);

/* HANDLE has come to the end of the names. */
void kept_names_end(struct kept_names *names, const struct kept_handle *handle);

/* Return whether what the kernel keeps is to be recalled when its time is over, and note that
 * it is recalled. */
bool kept_names_take_end(struct kept_names *names);

/* Return whether HANDLE takes part, and others do too. */
bool kept_names_is_shared(const struct kept_names *names, const struct kept_handle *handle);

/* HANDLE is rewound, and goes on with another snapshot. IN_USE: the marks of all handles.
 * Return 0, or -ESTALE if those are too many. */
int kept_names_rewind(struct kept_names *names, struct kept_handle *handle, uint32_t snapshot,
                      const struct kept_marks *in_use);

/* Return whether OFFSET is one of the snapshot of HANDLE, which takes part. It is not where the
 * kernel has given names from its list to a handle that was rewound, and that list was another
 * handle's. Then it goes on as that one: how it takes part is copied. */
bool kept_names_is_of(const struct kept_handle *handle, off_t offset);

void kept_names_close(struct kept_names *names, const struct kept_handle *handle);

/* Return the offset of the entry at INDEX, from 0. */
off_t kept_names_offset(const struct kept_handle *handle, int64_t index);

/* Return the index that OFFSET, which is not negative, stands for. */
int64_t kept_names_index(const struct kept_handle *handle, off_t offset);

/* Return how many bytes the kernel's list has with NAME behind SIZE bytes, on pages of PAGE
 * bytes. */
size_t kept_names_grow(size_t size, const char *name, size_t page);

#endif
