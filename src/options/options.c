/* Puts together what the command line, the environment and the configuration file say. */
#include "options/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/url.h"
#include "base/log.h"
#include "base/number.h"
#include "base/wipe.h"
#include "options/id_list.h"

static int options_take_key(struct options *options, const struct settings *settings)
{
    const char *problem, *file = options->given.api_key_file;
    bool file_wins =
        settings_origin(settings, &options->given.api_key_file) > ORIGIN_ENVIRONMENT;
    char *from_environment = key_take_from_environment(&problem);
    if (file && (file_wins || (!from_environment && !problem))) {
        wipe_free(from_environment);
        options->client.key = key_file_read(&options->key_file, file);
        options->key_origin = file;
    } else if (problem) {
        log_error("QUESTIONPRO_API_KEY holds no key: %s", problem);
    } else if (from_environment) {
        options->client.key = from_environment;
        options->key_origin = "QUESTIONPRO_API_KEY";
    } else if (options->client_cert.path) {
        options->key_origin = options->client_cert.path;
        return 0;
    } else {
        log_error("no API key: put it into a file that only you can read and give "
                  "-o api_key_file=FILE, or set QUESTIONPRO_API_KEY");
    }
    log_redact(options->client.key);
    return options->client.key ? 0 : -EINVAL;
}

/* It opens a proxy that has the key, so none is needed here. */
static int options_take_client_cert(struct options *options)
{
    const struct options_given *given = &options->given;
    if (!given->client_cert && !given->client_cert_key)
        return 0;
    if (!given->client_cert) {
        log_error("client_cert_key=%s: of what? Give client_cert=FILE, the certificate",
                  given->client_cert_key);
        return -EINVAL;
    }
    if (strncasecmp(options->client.base_url, "https:", 6) != 0) {
        log_error("client_cert: a certificate is shown over https:// alone; see api_url");
        return -EINVAL;
    }
    return client_cert_read(&options->client_cert, given->client_cert, given->client_cert_key,
                            &options->client.credentials);
}

/* If both api_url and env are given, the one in the stronger place counts. */
static int options_take_url(struct options *options, const struct settings *settings)
{
    const char *url = options->client.base_url, *env = options->given.env;
    bool env_wins = settings_origin(settings, &options->given.env) >
                    settings_origin(settings, &options->client.base_url);
    if (!url || env_wins) {
        url = base_url_of(env ? env : "com");
        if (!url) {
            log_error("env=%s: no such data centre; there are %s; for any other give "
                      "api_url=https://HOST/a/api/v2",
                      env, base_url_envs());
            return -EINVAL;
        }
    }
    const char *problem = base_url_problem(url);
    if (problem) {
        log_error("api_url: %s", problem); /* which may hold a password */
        return -EINVAL;
    }
    size_t size = strlen(url);
    while (size > 0 && url[size - 1] == '/')
        size--;
    char *whole = strndup(url, size);
    setting_replace(&options->client.base_url, whole);
    return whole ? 0 : -ENOMEM;
}

/* A link is followed anew each time that curl reads the file: what renews certificates often
 * puts another link in its place. */
static int options_take_cacert(struct options *options)
{
    const char *path = options->client.cacert;
    if (!path)
        return 0;
    char *absolute = access(path, R_OK) == 0 ? setting_absolute_path(path) : NULL;
    if (!absolute) {
        int error = errno;
        log_error(
            "cannot read the certificates in %s: %s; name a file of certificates (PEM), or "
            "leave cacert= out for the system's",
            path, strerror(error));
        return -error;
    }
    setting_replace(&options->client.cacert, absolute);
    return 0;
}

/* Return the first that is set, in the order of curl; NULL if none is. *NAME is which. */
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
    const char **proxy = &options->client.proxy;
    const char *problem, *origin = "proxy", *text = *proxy;
    bool on_command_line = settings_origin(settings, proxy) == ORIGIN_COMMAND_LINE;
    bool plain = strncasecmp(options->client.base_url, "http:", 5) == 0;
    if (!text && !plain)
        text = options_proxy_of_environment(&origin);
    if (!text)
        return 0;
    if (*proxy && strcmp(text, "none") == 0) {
        setting_replace(proxy, NULL);
        return 0;
    }
    char *read = proxy_url_read(text, &problem);
    if (!read) {
        log_error("%s: %s; or give proxy=none", origin, problem); /* may hold a password */
        return -EINVAL;
    }
    setting_replace(proxy, read);
    if (on_command_line && proxy_url_has_user(read)) {
        log_error("proxy: its user and password do not belong on the command line, where "
                  "everyone on this machine sees them: write proxy = URL into the "
                  "configuration file, or set https_proxy");
        return -EINVAL;
    }
    return 0;
}

