/* Lists all options, each as a row of one table. */
#include <assert.h>
#include <stdio.h>

#include "api/bucket.h"
#include "base/number.h"
#include "options/options.h"

#define SECONDS_A_WEEK 604800

/* Where the value goes: to a field of struct options, which is of a type of settings. */
#define FIELD(kind, member)                                                                    \
    .type = (kind), .field = offsetof(struct options, member),                                 \
    .size = sizeof(((struct options *)NULL)->member)

/* Name, value, help, and where it goes; then what not every option has. */
const struct setting setting_rows[] = {
    {"user_id", "N", "Customer ID: for communities, and to find the organization",
     FIELD(SETTING_NUMBER, tree.user_id), .min = 1, .max = NUMBER_ID_MAX,
     .environment = "QUESTIONPRO_USER_ID", .of_account = true},
    {"organizations", "N[:N...]", "organizations to show",
     FIELD(SETTING_TEXT, given.organizations), .default_text = "that of user_id"},
    {"departments", "ORG/DEPT[:...]", "departments to show where the key may not list them",
     FIELD(SETTING_TEXT, given.departments), .default_text = "listed by the API"},
    {"api_key_file", "FILE", "file with the key, readable by you alone",
     FIELD(SETTING_FILE, given.api_key_file), .of_account = true},
    {"env", "NAME", "data centre", FIELD(SETTING_TEXT, given.env), .default_text = "com",
     .environment = "QUESTIONPRO_ENV", .of_account = true},
    {"api_url", "URL", "base URL, up to /a/api/v2", FIELD(SETTING_TEXT, client.base_url),
     .default_text = "by env", .environment = "QUESTIONPRO_API_URL", .of_account = true},
    {"cacert", "FILE", "certificates to trust", FIELD(SETTING_FILE, client.cacert),
     .default_text = "the system's", .of_account = true},
    {"client_cert", "FILE", "certificate that this machine shows, in place of a key",
     FIELD(SETTING_FILE, given.client_cert), .of_account = true},
    {"client_cert_key", "FILE", "its private key, readable by you alone",
     FIELD(SETTING_FILE, given.client_cert_key), .default_text = "in client_cert",
     .of_account = true},
    {"proxy", "URL|none", "proxy for calls", FIELD(SETTING_TEXT, client.proxy),
     .default_text = "the environment's", .of_account = true},
    {"communities", "no", "leave communities/ out", FIELD(SETTING_FLAG, tree.communities),
     .default_number = 1, .default_text = "yes"},
    {"empty_lists", "404", "the service says 404 of a list without anybody",
     FIELD(SETTING_NUMBER, cache.missing_is_empty), .min = 404, .max = 404,
     .default_text = "off"},
    {"cache_ttl", "S", "seconds a listing serves", FIELD(SETTING_SECONDS, cache.ttl_ms),
     .min = 1, .max = SECONDS_A_WEEK, .default_number = 60},
    {"stale_if_error", "S", "seconds more while the service fails",
     FIELD(SETTING_SECONDS, cache.stale_ms), .max = SECONDS_A_WEEK, .default_number = 300},
    {"timeout", "S", "seconds one page may take from when it is sent, retries included",
     FIELD(SETTING_SECONDS, client.timeout_ms), .min = 1, .max = 3600, .default_number = 30},
    {"per_page", "N", "items a call", FIELD(SETTING_NUMBER, cache.per_page), .min = 1,
     .max = 100000, .default_number = 1000},
    {"parallel", "N", "calls in flight for a listing", FIELD(SETTING_NUMBER, cache.parallel),
     .min = 1, .max = 64, .default_number = 8},
    {"rate", "N", "calls a minute", FIELD(SETTING_NUMBER, client.rate), .min = 1,
     .max = BUCKET_RATE_MAX, .default_number = 300},
    {"max_calls", "N", "calls this mount may make in all",
     FIELD(SETTING_NUMBER, client.max_calls), .min = 1, .max = UINT32_MAX,
     .default_text = "any"},
    {"allowance", "N", "calls that the subscription has in all",
     FIELD(SETTING_NUMBER, ledger.allowance), .min = 1, .max = UINT32_MAX,
     .default_text = "not known", .of_account = true},
    {"reserve", "N|N%", "calls of the allowance to keep back",
     FIELD(SETTING_TEXT, given.reserve), .default_text = "10%", .of_account = true},
    {"delay_connect", NULL, "mount without trying the key first",
     FIELD(SETTING_FLAG, delay_connect)},
    {"one_list", NULL, "take the users of all departments from the organization's list",
     FIELD(SETTING_FLAG, tree.one_list)},
    {"show_exports", NULL, "list users.jsonl, users.csv and the like",
     FIELD(SETTING_FLAG, tree.show_exports)},
    {"show_organization_users", NULL, "list users/ and by-email/ of organizations",
     FIELD(SETTING_FLAG, tree.show_everybody)},
    {"replace_dead", NULL, "take the place of a mount of qpfs whose program has died",
     FIELD(SETTING_FLAG, replace_dead)},
    {"uid", "N", "owner of all files", FIELD(SETTING_NUMBER, fs.uid), .max = UINT32_MAX - 1,
     .default_text = "you"},
    {"gid", "N", "group of all files", FIELD(SETTING_NUMBER, fs.gid), .max = UINT32_MAX - 1,
     .default_text = "yours"},
    {"umask", "M", "permissions taken away, in octal", FIELD(SETTING_OCTAL, fs.umask),
     .max = 0777, .default_number = 077},
    {"allow_other", NULL, "let other users in, as uid and umask allow",
     FIELD(SETTING_FLAG, session.allow_other)},
    {"allow_root", NULL, "let root in, with umask=077 and no other uid",
     FIELD(SETTING_FLAG, session.allow_root)},
    {"fsname", "NAME", "device that mount and df show", FIELD(SETTING_TEXT, session.source),
     .default_text = "qpfs", .command_line_only = true},
    {"config", "FILE", "configuration file", FIELD(SETTING_FILE, given.config),
     .default_text = "~/.config/qpfs/config, else /etc/qpfs.conf", .command_line_only = true},
    {.name = NULL},
};

static_assert(sizeof setting_rows / sizeof *setting_rows <= SETTINGS_MAX,
              "no room for the origins of all options");

const char *setting_default(const struct setting *row, char text[static SETTING_DEFAULT_SIZE])
{
    unsigned long long number = row->default_number;
    const char *format = NULL;
    if (row->default_text)
        return row->default_text;
    if (row->type == SETTING_FLAG)
        return "off";
    bool decimal = row->type == SETTING_NUMBER || row->type == SETTING_SECONDS;
    if (decimal && number)
        format = "%llu";
    else if (row->type == SETTING_OCTAL)
        format = "%03llo";
    if (!format)
        return NULL;
    snprintf(text, SETTING_DEFAULT_SIZE, format, number);
    return text;
}
