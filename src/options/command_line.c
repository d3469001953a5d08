#include "options/command_line.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "options/mount_option.h"

#define MOUNT_OPTIONS_MAX 768

void command_line_init(struct command_line *line, struct options *options,
                       struct settings *settings)
{
    *line = (struct command_line){.options = options, .settings = settings};
    buffer_init(&line->mount_options, MOUNT_OPTIONS_MAX);
}

void command_line_finish(struct command_line *line)
{
    buffer_finish(&line->mount_options);
    free(line->config);
}

/* A comma inside of an option (a security context has them) is written \\, for libfuse as well.
 */
int command_line_pass(struct command_line *line, const char *option)
{
    int error = 0;
    if (line->mount_options.size > 0)
        error = buffer_append(&line->mount_options, ",", 1);
    for (; *option && !error; option++) {
        if (*option == ',' || *option == '\\')
            error = buffer_append(&line->mount_options, "\\", 1);
        if (!error)
            error = buffer_append(&line->mount_options, option, 1);
    }
    if (error)
        log_error("too many mount options");
    return error;
}

static int command_line_set(char **to, const char *value)
{
    free(*to);
    *to = strdup(value);
    return *to ? 0 : -ENOMEM;
}

/* What stands there goes to the kernel among the mount options, so it must not be able to add
 * one. */
static int command_line_source(struct command_line *line, const char *source)
{
    if (strpbrk(source, ",\\\n")) {
        log_error("the device \"%s\" must not hold a comma or a backslash", source);
        return -EINVAL;
    }
    return command_line_set(&line->options->source, source);
}

static int command_line_mount_option(struct command_line *line, const char *option)
{
    const char *why = NULL;
    switch (mount_option_use(option, strlen(option), &why)) {
    case MOUNT_OPTION_PASS:
        return command_line_pass(line, option);
    case MOUNT_OPTION_IGNORE:
        return 0;
    case MOUNT_OPTION_REFUSE:
        log_error("%s", why);
        return -EINVAL;
    case MOUNT_OPTION_UNKNOWN:
        break;
    }
    /* Only the name: someone may have tried to give a key. */
    log_error("no option is called \"%.*s\"; qpfs --help lists them", (int)strcspn(option, "="),
              option);
    return -EINVAL;
}

static int command_line_option(struct command_line *line, char *option)
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
    if (value && strncmp(option, "config=", 7) == 0)
        return command_line_set(&line->config, value);
    if (value && *value && strncmp(option, "fsname=", 7) == 0)
        return command_line_source(line, value);
    int error = settings_set(line->settings, option, name, value, ORIGIN_COMMAND_LINE);
    return error == -ENOENT ? command_line_mount_option(line, option) : error;
}

/* Options are separated by commas; \, is a comma inside of one. */
static int command_line_options(struct command_line *line, const char *text)
{
    char *copy = strdup(text);
    char *option = copy, *out = copy;
    int error = copy ? 0 : -ENOMEM;
    for (const char *in = copy; in && !error; in++) {
        if (in[0] == '\\' && (in[1] == ',' || in[1] == '\\')) {
            *out++ = *++in;
        } else if (*in == ',' || *in == '\0') {
            bool last = *in == '\0';
            *out = '\0';
            error = command_line_option(line, option);
            option = out = copy + (in + 1 - copy);
            if (last)
                break;
        } else {
            *out++ = *in;
        }
    }
    free(copy);
    return error;
}

/* -------- the rest of the command line -------- */

static int command_line_arguments(struct command_line *line, int count, char **arguments)
{
    struct options *options = line->options;
    if (options->action == ACTION_HELP || options->action == ACTION_VERSION)
        return 0;
    if (count < 1 || count > 2) {
        log_error(count < 1 ? "where to? Give a mount point: an empty directory"
                            : "too many arguments: one mount point is enough");
        return -EINVAL;
    }
    /* mount(8) puts the device first */
    int error = command_line_set(&options->mount_point, arguments[count - 1]);
    if (!error && count == 2 && !options->source && *arguments[0])
        error = command_line_source(line, arguments[0]);
    return error;
}

int command_line_read(struct command_line *line, int argc, char **argv)
{
    enum { OPTION_DEMO = 256 };
    static const struct option longs[] = {{"help", no_argument, NULL, 'h'},
                                          {"version", no_argument, NULL, 'V'},
                                          {"demo", no_argument, NULL, OPTION_DEMO},
                                          {NULL, 0, NULL, 0}};
    int option, error = 0;
    while (!error && (option = getopt_long(argc, argv, "fdhVo:", longs, NULL)) != -1) {
        if (option == 'f')
            line->options->foreground = true;
        else if (option == 'd')
            line->options->foreground = line->options->debug = true;
        else if (option == 'o')
            error = command_line_options(line, optarg);
        else if (option == 'h')
            line->options->action = ACTION_HELP;
        else if (option == 'V')
            line->options->action = ACTION_VERSION;
        else if (option == OPTION_DEMO)
            line->options->action = ACTION_DEMO;
        else
            error = -EINVAL; /* getopt has said why */
    }
    return error ? error : command_line_arguments(line, argc - optind, argv + optind);
}
