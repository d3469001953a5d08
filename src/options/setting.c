/* Parses the values of options, and puts each into its field. */
#include "options/setting.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/number.h"
#include "base/wipe.h"

static const char *const setting_origins[] = {
    [ORIGIN_FILE] = "in the configuration file: ",
    [ORIGIN_ENVIRONMENT] = "in the environment: ",
    [ORIGIN_COMMAND_LINE] = "",
};

/* -------- values -------- */

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

/* Return whether TEXT is a value of ROW. NUMBER gets it unless it is a text. */
static bool setting_parse(const struct setting *row, const char *text, uint64_t *number)
{
    switch (row->type) {
    case SETTING_TEXT:
    case SETTING_FILE:
        return *text != '\0';
    case SETTING_NUMBER:
        return number_parse(text, strlen(text), row->max, number) && *number >= row->min;
    case SETTING_SECONDS:
        return setting_parse_seconds(text, row->max, number) && *number >= row->min;
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

/* -------- fields -------- */

static void *setting_field(const struct setting *row, struct options *options)
{
    return (char *)options + row->field;
}

static bool setting_is_text(const struct setting *row)
{
    return row->type == SETTING_TEXT || row->type == SETTING_FILE;
}

void setting_replace(const char **field, char *text)
{
    wipe_free((char *)*field);
    *field = text;
}

void setting_free_texts(struct options *options)
{
    for (const struct setting *row = setting_rows; row->name; row++) {
        if (setting_is_text(row))
            setting_replace(setting_field(row, options), NULL);
    }
}

/* Root may use any home. A missing one counts as ours; we may create it. */
static bool setting_home_is_ours(const char *path)
{
    struct stat attr;
    if (geteuid() == 0)
        return true;
    if (stat(path, &attr) < 0)
        return errno == ENOENT;
    return attr.st_uid == geteuid() || access(path, W_OK | X_OK) == 0;
}

const char *setting_home(void)
{
    const char *home = getenv("HOME");
    if (home && *home == '/' && setting_home_is_ours(home))
        return home;
    const struct passwd *user = getpwuid(geteuid());
    return user && *user->pw_dir == '/' ? user->pw_dir : NULL;
}

char *setting_absolute_path(const char *path)
{
    char *directory = *path == '/' ? strdup("") : getcwd(NULL, 0);
    char *absolute = NULL;
    if (directory &&
        asprintf(&absolute, "%s%s%s", directory, *path == '/' ? "" : "/", path) < 0)
        absolute = NULL;
    free(directory);
    return absolute;
}

/* ~/ inside of -o a=b,c=~/d is not expanded by a shell. */
static char *setting_expand_home(const char *path)
{
    const char *home = strncmp(path, "~/", 2) == 0 ? setting_home() : NULL;
    char *expanded;
    if (!home)
        return strdup(path);
    return asprintf(&expanded, "%s%s", home, path + 1) < 0 ? NULL : expanded;
}

static int setting_store_text(const struct setting *row, void *field, const char *value)
{
    char *text = row->type == SETTING_FILE ? setting_expand_home(value) : strdup(value);
    if (!text)
        return -ENOMEM;
    setting_replace(field, text);
    return 0;
}

static void setting_store(const struct setting *row, void *field, uint64_t number)
{
    if (row->type == SETTING_SECONDS)
        *(int64_t *)field = (int64_t)number * 1000;
    else if (row->size == sizeof(bool))
        *(bool *)field = number != 0;
    else if (row->size == sizeof(uint32_t))
        *(uint32_t *)field = (uint32_t)number;
    else
        *(uint64_t *)field = number;
}

/* -------- all options -------- */

void settings_init(struct settings *settings, struct options *options)
{
    *settings = (struct settings){.options = options};
    for (const struct setting *row = setting_rows; row->name; row++) {
        if (!setting_is_text(row))
            setting_store(row, setting_field(row, options), row->default_number);
    }
}

/* Return whether NAME, SIZE bytes, is that of ROW. People write cache-ttl as well. */
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

/* Return the row of NAME, SIZE bytes; the one at the end, without a name, if there is none. */
static const struct setting *setting_find(const char *name, size_t size)
{
    const struct setting *row = setting_rows;
    while (row->name && !setting_is_called(row, name, size))
        row++;
    return row;
}

bool setting_exists(const char *name, size_t size)
{
    return setting_find(name, size)->name;
}

static bool setting_may_stand(const struct setting *row, enum setting_origin origin)
{
    return !row->command_line_only || origin == ORIGIN_COMMAND_LINE;
}

int settings_set(struct settings *settings, const char *name, size_t name_size,
                 const char *value, enum setting_origin origin)
{
    uint64_t number = 0;
    const struct setting *row = setting_find(name, name_size);
    if (!row->name)
        return -ENOENT;
    if (!setting_may_stand(row, origin))
        return -EPERM;
    if (!value)
        value = row->type == SETTING_FLAG ? "yes" : "";
    if (!setting_parse(row, value, &number))
        return setting_refuse(row, value, origin);
    enum setting_origin *held = &settings->origins[row - setting_rows];
    if (*held > origin)
        return 0;
    void *field = setting_field(row, settings->options);
    int error = 0;
    if (setting_is_text(row))
        error = setting_store_text(row, field, value);
    else
        setting_store(row, field, number);
    if (!error)
        *held = origin;
    return error;
}

void settings_near(struct near *near, enum setting_origin origin)
{
    for (const struct setting *row = setting_rows; row->name; row++) {
        if (setting_may_stand(row, origin))
            near_try(near, row->name, strlen(row->name));
    }
}

int settings_read_environment(struct settings *settings)
{
    for (const struct setting *row = setting_rows; row->name; row++) {
        const char *value = row->environment ? getenv(row->environment) : NULL;
        int error = value && *value ? settings_set(settings, row->name, strlen(row->name),
                                                   value, ORIGIN_ENVIRONMENT)
                                    : 0;
        if (error)
            return error;
    }
    return 0;
}

enum setting_origin settings_origin(const struct settings *settings, const void *field)
{
    const struct setting *row = setting_rows;
    while (row->name && setting_field(row, settings->options) != field)
        row++;
    return settings->origins[row - setting_rows];
}

const char *settings_place(const struct settings *settings, const void *field)
{
    return setting_origins[settings_origin(settings, field)];
}
