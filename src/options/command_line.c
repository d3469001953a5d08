/* Reads the command line. */
#include "options/command_line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"
#include "options/command_switch.h"
#include "options/mount_option.h"
#include "options/options.h"

#define MOUNT_OPTIONS_MAX 768

struct command_line {
    struct options *options;
    struct settings *settings;   /* of those options */
    struct buffer mount_options; /* for the kernel, separated by commas */
    bool o_given;                /* there was some -o */
};

static int command_line_set(char **to, const char *value)
{
    free(*to);
    *to = strdup(value);
    return *to ? 0 : -ENOMEM;
}

/* What stands there goes to the kernel among the mount options, so it must not be able to add
 * one. */
static int command_line_check_source(const char *source)
{
    if (!source || !strpbrk(source, ",\\\n"))
        return 0;
    log_error("the device \"%s\" must not hold a comma or a backslash", source);
    return -EINVAL;
}

/* What is wrong with the options that stand together, or NULL. */
static const char *command_line_combination(const struct command_line *line)
{
    const struct options *options = line->options;
    bool status = options->action == ACTION_STATUS;
    if (options->json && options->action != ACTION_CHECK && !status)
        return "--json goes with --check or --status";
    if (options->record && options->action != ACTION_CHECK)
        return "--record goes with --check";
    if (options->watch && !status)
        return "--watch goes with --status";
    if (options->watch && options->json)
        return "--watch is for people; for a program, ask for --status --json again and again";
    if (status && line->o_given)
        return "--status takes no -o: it asks the mount itself";
    return NULL;
}

static int command_line_arguments(struct command_line *line, int count, char **arguments)
{
    struct options *options = line->options;
    if (options->action == ACTION_HELP || options->action == ACTION_VERSION)
        return 0;
    const char *problem = command_line_combination(line);
    if (problem) {
        log_error("%s", problem);
        return -EINVAL;
    }
    if (count == 0 && options->action == ACTION_CHECK)
        return 0;
    if (count < 1 || count > 2) {
        log_error("%s", count > 1 ? "too many arguments: one mount point is enough"
                        : options->action == ACTION_STATUS
                            ? "of which mount? Give its mount point"
                            : "where to? Give a mount point: an empty directory");
        return -EINVAL;
    }
    int error = command_line_set(&options->mount_point, arguments[count - 1]);
    /* mount(8) puts the device first */
    const char **source = &options->session.source;
    if (!error && !*source && count == 2 && *arguments[0]) {
        *source = strdup(arguments[0]);
        error = *source ? 0 : -ENOMEM;
    }
    return error ? error : command_line_check_source(*source);
}

static int command_line_switch(struct command_line *line, enum command_switch_name name)
{
    struct options *options = line->options;
    switch (name) {
    case SWITCH_FOREGROUND:
        options->foreground = true;
        return 0;
    case SWITCH_DEBUG:
        options->foreground = options->session.debug = true;
        return 0;
    case SWITCH_OPTIONS:
        line->o_given = true;
        return mount_option_read(optarg, line->settings, &line->mount_options);
    case SWITCH_DEMO:
        options->action = ACTION_DEMO;
        return 0;
    case SWITCH_CHECK:
        options->action = ACTION_CHECK;
        return 0;
    case SWITCH_STATUS:
        options->action = ACTION_STATUS;
        return 0;
    case SWITCH_WATCH:
        options->watch = true;
        return 0;
    case SWITCH_JSON:
        options->json = true;
        return 0;
    case SWITCH_RECORD:
        return command_line_set(&options->record, optarg);
    case SWITCH_HELP:
        options->action = ACTION_HELP;
        return 0;
    case SWITCH_VERSION:
        options->action = ACTION_VERSION;
        return 0;
    case SWITCH_COUNT:
    case SWITCH_UNKNOWN:
    case SWITCH_END:
        break;
    }
    return -EINVAL;
}

/* Behind what getopt has said of the switch WRITTEN. */
static void command_line_hint(const char *written)
{
    struct near near;
    if (strncmp(written, "--", 2) != 0)
        return;
    near_init(&near, written + 2, strcspn(written + 2, "="));
    for (int i = 0; i < SWITCH_COUNT; i++) {
        const char *word = command_switch_row((enum command_switch_name)i)->word;
        if (word)
            near_try(&near, word, strlen(word));
    }
    if (near.name)
        fprintf(stderr, "did you mean --%s?\n", near.name);
}

static int command_line_take(struct command_line *line, int argc, char **argv)
{
    enum command_switch_name name;
    int error = 0;
    while (!error && (name = command_switch_next(argc, argv)) != SWITCH_END)
        error = command_line_switch(line, name);
    if (error && name == SWITCH_UNKNOWN)
        command_line_hint(argv[optind - 1]);
    return error ? error : command_line_arguments(line, argc - optind, argv + optind);
}

int command_line_read(struct settings *settings, int argc, char **argv)
{
    struct command_line line = {.options = settings->options, .settings = settings};
    buffer_init(&line.mount_options, MOUNT_OPTIONS_MAX);
    int error = command_line_take(&line, argc, argv);
    if (!error)
        error = buffer_append(&line.mount_options, "", 1);
    if (error == -EFBIG)
        log_error("too many mount options");
    if (!error) {
        line.options->session.mount_options = line.mount_options.data;
        line.mount_options.data = NULL;
    }
    buffer_finish(&line.mount_options);
    return error;
}
