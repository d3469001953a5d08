/* Fuzzes the reading of a configuration file. */
#include "fuzz.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "options/config.h"
#include "options/options.h"

/* A file in memory that holds DATA, with a path in PATH; the caller closes it. */
static int file_of(const uint8_t *data, size_t size, char *path, size_t room)
{
    int file = memfd_create("config", MFD_CLOEXEC);
    HOLDS(file >= 0);
    HOLDS(write(file, data, size) == (ssize_t)size);
    snprintf(path, room, "/proc/self/fd/%d", file);
    return file;
}

/* Whether the SIZE bytes at AT begin with NAME, written with _ or with -. */
static bool begins_with_name(const char *at, size_t size, const char *name)
{
    size_t length = strlen(name);
    if (size < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (at[i] != name[i] && !(at[i] == '-' && name[i] == '_'))
            return false;
    return true;
}

/* Whether a line of DATA sets NAME to VALUE: the one in front, the other behind. */
static bool is_said(const uint8_t *data, size_t size, const char *name, const char *value)
{
    /* A byte order mark too, on the first line. */
    static const char skipped[] = " \t\v\f\r\xef\xbb\xbf";
    size_t value_size = strlen(value);
    const char *at = (const char *)data, *end = at + size;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        while (at < stop && *at && strchr(skipped, *at))
            at++;
        if (begins_with_name(at, (size_t)(stop - at), name)) {
            at += strlen(name);
            if (memmem(at, (size_t)(stop - at), value, value_size))
                return true;
        }
        at = stop + 1;
    }
    return false;
}

/* What ~ stands for at the start of a file's name. */
#define HOME "/home/of/nobody"

/* The number in a field of ROW, as it was written. */
static uint64_t number_of(const struct setting *row, const void *field)
{
    if (row->type == SETTING_SECONDS)
        return (uint64_t) * (const int64_t *)field / 1000;
    if (row->size == sizeof(bool))
        return *(const bool *)field;
    if (row->size == sizeof(uint32_t))
        return *(const uint32_t *)field;
    return *(const uint64_t *)field;
}

static void check_setting(const struct settings *settings, const struct setting *row,
                          const uint8_t *data, size_t size)
{
    const void *field = (const char *)settings->options + row->field;
    bool file = row->type == SETTING_FILE;
    bool given = settings->origins[row - setting_rows] != ORIGIN_DEFAULT;
    if (given)
        HOLDS(settings->origins[row - setting_rows] == ORIGIN_FILE);
    if (file || row->type == SETTING_TEXT) {
        const char *text = *(const char *const *)field;
        bool at_home = text && file && strncmp(text, HOME "/", strlen(HOME "/")) == 0;
        HOLDS((text != NULL) == given);
        HOLDS(!text || *text);
        HOLDS(!text || is_said(data, size, row->name, at_home ? text + strlen(HOME) : text));
        return;
    }
    uint64_t number = number_of(row, field);
    char digits[24] = "";
    if (row->type == SETTING_NUMBER && row->size > sizeof(bool))
        snprintf(digits, sizeof digits, "%" PRIu64, number);
    if (given)
        HOLDS(is_said(data, size, row->name, digits));
    if (!given)
        HOLDS(number == row->default_number);
    else if (row->size == sizeof(bool))
        HOLDS(number <= 1);
    else
        HOLDS(number >= row->min && number <= row->max);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct options options = {.action = ACTION_MOUNT};
    struct settings settings;
    fuzz_silence_log();
    setenv("HOME", HOME, 1);
    settings_init(&settings, &options);
    int file = file_of(data, size, path, sizeof path);
    int error = config_read(&settings, path);
    HOLDS(error == 0 || error == -EINVAL);
    for (const struct setting *row = setting_rows; row->name; row++)
        check_setting(&settings, row, data, size);
    setting_free_texts(&options);
    close(file);
    return 0;
}
