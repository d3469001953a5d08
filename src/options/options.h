/* Puts together what the command line, the environment and the configuration file say. */
#ifndef QPFS_OPTIONS_OPTIONS_H
#define QPFS_OPTIONS_OPTIONS_H

#include <stdbool.h>

#include "api/client.h"
#include "api/ledger.h"
#include "cache/cache.h"
#include "fuse/session.h"
#include "options/client_cert.h"
#include "options/key.h"
#include "options/setting.h"
#include "tree/tree_options.h"

/* What was given, as it was given; other fields are made of it. NULL: nothing. */
struct options_given {
    const char *organizations;
    const char *departments;
    const char *api_key_file;
    const char *client_cert;
    const char *client_cert_key;
    const char *env;
    const char *config;
    const char *reserve;
};

/* All options. They hold those of each layer. A row of setting_rows.c says which field an
 * option sets. The program sets the rest of theirs: callbacks, the ledger, the mount point.
 * Texts are owned, but for three that are borrowed: .key_origin, and .record and .mount_point,
 * which are those of the command line. */
struct options {
    enum options_action {
        ACTION_MOUNT,
        ACTION_DEMO,
        ACTION_CHECK,
        ACTION_STATUS,
        ACTION_HELP,
        ACTION_VERSION
    } action;
    bool json;          /* for ACTION_CHECK and ACTION_STATUS: what it says is for a program */
    const char *record; /* for ACTION_CHECK: the directory to write answers to, or NULL */
    bool metrics;       /* for ACTION_STATUS: what it says is for Prometheus */
    bool compare;       /* for ACTION_CHECK: read all users both ways */
    bool watch;         /* for ACTION_STATUS: again and again */
    bool foreground;
    bool delay_connect;
    bool replace_dead;
    const char *mount_point;  /* as given; NULL for help and version, and if a check has none */
    const char *key_origin;   /* where the key came from, or the certificate that stands in for
                                 it, for messages; borrowed as well */
    struct key_file key_file; /* to read it again, if it can be */
    struct client_cert client_cert; /* the same */
    struct options_given given;
    struct client_options client; /* .key and .base_url are NULL for the demo */
    struct ledger_options
        ledger; /* .directory is NULL for the demo, or if nothing says where */
    struct cache_options cache;
    struct tree_options tree;
    struct fs_options fs;
    struct session_options session;
};

/* Check what SETTINGS say together, and fill in the fields that are made of several. Return 0,
 * or -errno after the reason was logged. */
int options_put_together(struct options *options, const struct settings *settings);

/* Free all, and wipe the key. OPTIONS may be zeroed. */
void options_finish(struct options *options);

#endif
