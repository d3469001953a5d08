#ifndef QPFS_FUSE_USE_FUSE_H
#define QPFS_FUSE_USE_FUSE_H

/* libfuse as Debian 12 has it. Only files of this folder include it. */
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)

#include <fuse_lowlevel.h>

#endif
