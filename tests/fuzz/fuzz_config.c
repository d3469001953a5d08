/* Fuzzes the reading of a configuration file. */
#include "fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "options/config.h"

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

static void check_setting(const struct settings *settings, enum setting_name name,
                          const uint8_t *data, size_t size)
{
    const struct setting *row = setting_row(name);
    const char *text = settings->text[name];
    uint64_t number = settings_number(settings, name);
    if (!text) {
        HOLDS(number == row->standard);
        return;
    }
    HOLDS(settings->origin[name] == ORIGIN_FILE);
    bool file = row->type == SETTING_FILE;
    bool at_home = file && strncmp(text, HOME "/", strlen(HOME "/")) == 0;
    HOLDS(is_said(data, size, row->name, at_home ? text + strlen(HOME) : text));
    if (file || row->type == SETTING_TEXT)
        HOLDS(*text);
    else if (row->type == SETTING_FLAG)
        HOLDS(number <= 1);
    else
        HOLDS(number >= row->min && number <= row->max);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct settings settings = {.text = {NULL}};
    fuzz_silence_log();
    setenv("HOME", HOME, 1);
    int file = file_of(data, size, path, sizeof path);
    int error = config_read(&settings, path);
    HOLDS(error == 0 || error == -EINVAL);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        check_setting(&settings, (enum setting_name)i, data, size);
    settings_finish(&settings);
    close(file);
    return 0;
}
