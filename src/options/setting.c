#include "options/setting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/bucket.h"
#include "base/log.h"
#include "base/number.h"

#define SECONDS_A_WEEK 604800
#define ID_NONE        UINT32_MAX /* as uid or gid: not set */

static const struct setting setting_rows[SETTING_COUNT] = {
    [SETTING_USER_ID] = {"user_id", "N",
                         "Customer ID: for communities, and to find the organization",
                         "QUESTIONPRO_USER_ID", SETTING_NUMBER, 1, NUMBER_ID_MAX, 0},
    [SETTING_ORGANIZATIONS] = {"organizations", "N[:N...]",
                               "organizations to show (default: that of user_id)", NULL,
                               SETTING_TEXT, 0, 0, 0},
    [SETTING_DEPARTMENTS] = {"departments", "ORG/DEPT[:...]",
                             "departments to show where the key may not list them", NULL,
                             SETTING_TEXT, 0, 0, 0},
    [SETTING_API_KEY_FILE] = {"api_key_file", "FILE",
                              "file with the key, readable by you alone", NULL, SETTING_TEXT, 0,
                              0, 0},
    [SETTING_ENV] = {"env", "NAME", "data centre (default: com)", "QUESTIONPRO_ENV",
                     SETTING_TEXT, 0, 0, 0},
    [SETTING_API_URL] = {"api_url", "URL", "base URL, up to /a/api/v2 (default: by env)",
                         "QUESTIONPRO_API_URL", SETTING_TEXT, 0, 0, 0},
    [SETTING_CACERT] = {"cacert", "FILE", "certificates to trust (default: the system's)", NULL,
                        SETTING_TEXT, 0, 0, 0},
    [SETTING_CACHE_TTL] = {"cache_ttl", "S", "seconds a listing serves (default: 60)", NULL,
                           SETTING_NUMBER, 1, SECONDS_A_WEEK, 60},
    [SETTING_STALE_IF_ERROR] = {"stale_if_error", "S",
                                "seconds more while the service fails (default: 300)", NULL,
                                SETTING_NUMBER, 0, SECONDS_A_WEEK, 300},
    [SETTING_TIMEOUT] = {"timeout", "S", "seconds one page may take in all (default: 30)", NULL,
                         SETTING_NUMBER, 1, 3600, 30},
    [SETTING_PER_PAGE] = {"per_page", "N", "items a call (default: the most the API gives)",
                          NULL, SETTING_NUMBER, 1, 100000, 1000},
    [SETTING_PARALLEL] = {"parallel", "N", "calls in flight for a listing (default: 8)", NULL,
                          SETTING_NUMBER, 1, 64, 8},
    [SETTING_RATE] = {"rate", "N", "calls a minute (default: 300)", NULL, SETTING_NUMBER, 1,
                      BUCKET_RATE_MAX, 300},
    [SETTING_MAX_CALLS] = {"max_calls", "N", "calls this mount may make in all (default: any)",
                           NULL, SETTING_NUMBER, 1, UINT32_MAX, 0},
    [SETTING_DELAY_CONNECT] = {"delay_connect", NULL, "mount without trying the key first",
                               NULL, SETTING_FLAG, 0, 1, 0},
    [SETTING_UID] = {"uid", "N", "owner of all files (default: you)", NULL, SETTING_NUMBER, 0,
                     ID_NONE - 1, ID_NONE},
    [SETTING_GID] = {"gid", "N", "group of all files (default: yours)", NULL, SETTING_NUMBER, 0,
                     ID_NONE - 1, ID_NONE},
    [SETTING_UMASK] = {"umask", "M", "permissions taken away, in octal (default: 077)", NULL,
                       SETTING_OCTAL, 0, 0777, 077},
    [SETTING_ALLOW_OTHER] = {"allow_other", NULL, "let other users in, as uid and umask allow",
                             NULL, SETTING_FLAG, 0, 1, 0},
    [SETTING_ALLOW_ROOT] = {"allow_root", NULL, "let root in", NULL, SETTING_FLAG, 0, 1, 0},
};

static const char *const setting_origins[] = {
    [ORIGIN_FILE] = "in the configuration file: ",
    [ORIGIN_ENVIRONMENT] = "in the environment: ",
    [ORIGIN_COMMAND_LINE] = "",
};

const struct setting *setting_row(enum setting_name name)
{
    return &setting_rows[name];
}

void settings_finish(struct settings *settings)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        free(settings->text[i]);
    *settings = (struct settings){.text = {NULL}};
}

static bool setting_parse_octal(const char *text, uint64_t max, uint64_t *number)
{
    char *end;
    if (*text < '0' || *text > '7')
        return false;
    *number = strtoul(text, &end, 8);
    return *end == '\0' && *number <= max;
}

static bool setting_parse_flag(const char *text, uint64_t *number)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0) {
            *number = i % 2;
            return true;
        }
    }
    return false;
}

static bool setting_parse(const struct setting *row, const char *text, uint64_t *number)
{
    switch (row->type) {
    case SETTING_TEXT:
        return *text != '\0';
    case SETTING_NUMBER:
        return number_parse(text, strlen(text), row->max, number) && *number >= row->min;
    case SETTING_OCTAL:
        return setting_parse_octal(text, row->max, number);
    case SETTING_FLAG:
        return setting_parse_flag(text, number);
    }
    return false;
}

static int setting_refuse(const struct setting *row, const char *value,
                          enum setting_origin origin)
{
    const char *where = setting_origins[origin];
    if (row->type == SETTING_TEXT)
        log_error("%s%s needs a value: %s=%s", where, row->name, row->name, row->value);
    else if (row->type == SETTING_FLAG)
        log_error("%s%s=%s: it is yes or no", where, row->name, value);
    else if (row->type == SETTING_OCTAL)
        log_error("%s%s=%s: it is an octal number, as 022", where, row->name, value);
    else
        log_error("%s%s=%s: it is a whole number from %llu to %llu", where, row->name, value,
                  (unsigned long long)row->min, (unsigned long long)row->max);
    return -EINVAL;
}

int settings_set(struct settings *settings, const char *name, size_t name_size,
                 const char *value, enum setting_origin origin)
{
    uint64_t number;
    size_t i = 0;
    while (i < SETTING_COUNT && (strlen(setting_rows[i].name) != name_size ||
                                 memcmp(setting_rows[i].name, name, name_size) != 0))
        i++;
    if (i == SETTING_COUNT)
        return -ENOENT;
    const struct setting *row = &setting_rows[i];
    if (!value)
        value = row->type == SETTING_FLAG ? "yes" : "";
    if (!setting_parse(row, value, &number))
        return setting_refuse(row, value, origin);
    if (settings->text[i] && settings->origin[i] > origin)
        return 0;
    char *text = strdup(value);
    if (!text)
        return -ENOMEM;
    free(settings->text[i]);
    settings->text[i] = text;
    settings->origin[i] = origin;
    return 0;
}

int settings_read_environment(struct settings *settings)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting *row = &setting_rows[i];
        const char *value = row->environment ? getenv(row->environment) : NULL;
        int error = value && *value ? settings_set(settings, row->name, strlen(row->name),
                                                   value, ORIGIN_ENVIRONMENT)
                                    : 0;
        if (error)
            return error;
    }
    return 0;
}

uint64_t settings_number(const struct settings *settings, enum setting_name name)
{
    uint64_t number = setting_rows[name].standard;
    if (settings->text[name])
        setting_parse(&setting_rows[name], settings->text[name], &number);
    return number;
}
