#include "options/setting.h"

#include <stdio.h>

#include "api/bucket.h"
#include "base/number.h"

#define SECONDS_A_WEEK 604800
#define ID_NONE        UINT32_MAX /* as uid or gid: not set */

static const struct setting setting_rows[SETTING_COUNT] = {
    [SETTING_USER_ID] = {.name = "user_id",
                         .value = "N",
                         .help = "Customer ID: for communities, and to find the organization",
                         .environment = "QUESTIONPRO_USER_ID",
                         .type = SETTING_NUMBER,
                         .min = 1,
                         .max = NUMBER_ID_MAX},
    [SETTING_ORGANIZATIONS] = {.name = "organizations",
                               .value = "N[:N...]",
                               .help = "organizations to show",
                               .standard_text = "that of user_id"},
    [SETTING_DEPARTMENTS] = {.name = "departments",
                             .value = "ORG/DEPT[:...]",
                             .help = "departments to show where the key may not list them",
                             .standard_text = "listed by the API"},
    [SETTING_API_KEY_FILE] = {.name = "api_key_file",
                              .value = "FILE",
                              .help = "file with the key, readable by you alone",
                              .type = SETTING_FILE},
    [SETTING_ENV] = {.name = "env",
                     .value = "NAME",
                     .help = "data centre",
                     .environment = "QUESTIONPRO_ENV",
                     .standard_text = "com"},
    [SETTING_API_URL] = {.name = "api_url",
                         .value = "URL",
                         .help = "base URL, up to /a/api/v2",
                         .environment = "QUESTIONPRO_API_URL",
                         .standard_text = "by env"},
    [SETTING_CACERT] = {.name = "cacert",
                        .value = "FILE",
                        .help = "certificates to trust",
                        .standard_text = "the system's",
                        .type = SETTING_FILE},
    [SETTING_PROXY] = {.name = "proxy",
                       .value = "URL|none",
                       .help = "proxy for calls",
                       .standard_text = "the environment's"},
    [SETTING_COMMUNITIES] = {.name = "communities",
                             .value = "no",
                             .help = "leave communities/ out",
                             .standard_text = "yes",
                             .type = SETTING_FLAG,
                             .standard = 1},
    [SETTING_EMPTY_LISTS] = {.name = "empty_lists",
                             .value = "404",
                             .help = "the service says 404 of a list without anybody",
                             .standard_text = "off",
                             .type = SETTING_NUMBER,
                             .min = 404,
                             .max = 404},
    [SETTING_CACHE_TTL] = {.name = "cache_ttl",
                           .value = "S",
                           .help = "seconds a listing serves",
                           .type = SETTING_SECONDS,
                           .min = 1,
                           .max = SECONDS_A_WEEK,
                           .standard = 60},
    [SETTING_STALE_IF_ERROR] = {.name = "stale_if_error",
                                .value = "S",
                                .help = "seconds more while the service fails",
                                .type = SETTING_SECONDS,
                                .max = SECONDS_A_WEEK,
                                .standard = 300},
    [SETTING_TIMEOUT] = {.name = "timeout",
                         .value = "S",
                         .help = "seconds one page may take, waits and retries included",
                         .type = SETTING_SECONDS,
                         .min = 1,
                         .max = 3600,
                         .standard = 30},
    [SETTING_PER_PAGE] = {.name = "per_page",
                          .value = "N",
                          .help = "items a call",
                          .type = SETTING_NUMBER,
                          .min = 1,
                          .max = 100000,
                          .standard = 1000},
    [SETTING_PARALLEL] = {.name = "parallel",
                          .value = "N",
                          .help = "calls in flight for a listing",
                          .type = SETTING_NUMBER,
                          .min = 1,
                          .max = 64,
                          .standard = 8},
    [SETTING_RATE] = {.name = "rate",
                      .value = "N",
                      .help = "calls a minute",
                      .type = SETTING_NUMBER,
                      .min = 1,
                      .max = BUCKET_RATE_MAX,
                      .standard = 300},
    [SETTING_MAX_CALLS] = {.name = "max_calls",
                           .value = "N",
                           .help = "calls this mount may make in all",
                           .standard_text = "any",
                           .type = SETTING_NUMBER,
                           .min = 1,
                           .max = UINT32_MAX},
    [SETTING_ALLOWANCE] = {.name = "allowance",
                           .value = "N",
                           .help = "calls that the subscription has in all",
                           .standard_text = "not known",
                           .type = SETTING_NUMBER,
                           .min = 1,
                           .max = UINT32_MAX},
    [SETTING_RESERVE] = {.name = "reserve",
                         .value = "N|N%",
                         .help = "calls of the allowance to keep back",
                         .type = SETTING_SHARE,
                         .max = UINT32_MAX,
                         .standard = 10},
    [SETTING_DELAY_CONNECT] = {.name = "delay_connect",
                               .help = "mount without trying the key first",
                               .type = SETTING_FLAG},
    [SETTING_REPLACE_DEAD] = {.name = "replace_dead",
                              .help =
                                  "take the place of a mount of qpfs whose program has died",
                              .type = SETTING_FLAG},
    [SETTING_SHOW_EXPORTS] = {.name = "show_exports",
                              .help = "list users.jsonl, users.csv and the like",
                              .type = SETTING_FLAG},
    [SETTING_UID] = {.name = "uid",
                     .value = "N",
                     .help = "owner of all files",
                     .standard_text = "you",
                     .type = SETTING_NUMBER,
                     .max = ID_NONE - 1,
                     .standard = ID_NONE},
    [SETTING_GID] = {.name = "gid",
                     .value = "N",
                     .help = "group of all files",
                     .standard_text = "yours",
                     .type = SETTING_NUMBER,
                     .max = ID_NONE - 1,
                     .standard = ID_NONE},
    [SETTING_UMASK] = {.name = "umask",
                       .value = "M",
                       .help = "permissions taken away, in octal",
                       .type = SETTING_OCTAL,
                       .max = 0777,
                       .standard = 077},
    [SETTING_ALLOW_OTHER] = {.name = "allow_other",
                             .help = "let other users in, as uid and umask allow",
                             .type = SETTING_FLAG},
    [SETTING_ALLOW_ROOT] = {.name = "allow_root",
                            .help = "let root in, with umask=077 and no other uid",
                            .type = SETTING_FLAG},
    [SETTING_FSNAME] = {.name = "fsname",
                        .value = "NAME",
                        .help = "device that mount and df show",
                        .standard_text = "qpfs",
                        .command_line_only = true},
    [SETTING_CONFIG] = {.name = "config",
                        .value = "FILE",
                        .help = "configuration file",
                        .standard_text = "~/.config/qpfs/config, else /etc/qpfs.conf",
                        .type = SETTING_FILE,
                        .command_line_only = true},
};

const struct setting *setting_row(enum setting_name name)
{
    return &setting_rows[name];
}

const char *setting_standard(const struct setting *row, char text[static SETTING_STANDARD_SIZE])
{
    unsigned long long standard = row->standard;
    const char *format = NULL;
    if (row->standard_text)
        return row->standard_text;
    if (row->type == SETTING_FLAG)
        return "off";
    bool number = row->type == SETTING_NUMBER || row->type == SETTING_SECONDS;
    if (number && standard)
        format = "%llu";
    else if (row->type == SETTING_SHARE)
        format = "%llu%%";
    else if (row->type == SETTING_OCTAL)
        format = "%03llo";
    if (!format)
        return NULL;
    snprintf(text, SETTING_STANDARD_SIZE, format, standard);
    return text;
}
