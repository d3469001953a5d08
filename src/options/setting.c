#include "options/setting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "base/wipe.h"
#include "options/home.h"

static const char *const setting_origins[] = {
    [ORIGIN_FILE] = "in the configuration file: ",
    [ORIGIN_ENVIRONMENT] = "in the environment: ",
    [ORIGIN_COMMAND_LINE] = "",
};

void settings_finish(struct settings *settings)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        wipe_free(settings->text[i]); /* a proxy may have a password */
    *settings = (struct settings){.text = {NULL}};
}

static bool setting_parse_share(const char *text, uint64_t max, uint64_t *number, bool *percent)
{
    size_t size = strlen(text);
    *percent = size > 0 && text[size - 1] == '%';
    return number_parse(text, *percent ? size - 1 : size, *percent ? 99 : max, number);
}

static bool setting_parse_seconds(const char *text, uint64_t max, uint64_t *number)
{
    static const struct {
        char unit;
        uint64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    size_t size = strlen(text);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (size == 0 || text[size - 1] != units[i].unit)
            continue;
        if (!number_parse(text, size - 1, max / units[i].seconds, number))
            return false;
        *number *= units[i].seconds;
        return true;
    }
    return number_parse(text, size, max, number);
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
    bool percent;
    switch (row->type) {
    case SETTING_TEXT:
    case SETTING_FILE:
        return *text != '\0';
    case SETTING_NUMBER:
        return number_parse(text, strlen(text), row->max, number) && *number >= row->min;
    case SETTING_SECONDS:
        return setting_parse_seconds(text, row->max, number) && *number >= row->min;
    case SETTING_SHARE:
        return setting_parse_share(text, row->max, number, &percent);
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
    switch (row->type) {
    case SETTING_TEXT:
    case SETTING_FILE:
        log_error("%s%s needs a value: %s=%s", where, row->name, row->name, row->value);
        break;
    case SETTING_FLAG:
        log_error("%s%s=%s: it is yes or no", where, row->name, value);
        break;
    case SETTING_SHARE:
        log_error("%s%s=%s: it is a whole number, or a percentage from 0%% to 99%%", where,
                  row->name, value);
        break;
    case SETTING_OCTAL:
        log_error("%s%s=%s: it is an octal number, as 022", where, row->name, value);
        break;
    case SETTING_SECONDS:
        log_error("%s%s=%s: it is a time from %llu to %llu seconds, as 60, 5m or 1h", where,
                  row->name, value, (unsigned long long)row->min, (unsigned long long)row->max);
        break;
    case SETTING_NUMBER:
        if (row->min == row->max) {
            log_error("%s%s=%s: the only value is %llu", where, row->name, value,
                      (unsigned long long)row->min);
            break;
        }
        log_error("%s%s=%s: it is a whole number from %llu to %llu", where, row->name, value,
                  (unsigned long long)row->min, (unsigned long long)row->max);
        break;
    }
    return -EINVAL;
}

/* Whether NAME, SIZE bytes, is that of ROW. People write cache-ttl as well. */
static bool setting_is_called(const struct setting *row, const char *name, size_t size)
{
    if (strlen(row->name) != size)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (row->name[i] != (name[i] == '-' ? '_' : name[i]))
            return false;
    }
    return true;
}

/* ~/ inside of -o a=b,c=~/d is not expanded by a shell. */
static char *setting_expand_home(const char *path)
{
    const char *home = strncmp(path, "~/", 2) == 0 ? home_directory() : NULL;
    char *expanded;
    if (!home)
        return strdup(path);
    return asprintf(&expanded, "%s%s", home, path + 1) < 0 ? NULL : expanded;
}

static size_t setting_find(const char *name, size_t size)
{
    size_t i = 0;
    while (i < SETTING_COUNT &&
           !setting_is_called(setting_row((enum setting_name)i), name, size))
        i++;
    return i;
}

int settings_set(struct settings *settings, const char *name, size_t name_size,
                 const char *value, enum setting_origin origin)
{
    uint64_t number;
    size_t i = setting_find(name, name_size);
    if (i == SETTING_COUNT)
        return -ENOENT;
    const struct setting *row = setting_row((enum setting_name)i);
    if (row->command_line_only && origin != ORIGIN_COMMAND_LINE)
        return -ENOENT;
    if (!value)
        value = row->type == SETTING_FLAG ? "yes" : "";
    if (!setting_parse(row, value, &number))
        return setting_refuse(row, value, origin);
    if (settings->text[i] && settings->origin[i] > origin)
        return 0;
    char *text = row->type == SETTING_FILE ? setting_expand_home(value) : strdup(value);
    if (!text)
        return -ENOMEM;
    wipe_free(settings->text[i]);
    settings->text[i] = text;
    settings->origin[i] = origin;
    return 0;
}

void settings_near(struct near *near, enum setting_origin origin)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting *row = setting_row((enum setting_name)i);
        if (!row->command_line_only || origin == ORIGIN_COMMAND_LINE)
            near_try(near, row->name, strlen(row->name));
    }
}

int settings_read_environment(struct settings *settings)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting *row = setting_row((enum setting_name)i);
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
    uint64_t number = setting_row(name)->standard;
    if (settings->text[name])
        setting_parse(setting_row(name), settings->text[name], &number);
    return number;
}

uint64_t settings_share(const struct settings *settings, enum setting_name name, uint64_t whole)
{
    const struct setting *row = setting_row(name);
    uint64_t number = row->standard;
    bool percent = true;
    if (settings->text[name])
        setting_parse_share(settings->text[name], row->max, &number, &percent);
    return percent ? whole * number / 100 : number;
}
