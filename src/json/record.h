#ifndef QPFS_JSON_RECORD_H
#define QPFS_JSON_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "json/mtime.h"

/*
 * One record of the account as the file that it is shown as. Immutable and reference-counted: a
 * record whose bytes changed is another record, so whoever holds one goes on reading what he
 * began with. There may be a million, hence one allocation each and no field without need.
 */
struct record {
    uint64_t id;  /* 1 … 2^63 - 1, in the API's own numbering */
    uint64_t ino; /* st_ino, the same on every mount; set by the cache */
    /* The kernel's lookup count, and the list of all records that it knows. Only fuse/node.c
     * may touch them: they stand here so that the record can be the node of its file, without a
     * table of a million entries beside. */
    uint64_t lookups;
    LIST_ENTRY(record) known;
    struct mtime mtime;
    uint32_t refs;
    uint32_t size; /* of bytes */
    char bytes[];
};

/* A record that the API sends cannot be larger, in bytes. */
#define RECORD_SIZE_MAX ((size_t)16 << 20)

/* From so many bytes on it has pages of its own (base/pages.h), for the reaper to give back. */
#define RECORD_LARGE ((size_t)1 << 20)

/* A record with one reference, the caller's, and a copy of BYTES. DAY as in mtime.h. NULL when
 * memory is out. SIZE is at most RECORD_SIZE_MAX. */
struct record *record_create(uint64_t id, uint32_t day, const char *bytes, size_t size);

/* The same without the bytes and the time, for the caller to fill in. SIZE is at most
 * UINT32_MAX. */
struct record *record_allocate(uint64_t id, size_t size);

/* One more reference; returns RECORD. */
struct record *record_ref(struct record *record);

/* Gives one reference back; with the last one the record goes. Takes NULL. */
void record_unref(struct record *record);

/* Orders records, A and B, by their ID. For sorter.h. */
int record_compare(const void *a, const void *b);

/* Whether both are the same file: ID, time and bytes. */
bool record_equals(const struct record *a, const struct record *b);

#endif
