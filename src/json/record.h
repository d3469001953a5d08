/* Holds one record of the account as the file that it is shown as. */
#ifndef QPFS_JSON_RECORD_H
#define QPFS_JSON_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "json/mtime.h"

/*
 * A record never changes, and is counted by its references. One whose bytes changed is another
 * record, so an open file keeps its bytes. There may be a million: each is one allocation, with
 * no field that is not needed.
 */
struct record {
    uint64_t id;  /* 1 … 2^63 - 1, in the API's own numbering */
    uint64_t ino; /* st_ino, the same on every mount; set by the cache */
    /* How often the kernel knows it, and the list of all records that it knows. Only
     * fuse/node.c touches them. They stand here so that the record is the node of its file, and
     * no table of a million entries is needed. */
    uint64_t lookups;
    LIST_ENTRY(record) known;
    struct mtime mtime;
    uint32_t refs;
    uint32_t size; /* of bytes */
    char bytes[];
};

/* The largest record that is taken from the service, in bytes. */
#define RECORD_SIZE_MAX ((size_t)16 << 20)

/* A record of this many bytes or more has pages of its own (base/wipe.h). */
#define RECORD_LARGE ((size_t)1 << 20)

/* Make a record with one reference, the caller's, and a copy of BYTES, at most RECORD_SIZE_MAX.
 * DAY is as in mtime.h. Return NULL when memory is out. */
struct record *record_create(uint64_t id, uint32_t day, const char *bytes, size_t size);

/* The same without the bytes and the time, which the caller fills in. SIZE is at most
 * UINT32_MAX. */
struct record *record_allocate(uint64_t id, size_t size);

/* Add a reference. Return RECORD. */
struct record *record_ref(struct record *record);

/* Give a reference back; the last one frees the record. Take NULL. */
void record_unref(struct record *record);

/* Take over RECORDS, an array of COUNT, or NULL with a count of 0. Give the reference to each
 * back, in steps of the loop. Some may be NULL. */
void record_unref_all(struct record **records, size_t count);

/* Compare the IDs of two records, A and B, for sorter.h. */
int record_compare(const void *a, const void *b);

/* Return whether both are the same file: ID, time and bytes. */
bool record_equals(const struct record *a, const struct record *b);

#endif
