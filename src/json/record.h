/* Holds one record of the account as the file that it is shown as. */
#ifndef QPFS_JSON_RECORD_H
#define QPFS_JSON_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* -------- its time -------- */

/*
 * The mtime of a record is a fingerprint, so it needs no memory. The day is that of the
 * record's creation. The second of that day and the nanoseconds are computed from the bytes of
 * the file with XXH3, whose result is the same on every machine. Same bytes, same mtime.
 */
struct mtime {
    uint32_t seconds; /* since 1970-01-01 00:00:00 UTC; lasts until 2106 */
    uint32_t nanoseconds;
};

/* 2000-01-01 00:00:00 UTC: the mtime of directories, and the day of records without a date. */
#define MTIME_DEFAULT_DAY 946684800u

/*
 * Read the day DATE, SIZE bytes ("2019-12-18", with or without a time behind it). Set *SECONDS
 * to when it begins, since 1970. Return whether it is a day from 1970-01-01 to 2105-12-31.
 */
bool mtime_day(const char *date, size_t size, uint32_t *seconds);

/* Return the fingerprint of BYTES on the day that begins at DAY. */
struct mtime mtime_fingerprint(uint32_t day, const char *bytes, size_t size);

/* Return the day of MTIME. */
uint32_t mtime_day_of(struct mtime mtime);

/* Compute the same fingerprint of bytes that come one run after the other. Return NULL when
 * memory is out. */
struct mtime_hash *mtime_hash_create(void);
void mtime_hash_add(struct mtime_hash *hash, const char *bytes, size_t size);
struct mtime mtime_hash_fingerprint(const struct mtime_hash *hash, uint32_t day);

/* Take NULL. */
void mtime_hash_destroy(struct mtime_hash *hash);

/* -------- the record -------- */

/*
 * A record never changes, and is counted by its references. One whose bytes changed is another
 * record, so an open file keeps its bytes. There may be a million: each is one allocation, with
 * no field that is not needed.
 */
struct record {
    uint64_t id;  /* 1 … 2^63 - 1, in the API's own numbering; 0: made here, and the text may
                     be anything */
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
 * DAY is as mtime_day() sets it. Return NULL when memory is out. */
struct record *record_create(uint64_t id, uint32_t day, const char *bytes, size_t size);

/* The same without the bytes and the time, which the caller fills in. SIZE is at most
 * UINT32_MAX. */
struct record *record_allocate(uint64_t id, size_t size);

/* Make RECORD, which nobody else has and whose bytes need not all be filled in, smaller: SIZE
 * bytes. Return it, perhaps at another address; NULL when memory is out, and it is as it was.
 */
struct record *record_shrink(struct record *record, size_t size);

/* Add a reference. Return RECORD. */
struct record *record_ref(struct record *record);

/* Give a reference back; the last one frees the record. Take NULL. */
void record_unref(struct record *record);

/* Take over RECORDS, an array of COUNT, or NULL with a count of 0. Give the reference to each
 * back, in steps of the loop. Some may be NULL. */
void record_unref_all(struct record **records, size_t count);

/* The same where RECORDS are pages of base/wipe.h with room for ROOM records. */
void record_unref_paged(struct record **records, size_t room, size_t count);

/* Compare the IDs of two records, A and B, for sorter.h. */
int record_compare(const void *a, const void *b);

/* Return whether both are the same file: ID, time and bytes. */
bool record_equals(const struct record *a, const struct record *b);

#endif
