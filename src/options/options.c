#include "options/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/base_url.h"
#include "base/buffer.h"
#include "base/log.h"
#include "options/config.h"
#include "options/id_list.h"
#include "options/key.h"
#include "options/mount_option.h"
#include "options/setting.h"

#define MOUNT_OPTIONS_MAX 768

/* What the command line says, before it is put together with the rest. */
struct command_line {
    struct options *options;
    struct settings *settings;
    struct buffer mount_options;
    char *config; /* owned */
};

/* -------- -o -------- */

static int command_line_pass(struct command_line *line, const char *option)
{
    int error = 0;
    if (line->mount_options.size > 0)
        error = buffer_append(&line->mount_options, ",", 1);
    if (!error)
        error = buffer_append(&line->mount_options, option, strlen(option));
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

static int command_line_read(struct command_line *line, int argc, char **argv)
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

/* -------- putting together -------- */

static int options_take_key(struct options *options, const struct settings *settings)
{
    const char *problem, *file = settings->text[SETTING_API_KEY_FILE];
    bool file_wins = file && settings->origin[SETTING_API_KEY_FILE] > ORIGIN_ENVIRONMENT;
    char *from_environment = key_take_from_environment(&problem);
    if (file && (file_wins || (!from_environment && !problem))) {
        key_free(from_environment);
        options->key = key_read(file);
        options->key_origin = strdup(file);
    } else if (problem) {
        log_error("QUESTIONPRO_API_KEY holds no key: %s", problem);
    } else if (from_environment) {
        options->key = from_environment;
        options->key_origin = strdup("QUESTIONPRO_API_KEY");
    } else {
        log_error("no API key: put it into a file that only you can read and give "
                  "-o api_key_file=FILE, or set QUESTIONPRO_API_KEY");
    }
    log_redact(options->key);
    return options->key && options->key_origin ? 0 : -EINVAL;
}

/* Whichever of api_url and env was said in the stronger place decides. */
static int options_take_url(struct options *options, const struct settings *settings)
{
    const char *url = settings->text[SETTING_API_URL];
    const char *env = settings->text[SETTING_ENV];
    bool env_wins =
        env && (!url || settings->origin[SETTING_ENV] > settings->origin[SETTING_API_URL]);
    if (!url || env_wins) {
        url = base_url_of(env ? env : "com");
        if (!url) {
            log_error("env=%s: no such data centre; there are %s", env, base_url_names());
            return -EINVAL;
        }
    }
    const char *problem = base_url_problem(url);
    if (problem) {
        log_error("api_url=%s: %s", url, problem);
        return -EINVAL;
    }
    options->api_url = strdup(url);
    if (!options->api_url)
        return -ENOMEM;
    for (size_t size = strlen(url); size > 0 && url[size - 1] == '/'; size--)
        options->api_url[size - 1] = '\0';
    return 0;
}

static int options_take_cacert(struct options *options, const struct settings *settings)
{
    const char *path = settings->text[SETTING_CACERT];
    if (!path)
        return 0;
    if (access(path, R_OK) == 0)
        options->cacert = realpath(path, NULL);
    if (!options->cacert) {
        log_error("cannot read the certificates in %s: %s", path, strerror(errno));
        return -errno;
    }
    return 0;
}

static int options_take_account(struct options *options, const struct settings *settings)
{
    struct tree_options *tree = &options->tree;
    tree->user_id = settings_number(settings, SETTING_USER_ID);
    int error = id_list_read(tree, settings->text[SETTING_ORGANIZATIONS],
                             settings->text[SETTING_DEPARTMENTS]);
    if (error)
        return error;
    if (!tree->user_id && !tree->organization_count) {
        log_error("what to show? Give user_id=N, the Customer ID of the My Account page, or "
                  "organizations=N, or departments=ORG/DEPT");
        return -EINVAL;
    }
    return 0;
}

static void options_take_numbers(struct options *options, const struct settings *settings)
{
    uint64_t uid = settings_number(settings, SETTING_UID);
    uint64_t gid = settings_number(settings, SETTING_GID);
    options->cache_ttl_ms = (int64_t)settings_number(settings, SETTING_CACHE_TTL) * 1000;
    options->stale_if_error_ms =
        (int64_t)settings_number(settings, SETTING_STALE_IF_ERROR) * 1000;
    options->timeout_ms = (int64_t)settings_number(settings, SETTING_TIMEOUT) * 1000;
    options->per_page = settings_number(settings, SETTING_PER_PAGE);
    options->parallel = (unsigned)settings_number(settings, SETTING_PARALLEL);
    options->rate = (unsigned)settings_number(settings, SETTING_RATE);
    options->max_calls = settings_number(settings, SETTING_MAX_CALLS);
    options->delay_connect = settings_number(settings, SETTING_DELAY_CONNECT) != 0;
    options->uid = settings->text[SETTING_UID] ? (uid_t)uid : getuid();
    options->gid = settings->text[SETTING_GID] ? (gid_t)gid : getgid();
    options->umask = (mode_t)settings_number(settings, SETTING_UMASK);
}

static int options_take_mount_options(struct command_line *line)
{
    bool other = settings_number(line->settings, SETTING_ALLOW_OTHER) != 0;
    bool root = settings_number(line->settings, SETTING_ALLOW_ROOT) != 0;
    int error = 0;
    if (other && root) {
        log_error(
            "allow_other and allow_root exclude each other: the first lets root in as well");
        return -EINVAL;
    }
    if (other)
        error = command_line_pass(line, "allow_other");
    if (root)
        error = command_line_pass(line, "allow_root");
    if (!error)
        error = buffer_append(&line->mount_options, "", 1);
    if (error)
        return error;
    line->options->mount_options = line->mount_options.data;
    line->mount_options.data = NULL;
    return line->options->source ? 0 : command_line_set(&line->options->source, "qpfs");
}

/* The demo brings its own account and key: a real one must not be sent there by mistake. */
static int options_take_demo(struct options *options, const struct settings *settings)
{
    const enum setting_name own[] = {SETTING_USER_ID, SETTING_API_KEY_FILE, SETTING_ENV,
                                     SETTING_API_URL, SETTING_CACERT};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (settings->text[own[i]]) {
            log_error("%s does not go with --demo, which brings its own account",
                      setting_row(own[i])->name);
            return -EINVAL;
        }
    }
    const char *problem;
    key_free(key_take_from_environment(&problem));
    return id_list_read(&options->tree, settings->text[SETTING_ORGANIZATIONS],
                        settings->text[SETTING_DEPARTMENTS]);
}

