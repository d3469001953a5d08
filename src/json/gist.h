#ifndef QPFS_JSON_GIST_H
#define QPFS_JSON_GIST_H

#include <stddef.h>
#include <stdint.h>

/* What has to be known of a record to make a file of it. */
struct gist {
    uint64_t id;  /* 0: it has no usable one, or two */
    uint32_t day; /* of its creation, as in mtime.h */
};

/* Reads it from TEXT, SIZE bytes: an object as layout.c lays it out. ID_KEY: the name of the
 * member that holds the ID, with its quotes. 0 or -ENOMEM. */
int gist_read(struct gist *gist, const char *text, size_t size, const char *id_key);

#endif
