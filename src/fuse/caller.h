#ifndef QPFS_FUSE_CALLER_H
#define QPFS_FUSE_CALLER_H

#include "fuse/use_fuse.h"

/*
 * Who asks. The kernel names the thread; a program that reads with several is one walker
 * (cache/walk.h), so its process is looked up, and kept in mind for a moment.
 */

#define CALLERS_KNOWN 64

struct caller {
    pid_t thread; /* 0: none */
    uint64_t process;
    int64_t seen_ms;
};

struct callers {
    struct caller known[CALLERS_KNOWN];
};

/* The process that REQ comes from, by a number that is not given to another one later, as its
 * ID may be; 0 if it can't be told. */
uint64_t callers_process(struct callers *callers, fuse_req_t req);

#endif
