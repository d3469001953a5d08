#ifndef QPFS_OPTIONS_SETTING_H
#define QPFS_OPTIONS_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/near.h"

/* Everything that can be set, whether on the command line, in the environment or in a
 * configuration file. A row of the table in setting_rows.c is all that an option needs to be
 * accepted in each place and be shown by --help. */
enum setting_name {
    SETTING_USER_ID,
    SETTING_ORGANIZATIONS,
    SETTING_DEPARTMENTS,
    SETTING_API_KEY_FILE,
    SETTING_ENV,
    SETTING_API_URL,
    SETTING_CACERT,
    SETTING_PROXY,
    SETTING_COMMUNITIES,
    SETTING_EMPTY_LISTS,
    SETTING_CACHE_TTL,
    SETTING_STALE_IF_ERROR,
    SETTING_TIMEOUT,
    SETTING_PER_PAGE,
    SETTING_PARALLEL,
    SETTING_RATE,
    SETTING_MAX_CALLS,
    SETTING_ALLOWANCE,
    SETTING_RESERVE,
    SETTING_DELAY_CONNECT,
    SETTING_SHOW_EXPORTS,
    SETTING_REPLACE_DEAD,
    SETTING_UID,
    SETTING_GID,
    SETTING_UMASK,
    SETTING_ALLOW_OTHER,
    SETTING_ALLOW_ROOT,
    SETTING_FSNAME,
    SETTING_CONFIG,
    SETTING_COUNT
};

enum setting_type {
    SETTING_TEXT,
    SETTING_FILE, /* a path, of which ~/ is $HOME */
    SETTING_NUMBER,
    SETTING_SECONDS, /* a number, or one with a unit: 60s, 5m, 1h, 2d */
    SETTING_SHARE,
    SETTING_OCTAL,
    SETTING_FLAG
};

/* Where a value came from; the greater wins. */
enum setting_origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_COMMAND_LINE };

struct setting {
    const char *name;
    const char *value;         /* what --help calls its value; NULL for flags that are off */
    const char *help;          /* what it is; without its standard */
    const char *environment;   /* the variable that sets it too, or NULL */
    const char *standard_text; /* what counts unless it is set, if .standard does not say it */
    enum setting_type type;
    bool command_line_only;      /* in a configuration file it would come too late */
    uint64_t min, max, standard; /* of numbers; those without a standard are 0 unless set. A
                                    share's standard is in percent */
};

/* The table, SETTING_COUNT rows. */
const struct setting *setting_row(enum setting_name name);

#define SETTING_STANDARD_SIZE 24

/* What counts unless ROW is set, for people; made in TEXT if need be. NULL if nothing does. */
const char *setting_standard(const struct setting *row,
                             char text[static SETTING_STANDARD_SIZE]);

struct settings {
    char *text[SETTING_COUNT]; /* owned; NULL: not set */
    enum setting_origin origin[SETTING_COUNT];
};

void settings_finish(struct settings *settings);

/*
 * Sets NAME, NAME_SIZE bytes, to VALUE (NULL: a flag without one) unless a stronger origin has
 * set it. 0; -ENOENT if there is no such option; -ENOMEM; -EINVAL after the reason was logged.
 */
int settings_set(struct settings *settings, const char *name, size_t name_size,
                 const char *value, enum setting_origin origin);

/* Try the names that ORIGIN may set. */
void settings_near(struct near *near, enum setting_origin origin);

/* Sets what environment variables say. Errors as above. */
int settings_read_environment(struct settings *settings);

/* The value of a number, a flag (0 or 1), or its standard. */
uint64_t settings_number(const struct settings *settings, enum setting_name name);

/* The value of a share of WHOLE: N, or N% of it, rounded down. */
uint64_t settings_share(const struct settings *settings, enum setting_name name,
                        uint64_t whole);

#endif
