/* Reads the command line, and prints --help. */
#include "options/command_line.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/url.h"
#include "base/log.h"
#include "options/config.h"
#include "options/mount_option.h"

/* getopt's codes of switches, which must be no letters. */
#define CODE_FIRST 256

#define HELP_WIDTH        80
#define MOUNT_OPTIONS_MAX 768

/* What may stand on the command line beside a mount point. */
struct switch_row {
    char letter;       /* 0: it has none */
    const char *word;  /* without the --; NULL: it has none */
    const char *value; /* what --help calls its value; NULL: it takes none */
    const char *help;
    enum options_action action; /* that it asks for; ACTION_MOUNT: it asks for none */
    size_t field; /* of struct options: the text that gets its value, or a bool; 0: none */
};

#define FIELD(member) .field = offsetof(struct options, member)

static const struct switch_row switch_rows[] = {
    {'f', NULL, NULL, "stay in the foreground, log to stderr", FIELD(foreground)},
    {'d', NULL, NULL, "like -f, and tell everything", FIELD(session.debug)},
    {'o', NULL, "OPTION[,OPTION...]", "options, see below", .field = 0},
    {0, "demo", NULL, "a sample account, served on this machine", .action = ACTION_DEMO},
    {0, "check", NULL,
     "mount nothing; try the key, show what a mount would show and cost, and what is wrong",
     .action = ACTION_CHECK},
    {0, "status", NULL,
     "what a mount is doing: calls, lists, what is being fetched, the last error",
     .action = ACTION_STATUS},
    {0, "watch", NULL, "with --status: again each second", FIELD(watch)},
    {0, "json", NULL, "with --check or --status: for programs", FIELD(json)},
    {0, "metrics", NULL, "with --status: for Prometheus", FIELD(metrics)},
    {0, "record", "DIR",
     "with --check: write the answers to DIR, with every value replaced, for a report",
     FIELD(record)},
    {0, "compare", NULL,
     "with --check: read all users both ways, and tell whether one_list may be used",
     FIELD(compare)},
    {'h', "help", NULL, "show all options", .action = ACTION_HELP},
    {'V', "version", NULL, "show the version", .action = ACTION_VERSION},
};

#define SWITCHES ((int)(sizeof switch_rows / sizeof *switch_rows))

/* Return what getopt_long(3) returns for the next switch of ARGV. */
static int switch_next(int argc, char **argv)
{
    struct option words[SWITCHES + 1] = {{NULL, 0, NULL, 0}};
    char letters[2 * SWITCHES + 1] = "", *letter = letters;
    size_t count = 0;
    for (int i = 0; i < SWITCHES; i++) {
        const struct switch_row *row = &switch_rows[i];
        if (row->letter)
            *letter++ = row->letter;
        if (row->letter && row->value)
            *letter++ = ':';
        if (row->word)
            words[count++] = (struct option){
                row->word, row->value ? required_argument : no_argument, NULL, CODE_FIRST + i};
    }
    return getopt_long(argc, argv, letters, words, NULL);
}

/* Return the switch that CODE means; NULL if getopt has found none, and said so on stderr. */
static const struct switch_row *switch_find(int code)
{
    for (int i = 0; i < SWITCHES; i++) {
        if (code == CODE_FIRST + i || code == switch_rows[i].letter)
            return &switch_rows[i];
    }
    return NULL;
}

/* -------- --help -------- */

/* Print LEFT, and TEXT in a column of its own, broken at spaces. */
static void help_print_row(int column, const char *left, const char *text)
{
    size_t room = (size_t)(HELP_WIDTH - 2 - column - 1);
    do {
        size_t size = strlen(text);
        if (size > room) {
            size = room;
            while (size > 0 && text[size] != ' ')
                size--;
            if (size == 0)
                size = strcspn(text, " ");
        }
        printf("  %-*s %.*s\n", column, left, (int)size, text);
        left = "";
        text += size + strspn(text + size, " ");
    } while (*text);
}

static void help_print_switch(const struct switch_row *row)
{
    char left[48] = "";
    if (row->letter)
        snprintf(left, sizeof left, "-%c", row->letter);
    if (row->word)
        snprintf(left + strlen(left), sizeof left - strlen(left), "%s--%s",
                 row->letter ? ", " : "", row->word);
    if (row->value)
        snprintf(left + strlen(left), sizeof left - strlen(left), " %s", row->value);
    help_print_row(22, left, row->help);
}

static void help_print_setting(const struct setting *row)
{
    char left[64], text[256], number[SETTING_DEFAULT_SIZE];
    const char *what = setting_default(row, number);
    snprintf(left, sizeof left, "%s%s%s", row->name, row->value ? "=" : "",
             row->value ? row->value : "");
    bool told = row->value && what;
    snprintf(text, sizeof text, "%s%s%s%s", row->help, told ? " (default: " : "",
             told ? what : "", told ? ")" : "");
    help_print_row(28, left, text);
    if (row->environment)
        printf("  %-28s (environment: %s)\n", "", row->environment);
}

