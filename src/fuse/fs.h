/* Holds what the requests of one mount share. */
#ifndef QPFS_FUSE_FS_H
#define QPFS_FUSE_FS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "base/loop.h"
#include "base/worker.h"
#include "cache/walk.h"
#include "fuse/use_fuse.h"
#include "tree/tour.h"
#include "tree/tree.h"

struct waiting;
TAILQ_HEAD(waitings, waiting);
LIST_HEAD(known_records, record);
struct handle;
struct readahead;
LIST_HEAD(handles, handle);

/* How many requests of each kind the kernel has sent: what a walk costs is part of the
 * contract. And how many files were stored ahead of a request. */
struct fs_counts {
    uint64_t lookup, getattr, open, read, opendir, readdir, forget, stored;
};

struct fs_options {
    uid_t uid;
    gid_t gid;
    mode_t umask;       /* of files (0666) and directories (0777) */
    int64_t timeout_ms; /* after which a look-up is answered, whatever it waits for */
};

/* A process that has asked. The kernel names its thread. A program that reads with several
 * threads is one walker, so its process is looked up, and kept in mind for a moment. */
struct caller {
    pid_t thread; /* 0: none */
    uint64_t process;
    int64_t seen_ms;
};

#define FS_CALLERS 64

/* One mount, as its requests see it. */
struct fs {
    struct loop *loop;
    struct tree *tree;
    struct fuse_session *fuse; /* the session's */
    struct worker *worker;     /* for notices to the kernel; NULL: none needed so far */
    struct fs_options options;
    unsigned max_read;          /* bytes a read, as the mount has it; 0: any */
    struct waitings waitings;   /* requests that wait for a listing */
    struct known_records known; /* records that the kernel has a node for */
    uint64_t known_count;
    uint64_t forgotten_count; /* nodes of records that the kernel has forgotten, so far */
    bool keeps_names;         /* the kernel may keep the names of directories */
    struct handles handles;   /* open directories */
    struct caller callers[FS_CALLERS];
    struct tours tours;          /* processes that read lists in their order */
    struct readahead *readahead; /* the session's; or NULL */
    bool ending;                 /* nothing waits any more */
    bool sees_callers;           /* the numbers of callers are those of /proc */
    struct fs_counts counts;
};

/* LOOP and TREE must outlive it. */
void fs_init(struct fs *fs, struct loop *loop, struct tree *tree,
             const struct fs_options *options);

/* Return the thread for notices, made if there is none; NULL if there can be none. */
struct worker *fs_worker(struct fs *fs);

/* Return the fs of a request. */
struct fs *fs_of(fuse_req_t req);

/* Return the walker (cache/walk.h) that REQ comes from; the first returns NULL if it is none
 * yet, the second makes it one, or returns NULL when memory is out. */
struct walker *fs_walker(fuse_req_t req);
struct walker *fs_walker_make(fuse_req_t req);

enum caller_wish {
    CALLER_WAITS,
    CALLER_ENDS,  /* asked to, by ^C or kill, or by a signal without a handler that ends it */
    CALLER_HIDES, /* nobody knows: it has gone, or is in another PID namespace */
};

/* Return what the thread wants that REQ comes from. */
enum caller_wish fs_caller_wish(fuse_req_t req);

/* Reply to REQ with an error of the inside, -errno. The sign turns here and nowhere else. */
void fs_reply_error(fuse_req_t req, int error);

/* The same, where REQ reads names of an open directory. readdir(3) takes ENOENT for the end of
 * the names, and says nothing. So ESTALE takes its place. */
void fs_reply_names_error(fuse_req_t req, int error);

#endif
