#ifndef QPFS_OPTIONS_OPTIONS_H
#define QPFS_OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "options/key_file.h"
#include "tree/tree.h"

/* What the command line, the environment and the configuration file say together. */
struct options {
    enum {
        ACTION_MOUNT,
        ACTION_DEMO,
        ACTION_CHECK,
        ACTION_STATUS,
        ACTION_HELP,
        ACTION_VERSION
    } action;
    bool json;    /* for ACTION_CHECK and ACTION_STATUS: what it says is for a program */
    char *record; /* for ACTION_CHECK: the directory to write answers to, or NULL */
    bool watch;   /* for ACTION_STATUS: again and again */
    bool foreground;
    bool debug;
    char *mount_point;        /* as given; NULL for help and version, and if a check has none */
    char *source;             /* shown as the device of the mount */
    char *mount_options;      /* for the kernel; checked, separated by commas, or "" */
    char *key;                /* wiped by options_finish(); NULL for the demo */
    char *key_origin;         /* where it came from, for messages */
    struct key_file key_file; /* to read it again, if it can be */
    char *api_url;            /* checked; NULL for the demo */
    char *cacert;             /* an absolute path, or NULL */
    char *proxy;              /* checked; may hold a password; NULL: none */
    struct tree_options tree;
    int64_t cache_ttl_ms;
    int64_t stale_if_error_ms;
    int64_t timeout_ms;
    uint64_t per_page;
    unsigned parallel;
    unsigned rate;
    uint64_t max_calls;    /* 0: no limit */
    uint64_t allowance;    /* calls in all; 0: not known */
    uint64_t reserve;      /* of those; less than allowance */
    char *state_directory; /* for the ledger; NULL for the demo, or if nothing says where */
    bool missing_is_empty; /* empty_lists=404 */
    bool allow_other;      /* other users may look in */
    bool allow_root;       /* root may */
    bool delay_connect;
    bool replace_dead;
    uid_t uid;
    gid_t gid;
    mode_t umask;
};

/* Reads everything. 0; or -errno after the reason was logged: the program ends with 1, or with
 * 2 if it was called wrongly (-EINVAL from the command line sets *USAGE). */
int options_read(struct options *options, int argc, char **argv, bool *usage);

/* Frees all, wipes the key. Takes zeroed options. */
void options_finish(struct options *options);

#endif
