/* Computes the time of a file from the day of its record and from its bytes. */
#ifndef QPFS_JSON_MTIME_H
#define QPFS_JSON_MTIME_H

#include <stddef.h>
#include <stdint.h>

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
 * Return the seconds since 1970 at which the day DATE begins, SIZE bytes ("2019-12-18", with or
 * without a time behind it); 0 if it is no day from 1970-01-02 to 2105-12-31.
 */
uint32_t mtime_day(const char *date, size_t size);

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

#endif