void command_line_help(void)
{
    puts("usage: qpfs [-f] [-d] [-o OPTION[,OPTION...]] MOUNTPOINT\n"
         "       qpfs --demo [-f] [-o OPTION[,OPTION...]] MOUNTPOINT\n"
         "       qpfs --check [--json] [--record DIR] [--compare] [-o OPTION[,OPTION...]] "
         "[MOUNTPOINT]\n"
         "       qpfs --status [--watch | --json | --metrics] MOUNTPOINT\n"
         "       qpfs --help | --version\n"
         "\n"
         "Shows a QuestionPro account as a read-only directory tree.\n"
         "\n"
         "  qpfs -o user_id=1234567,api_key_file=$HOME/.questionpro-key ~/questionpro\n"
         "  ls ~/questionpro/organizations/*/departments/*/users\n"
         "  fusermount3 -u ~/questionpro\n");
    for (int i = 0; i < SWITCHES; i++)
        help_print_switch(&switch_rows[i]);
    puts("\nOptions (-o; also as \"name = value\" in a file, see config):");
    for (const struct setting *row = setting_rows; row->name; row++)
        help_print_setting(row);
    printf("\nThe key is in api_key_file, or in the environment variable QUESTIONPRO_API_KEY.\n"
           "Data centres (env): %s.\n"
           "Options of mount(8) are taken as well. More: man qpfs, man qpfs.conf.\n",
           base_url_envs());
}

/* -------- what stands there -------- */

struct command_line {
    struct options *options;
    struct settings *settings;   /* of those options */
    struct buffer mount_options; /* for the kernel, separated by commas */
    bool o_given;                /* there was some -o */
};

/* An option without -o would be taken for the device. Show only its name: the value may be a
 * key. */
static int command_line_check_argument(const char *argument)
{
    size_t name = strcspn(argument, "=");
    if (!argument[name] || !setting_exists(argument, name))
        return 0;
    log_error("%.*s= stands outside of -o; several options are written -o a=b,c=d", (int)name,
              argument);
    return -EINVAL;
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

/* Return what is wrong with the options that stand together, or NULL. */
static const char *command_line_combination(const struct command_line *line)
{
    const struct options *options = line->options;
    bool status = options->action == ACTION_STATUS;
    if (options->json && options->action != ACTION_CHECK && !status)
        return "--json goes with --check or --status";
    if (options->record && options->action != ACTION_CHECK)
        return "--record goes with --check";
    if (options->compare && options->action != ACTION_CHECK)
        return "--compare goes with --check";
    if (options->watch && !status)
        return "--watch goes with --status";
    if (options->metrics && !status)
        return "--metrics goes with --status";
    if (options->metrics && options->json)
        return "--json and --metrics are two forms of the same: ask for one of them";
    if (options->watch && (options->json || options->metrics))
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
    for (int i = 0; i < count; i++) {
        int error = command_line_check_argument(arguments[i]);
        if (error)
            return error;
    }
    /* mount(8) puts the device first */
    if (count < 1 || count > (options->action == ACTION_STATUS ? 1 : 2)) {
        log_error("%s", count > 1 ? "too many arguments: one mount point is enough"
                        : options->action == ACTION_STATUS
                            ? "of which mount? Give its mount point"
                            : "where to? Give a mount point: an empty directory");
        return -EINVAL;
    }
    options->mount_point = arguments[count - 1];
    const char **source = &options->session.source;
    if (!*source && count == 2 && *arguments[0]) {
        *source = strdup(arguments[0]);
        if (!*source)
            return -ENOMEM;
    }
    return command_line_check_source(*source);
}

static int command_line_switch(struct command_line *line, const struct switch_row *row)
{
    struct options *options = line->options;
    void *field = (char *)options + row->field;
    if (row->letter == 'o') {
        line->o_given = true;
        return mount_option_read(optarg, line->settings, &line->mount_options);
    }
    if (row->action)
        options->action = row->action;
    if (row->field && row->value)
        *(const char **)field = optarg;
    else if (row->field)
        *(bool *)field = true;
    return 0;
}

/* Print a hint after getopt's message about WRITTEN. Only for unknown words: optopt is 0 then.
 */
static void command_line_hint(const char *written)
{
    struct near near;
    if (optopt || strncmp(written, "--", 2) != 0)
        return;
    near_init(&near, written + 2, strcspn(written + 2, "="));
    for (int i = 0; i < SWITCHES; i++) {
        const char *word = switch_rows[i].word;
        if (word)
            near_try(&near, word, strlen(word));
    }
    if (near.name)
        fprintf(stderr, "did you mean --%s?\n", near.name);
}

static int command_line_read_switches(struct command_line *line, int argc, char **argv)
{
    int code, error = 0;
    while (!error && (code = switch_next(argc, argv)) != -1) {
        const struct switch_row *row = switch_find(code);
        error = row ? command_line_switch(line, row) : -EINVAL;
        if (!row)
            command_line_hint(argv[optind - 1]);
    }
    if (line->options->session.debug)
        line->options->foreground = true;
    return error ? error : command_line_arguments(line, argc - optind, argv + optind);
}

static int command_line_take(struct settings *settings, int argc, char **argv)
{
    struct command_line line = {.options = settings->options, .settings = settings};
    buffer_init(&line.mount_options, MOUNT_OPTIONS_MAX);
    int error = command_line_read_switches(&line, argc, argv);
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

/* -------- with the other places -------- */

int command_line_read(struct options *options, int argc, char **argv, bool *usage)
{
    struct settings settings;
    *options = (struct options){.action = ACTION_MOUNT};
    settings_init(&settings, options);
    options->fs.uid = getuid();
    options->fs.gid = getgid();
    int error = command_line_take(&settings, argc, argv);
    *usage = error == -EINVAL;
    bool account = options->action == ACTION_MOUNT || options->action == ACTION_CHECK;
    if (!error && account) {
        error = config_read(&settings, options->given.config);
        if (!error)
            error = settings_read_environment(&settings);
    }
    if (!error && (account || options->action == ACTION_DEMO))
        error = options_put_together(options, &settings);
    if (error == -ENOMEM)
        log_error("out of memory");
    return error;
}