static int options_take_account(struct options *options)
{
    struct tree_options *tree = &options->tree;
    int error = id_list_read(tree, options->given.organizations, options->given.departments);
    if (error)
        return error;
    if (!tree->user_id && !tree->organization_count) {
        log_error("what to show? Give user_id=N, the Customer ID of the My Account page, or "
                  "organizations=N, or departments=ORG/DEPT");
        return -EINVAL;
    }
    return 0;
}

/* Return where the ledger is kept: $XDG_STATE_HOME/qpfs, else ~/.local/state/qpfs. It need not
 * exist. Return NULL if nothing says where home is, or memory is out. */
static char *options_state_directory(void)
{
    const char *xdg = getenv("XDG_STATE_HOME");
    const char *home = setting_home();
    char *path;
    if (xdg && *xdg == '/')
        return asprintf(&path, "%s/qpfs", xdg) < 0 ? NULL : path;
    if (!home)
        return NULL;
    return asprintf(&path, "%s/.local/state/qpfs", home) < 0 ? NULL : path;
}

/* Read TEXT, which is not empty: a number of calls, or so many percent of ALLOWANCE, rounded
 * down. */
static bool options_read_reserve(const char *text, uint64_t allowance, uint64_t *calls)
{
    size_t size = strlen(text);
    bool percent = text[size - 1] == '%';
    if (!number_parse(text, size - percent, percent ? 99 : UINT32_MAX, calls))
        return false;
    if (percent)
        *calls = allowance * *calls / 100;
    return true;
}

static int options_take_allowance(struct options *options, const struct settings *settings)
{
    struct ledger_options *ledger = &options->ledger;
    const char *given = options->given.reserve, *reserve = given ? given : "10%";
    if (!options_read_reserve(reserve, ledger->allowance, &ledger->reserve)) {
        log_error("%sreserve=%s: it is a whole number, or a percentage from 0%% to 99%%",
                  settings_place(settings, &options->given.reserve), reserve);
        return -EINVAL;
    }
    if (given && !ledger->allowance) {
        log_error("reserve=%s: of what? Give allowance=N, the calls of the subscription",
                  reserve);
        return -EINVAL;
    }
    if (ledger->allowance && ledger->reserve >= ledger->allowance) {
        log_error("reserve=%s keeps back all calls of allowance=%" PRIu64, reserve,
                  ledger->allowance);
        return -EINVAL;
    }
    ledger->directory = options_state_directory();
    return 0;
}

static int options_take_session(struct options *options)
{
    struct session_options *session = &options->session;
    if (session->allow_other && session->allow_root) {
        log_error(
            "allow_other and allow_root exclude each other: the first lets root in as well");
        return -EINVAL;
    }
    /* libfuse keeps others out of requests, and the kernel answers from what it holds without
     * one. */
    if (session->allow_root &&
        ((options->fs.umask & 077) != 077 || options->fs.uid != getuid())) {
        log_error(
            "allow_root needs umask=077 and no uid= of someone else: other users could read "
            "what the kernel holds; or let them in with allow_other");
        return -EINVAL;
    }
    if (!session->source)
        session->source = strdup("qpfs");
    return session->source ? 0 : -ENOMEM;
}

/* The demo brings its own account and key: a real one must not be sent there by mistake. */
static int options_take_demo(struct options *options, const struct settings *settings)
{
    for (size_t i = 0; setting_rows[i].name; i++) {
        if (setting_rows[i].of_account && settings->origins[i]) {
            log_error("%s does not go with --demo, which brings its own account",
                      setting_rows[i].name);
            return -EINVAL;
        }
    }
    const char *problem;
    wipe_free(key_take_from_environment(&problem));
    return id_list_read(&options->tree, options->given.organizations,
                        options->given.departments);
}

int options_put_together(struct options *options, const struct settings *settings)
{
    int error;
    if (options->action == ACTION_DEMO) {
        error = options_take_demo(options, settings);
    } else {
        error = options_take_account(options);
        if (!error)
            error = options_take_url(options, settings);
        if (!error)
            error = options_take_cacert(options);
        if (!error)
            error = options_take_client_cert(options);
        if (!error)
            error = options_take_proxy(options, settings);
        if (!error)
            error = options_take_allowance(options, settings);
        if (!error)
            error = options_take_key(options, settings);
    }
    options->fs.timeout_ms = options->client.timeout_ms;
    return error ? error : options_take_session(options);
}

void options_finish(struct options *options)
{
    log_redact(NULL);
    setting_free_texts(options);
    wipe_free((char *)options->client.key);
    key_file_finish(&options->key_file);
    client_cert_finish(&options->client_cert);
    client_cert_free_texts(&options->client.credentials);
    free((char *)options->session.mount_options);
    free((char *)options->ledger.directory);
    free(options->tree.organizations);
    free(options->tree.departments);
    *options = (struct options){.action = ACTION_HELP};
}
