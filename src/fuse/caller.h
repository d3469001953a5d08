/* Finds the process that a request comes from. */
#ifndef QPFS_FUSE_CALLER_H
#define QPFS_FUSE_CALLER_H

#include "fuse/use_fuse.h"

/*
 * The kernel names the thread. A program that reads with several threads is one walker
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

/* Return a number for the process that REQ comes from, which no other process gets later, as it
 * may get its ID. 0 if the process is not known. */
uint64_t callers_process(struct callers *callers, fuse_req_t req);

#endif