static int options_put_together(struct command_line *line)
{
    struct options *options = line->options;
    struct settings *settings = line->settings;
    int error;
    options_take_numbers(options, settings);
    if (options->action == ACTION_DEMO) {
        error = options_take_demo(options, settings);
    } else {
        error = options_take_account(options, settings);
        if (!error)
            error = options_take_url(options, settings);
        if (!error)
            error = options_take_cacert(options, settings);
        if (!error)
            error = options_take_key(options, settings);
    }
    return error ? error : options_take_mount_options(line);
}

int options_read(struct options *options, int argc, char **argv, bool *usage)
{
    struct settings settings = {.text = {NULL}};
    struct command_line line = {.options = options, .settings = &settings};
    *options = (struct options){.action = ACTION_MOUNT};
    buffer_init(&line.mount_options, MOUNT_OPTIONS_MAX);
    int error = command_line_read(&line, argc, argv);
    *usage = error == -EINVAL;
    if (!error && options->action == ACTION_MOUNT) {
        error = config_read(&settings, line.config);
        if (!error)
            error = settings_read_environment(&settings);
    }
    if (!error && (options->action == ACTION_MOUNT || options->action == ACTION_DEMO))
        error = options_put_together(&line);
    if (error == -ENOMEM)
        log_error("out of memory");
    settings_finish(&settings);
    buffer_finish(&line.mount_options);
    free(line.config);
    return error;
}

void options_finish(struct options *options)
{
    log_redact(NULL);
    key_free(options->key);
    free(options->key_origin);
    free(options->mount_point);
    free(options->source);
    free(options->mount_options);
    free(options->api_url);
    free(options->cacert);
    free(options->tree.organizations);
    free(options->tree.departments);
    *options = (struct options){.action = ACTION_HELP};
}
