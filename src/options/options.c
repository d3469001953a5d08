#include "options/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/base_url.h"
#include "api/data_centre.h"
#include "api/proxy_url.h"
#include "base/log.h"
#include "base/wipe.h"
#include "options/command_line.h"
#include "options/config.h"
#include "options/id_list.h"
#include "options/key.h"
#include "options/state.h"

static int options_take_key(struct options *options, const struct settings *settings)
{
    const char *problem, *file = settings->text[SETTING_API_KEY_FILE];
    bool file_wins = file && settings->origin[SETTING_API_KEY_FILE] > ORIGIN_ENVIRONMENT;
    char *from_environment = key_take_from_environment(&problem);
    if (file && (file_wins || (!from_environment && !problem))) {
        key_free(from_environment);
        options->key = key_file_read(&options->key_file, file);
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
        url = data_centre_url(env ? env : "com");
        if (!url) {
            log_error("env=%s: no such data centre; there are %s; for any other give "
                      "api_url=https://HOST/a/api/v2",
                      env, data_centre_names());
            return -EINVAL;
        }
    }
    const char *problem = base_url_problem(url);
    if (problem) {
        log_error("api_url: %s", problem); /* which may hold a password */
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
        log_error(
            "cannot read the certificates in %s: %s; name a file of certificates (PEM), or "
            "leave cacert= out for the system's",
            path, strerror(errno));
        return -errno;
    }
    return 0;
}

/* In the order of curl. */
static const char *options_proxy_of_environment(const char **name)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = getenv(names[i]);
        *name = names[i];
        if (text && *text)
            return text;
    }
    return NULL;
}

/* A request by http:// goes to this machine, and would show the key to a proxy. */
static int options_take_proxy(struct options *options, const struct settings *settings)
{
    const char *problem, *origin = "proxy", *text = settings->text[SETTING_PROXY];
    bool on_command_line = settings->origin[SETTING_PROXY] == ORIGIN_COMMAND_LINE;
    bool plain = strncasecmp(options->api_url, "http:", 5) == 0;
    bool given = text != NULL;
    if (!given && !plain)
        text = options_proxy_of_environment(&origin);
    if (!text || (given && strcmp(text, "none") == 0))
        return 0;
    options->proxy = proxy_url_read(text, &problem);
    if (!options->proxy) {
        log_error("%s: %s; or give proxy=none", origin, problem); /* may hold a password */
        return -EINVAL;
    }
    if (given && on_command_line && proxy_url_has_user(options->proxy)) {
        log_error("proxy: its user and password do not belong on the command line, where "
                  "everyone on this machine sees them: write proxy = URL into the "
                  "configuration file, or set https_proxy");
        return -EINVAL;
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
    options->tree.no_communities = settings_number(settings, SETTING_COMMUNITIES) == 0;
    options->missing_is_empty = settings_number(settings, SETTING_EMPTY_LISTS) != 0;
    options->delay_connect = settings_number(settings, SETTING_DELAY_CONNECT) != 0;
    options->tree.show_exports = settings_number(settings, SETTING_SHOW_EXPORTS) != 0;
    options->replace_dead = settings_number(settings, SETTING_REPLACE_DEAD) != 0;
    options->uid = settings->text[SETTING_UID] ? (uid_t)uid : getuid();
    options->gid = settings->text[SETTING_GID] ? (gid_t)gid : getgid();
    options->umask = (mode_t)settings_number(settings, SETTING_UMASK);
}

static int options_take_allowance(struct options *options, const struct settings *settings)
{
    options->allowance = settings_number(settings, SETTING_ALLOWANCE);
    options->reserve = settings_share(settings, SETTING_RESERVE, options->allowance);
    if (settings->text[SETTING_RESERVE] && !options->allowance) {
        log_error("reserve=%s: of what? Give allowance=N, the calls of the subscription",
                  settings->text[SETTING_RESERVE]);
        return -EINVAL;
    }
    if (options->allowance && options->reserve >= options->allowance) {
        log_error("reserve=%s keeps back all calls of allowance=%s",
                  settings->text[SETTING_RESERVE], settings->text[SETTING_ALLOWANCE]);
        return -EINVAL;
    }
    options->state_directory = state_directory();
    return 0;
}

static int options_take_mount_options(struct command_line *line)
{
    bool other = settings_number(line->settings, SETTING_ALLOW_OTHER) != 0;
    bool root = settings_number(line->settings, SETTING_ALLOW_ROOT) != 0;
    if (other && root) {
        log_error(
            "allow_other and allow_root exclude each other: the first lets root in as well");
        return -EINVAL;
    }
    /* libfuse keeps others out of requests, and the kernel answers from what it holds without
     * one. */
    if (root && ((line->options->umask & 077) != 077 || line->options->uid != getuid())) {
        log_error(
            "allow_root needs umask=077 and no uid= of someone else: other users could read "
            "what the kernel holds; or let them in with allow_other");
        return -EINVAL;
    }
    line->options->allow_other = other;
    line->options->allow_root = root;
    int error = buffer_append(&line->mount_options, "", 1);
    if (error)
        return error;
    line->options->mount_options = line->mount_options.data;
    line->mount_options.data = NULL;
    if (!line->options->source)
        line->options->source = strdup("qpfs");
    return line->options->source ? 0 : -ENOMEM;
}

/* The demo brings its own account and key: a real one must not be sent there by mistake. */
static int options_take_demo(struct options *options, const struct settings *settings)
{
    const enum setting_name own[] = {SETTING_USER_ID,   SETTING_API_KEY_FILE, SETTING_ENV,
                                     SETTING_API_URL,   SETTING_CACERT,       SETTING_PROXY,
                                     SETTING_ALLOWANCE, SETTING_RESERVE};
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
            error = options_take_proxy(options, settings);
        if (!error)
            error = options_take_allowance(options, settings);
        if (!error)
            error = options_take_key(options, settings);
    }
    return error ? error : options_take_mount_options(line);
}

int options_read(struct options *options, int argc, char **argv, bool *usage)
{
    struct settings settings = {.text = {NULL}};
    struct command_line line;
    *options = (struct options){.action = ACTION_MOUNT};
    command_line_init(&line, options, &settings);
    int error = command_line_read(&line, argc, argv);
    *usage = error == -EINVAL;
    bool account = options->action == ACTION_MOUNT || options->action == ACTION_CHECK;
    if (!error && account) {
        error = config_read(&settings, settings.text[SETTING_CONFIG]);
        if (!error)
            error = settings_read_environment(&settings);
    }
    if (!error && (account || options->action == ACTION_DEMO))
        error = options_put_together(&line);
    if (error == -ENOMEM)
        log_error("out of memory");
    settings_finish(&settings);
    command_line_finish(&line);
    return error;
}

void options_finish(struct options *options)
{
    log_redact(NULL);
    key_free(options->key);
    free(options->key_origin);
    key_file_finish(&options->key_file);
    free(options->mount_point);
    free(options->record);
    free(options->source);
    free(options->mount_options);
    free(options->api_url);
    free(options->cacert);
    wipe_free(options->proxy);
    free(options->state_directory);
    free(options->tree.organizations);
    free(options->tree.departments);
    *options = (struct options){.action = ACTION_HELP};
}
