/* Reads the kernel's table of mounts. */
#ifndef QPFS_BASE_MOUNT_TABLE_H
#define QPFS_BASE_MOUNT_TABLE_H

#include <stdint.h>

/* One mount. The texts are valid while it is visited. */
struct mount_table_entry {
    uint64_t id;
    const char *device; /* of the file system, as "0:57"; all mounts of it share it */
    const char *point;  /* where it is mounted */
    const char *type;   /* as "ext4", or "fuse.qpfs" */
};

typedef void mount_table_fn(void *data, const struct mount_table_entry *entry);

/* Return a descriptor of the table, which the caller closes, or -errno. It is ready for
 * EPOLLPRI when the table has changed. */
int mount_table_open(void);

/* Call VISIT with each mount of TABLE, in the order in which they were made: of several on one
 * point the last one is seen there. Return 0, or -errno after none was visited. */
int mount_table_visit(int table, mount_table_fn *visit, void *data);

#endif
