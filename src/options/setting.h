/* Parses the values of options, and puts each into its field. */
#ifndef QPFS_OPTIONS_SETTING_H
#define QPFS_OPTIONS_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/near.h"

struct options;

/* What the field of an option is, and how its value is written. */
enum setting_type {
    SETTING_TEXT,    /* const char *, which the options own */
    SETTING_FILE,    /* as a text; a path, of which ~/ is $HOME */
    SETTING_NUMBER,  /* an unsigned integer of 4 or 8 bytes, or a bool: whether it is not 0 */
    SETTING_SECONDS, /* int64_t, milliseconds; a number, or one with a unit: 60s, 5m, 1h, 2d */
    SETTING_OCTAL,   /* an unsigned integer of 4 bytes */
    SETTING_FLAG     /* bool */
};

/* Where a value came from; the greater wins. */
enum setting_origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_COMMAND_LINE };

/* An option. A row of the table in setting_rows.c and the field that it names are all that an
 * option needs to be accepted in each place, to be shown by --help, and to get to its layer. */
struct setting {
    const char *name;
    const char *value;        /* what --help calls its value; NULL for flags that are off */
    const char *help;         /* what it is; without its default */
    enum setting_type type;   /* of the field and the value */
    size_t field;             /* where the field is in struct options */
    size_t size;              /* of the field */
    uint64_t min, max;        /* of numbers */
    uint64_t default_number;  /* of numbers */
    const char *default_text; /* what counts unless it is set; NULL: .default_number says it */
    const char *environment;  /* the variable that sets it too, or NULL */
    bool of_account;          /* does not go with --demo, which brings its own account */
    bool command_line_only;   /* in a configuration file it would come too late */
};

#define SETTINGS_MAX 64

/* The table. The last row has no name. */
extern const struct setting setting_rows[];

#define SETTING_DEFAULT_SIZE 24

/* Return what counts unless ROW is set, for people, or NULL. TEXT is room for it. */
const char *setting_default(const struct setting *row, char text[static SETTING_DEFAULT_SIZE]);

/* The options while they are being read. */
struct settings {
    struct options *options;                   /* borrowed */
    enum setting_origin origins[SETTINGS_MAX]; /* of the rows of the table */
};

/* Give OPTIONS, which are zeroed, the defaults of numbers and flags. Texts stay NULL. */
void settings_init(struct settings *settings, struct options *options);

/* Return whether an option is called NAME, SIZE bytes. */
bool setting_exists(const char *name, size_t size);

/*
 * Set NAME, NAME_SIZE bytes, to VALUE (NULL: a flag without one) unless a stronger origin has
 * set it. Return 0; -ENOENT if there is no such option; -EPERM if it may not come from ORIGIN;
 * -ENOMEM; -EINVAL after the reason was logged.
 */
int settings_set(struct settings *settings, const char *name, size_t name_size,
                 const char *value, enum setting_origin origin);

/* Try the names that ORIGIN may set. */
void settings_near(struct near *near, enum setting_origin origin);

/* Set what environment variables say. Errors as above. */
int settings_read_environment(struct settings *settings);

/* Return where the value of FIELD came from, which is one of those of the table. */
enum setting_origin settings_origin(const struct settings *settings, const void *field);

/* Return where FIELD, which is set, was given: the beginning of a message about it. */
const char *settings_place(const struct settings *settings, const void *field);

/* Put TEXT, which is owned from here on, into FIELD, and wipe and free what was there. */
void setting_replace(const char **field, char *text);

/*
 * Return the home of the user who mounts, an absolute path, borrowed until the next call. It is
 * $HOME, unless that is not set or is someone else's: mount(8), called by a user, leaves root's
 * there. Then it is what passwd(5) says. Return NULL if neither says it.
 */
const char *setting_home(void);

/* Return PATH from the root on, without following links, for a program that is going to leave
 * its directory; the caller frees it. Return NULL when memory is out. */
char *setting_absolute_path(const char *path);

/* Wipe and free all texts of the table: that of a proxy may hold a password. */
void setting_free_texts(struct options *options);

#endif
