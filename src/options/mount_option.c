/* Sorts the options behind -o: ours, those for the kernel, and what else mount(8) knows. */
#include "options/mount_option.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* -------- options of mount(8) -------- */

/* A name that ends in * stands for all names that begin like it. */
static const char *const passed_options[] = {
    "noexec",    "exec",        "noatime",      "sync",          "dirsync", "max_read=*",
    "context=*", "fscontext=*", "defcontext=*", "rootcontext=*", NULL};

/* These are for other programs, or are true anyway. mount(8) gives rw by itself. */
static const char *const ignored_options[] = {
    "ro",
    "rw",
    "nosuid",
    "suid",
    "nodev",
    "dev",
    "async",
    "atime",
    "diratime",
    "nodiratime",
    "relatime",
    "norelatime",
    "strictatime",
    "nostrictatime",
    "lazytime",
    "nolazytime",
    "iversion",
    "noiversion",
    "silent",
    "loud",
    "default_permissions",
    "subtype=*",
    "defaults",
    "auto",
    "noauto",
    "user",
    "user=*",
    "nouser",
    "users",
    "owner",
    "group",
    "nofail",
    "_netdev",
    "x-*",
    "comment=*",
    NULL,
};

static const struct {
    const char *name, *why;
} refused_options[] = {
    {"auto_unmount",
     "auto_unmount would leave an empty directory behind if qpfs died, and rsync --delete "
     "would empty the backup; leave it out: without it everyone gets \"not connected\""},
    {"nonempty",
     "nonempty is not supported: what is below would be hidden; use an empty directory"},
    {"kernel_cache", "kernel_cache is not needed; see cache_ttl"},
    {"direct_io", "direct_io is not supported; see cache_ttl"},
    {"remount",
     "remount is not supported: unmount it and mount it again with other options (SIGHUP reads "
     "everything anew)"},
};

static bool mount_option_is_called(const char *name, const char *option, size_t size)
{
    size_t length = strlen(name);
    bool open = name[length - 1] == '*';
    if (open)
        length--;
    return (open ? size >= length : size == length) && memcmp(option, name, length) == 0;
}

static bool mount_option_is_among(const char *const *names, const char *option, size_t size)
{
    for (; *names; names++) {
        if (mount_option_is_called(*names, option, size))
            return true;
    }
    return false;
}

enum mount_option_use mount_option_use(const char *option, size_t size, const char **why)
{
    *why = NULL;
    for (size_t i = 0; i < sizeof refused_options / sizeof *refused_options; i++) {
        if (!mount_option_is_called(refused_options[i].name, option, size))
            continue;
        *why = refused_options[i].why;
        return MOUNT_OPTION_REFUSE;
    }
    if (mount_option_is_among(passed_options, option, size))
        return MOUNT_OPTION_PASS;
    if (mount_option_is_among(ignored_options, option, size))
        return MOUNT_OPTION_IGNORE;
    return MOUNT_OPTION_UNKNOWN;
}

static void mount_option_near(struct near *near, const char *const *names)
{
    for (; *names; names++)
        near_try(near, *names, strcspn(*names, "=*"));
}

/* Add one more option for the kernel. A comma in it, as in a security context, gets a backslash
 * before it, and so does a backslash: libfuse reads it like that. */
static int mount_option_pass(const char *option, struct buffer *passed)
{
    int error = 0;
    if (passed->size > 0)
        error = buffer_append(passed, ",", 1);
    for (; *option && !error; option++) {
        if (*option == ',' || *option == '\\')
            error = buffer_append(passed, "\\", 1);
        if (!error)
            error = buffer_append(passed, option, 1);
    }
    return error;
}

static int mount_option_take(const char *option, struct buffer *passed)
{
    const char *why = NULL;
    switch (mount_option_use(option, strlen(option), &why)) {
    case MOUNT_OPTION_PASS:
        return mount_option_pass(option, passed);
    case MOUNT_OPTION_IGNORE:
        return 0;
    case MOUNT_OPTION_REFUSE:
        log_error("%s", why);
        return -EINVAL;
    case MOUNT_OPTION_UNKNOWN:
        break;
    }
    if (!option[strspn(option, "0123456789/")]) {
        log_error("\"%s\" is no option; several IDs are separated by :, as N:N", option);
        return -EINVAL;
    }
    /* Show only the name: the value may be a key. */
    char hint[NEAR_HINT_SIZE];
    struct near near;
    near_init(&near, option, strcspn(option, "="));
    settings_near(&near, ORIGIN_COMMAND_LINE);
    mount_option_near(&near, passed_options);
    mount_option_near(&near, ignored_options);
    log_error("no option is called \"%.*s\"; %sqpfs --help lists them", (int)near.size, option,
              near_hint(&near, hint));
    return -EINVAL;
}

/* -------- what stands behind -o -------- */

/* Return whether a quote that was opened just before TEXT is closed at the end of a value. */
static bool mount_option_closes(const char *text)
{
    while ((text = strchr(text, '"'))) {
        text++;
        if (!*text || *text == ',')
            return true;
    }
    return false;
}

/* Cut the next option off *IN, and take away what protects its commas: the backslash of \, and
 * the quotes of name="a,b", which mount(8) leaves there. Return the option. *IN is then behind
 * it, or NULL if it was the last. */
static char *mount_option_next(char **in)
{
    char *option = *in, *from = *in, *to = *in;
    bool quoted = false;
    for (; *from && (quoted || *from != ','); from++) {
        if (from[0] == '\\' && (from[1] == ',' || from[1] == '\\'))
            *to++ = *++from;
        else if (*from == '"' && quoted && (!from[1] || from[1] == ','))
            quoted = false;
        else if (*from == '"' && to > option && to[-1] == '=' && !quoted &&
                 mount_option_closes(from + 1))
            quoted = true;
        else
            *to++ = *from;
    }
    *in = *from ? from + 1 : NULL;
    *to = '\0';
    return option;
}

static int mount_option_read_one(char *option, struct settings *settings, struct buffer *passed)
{
    size_t name = strcspn(option, "=");
    const char *value = option[name] ? option + name + 1 : NULL;
    if (!*option)
        return 0;
    if (strncmp(option, "api_key=", 8) == 0) {
        log_error(
            "the key does not belong on the command line, where everyone on this machine sees "
            "it: get a new one, put it into a file that only you can read, and give "
            "api_key_file=FILE");
        return -EINVAL;
    }
    int error = settings_set(settings, option, name, value, ORIGIN_COMMAND_LINE);
    return error == -ENOENT ? mount_option_take(option, passed) : error;
}

int mount_option_read(const char *text, struct settings *settings, struct buffer *passed)
{
    char *copy = strdup(text);
    int error = copy ? 0 : -ENOMEM;
    for (char *in = copy; in && !error;)
        error = mount_option_read_one(mount_option_next(&in), settings, passed);
    free(copy);
    return error;
}
