/* Writes the answers of the service into a directory, with every value replaced. */
#include "program/recorder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "json/disguise.h"

/* More than any answer takes: a body has 32 MiB at most. */
#define RECORDER_FILE_MAX ((size_t)34 << 20)

struct recorder {
    const struct options *options;
    struct disguise *disguise;
    int directory;
    unsigned count;
    int error; /* -errno of what failed first; nothing more is written then */
};

/* -------- the directory -------- */

static bool recorder_is_empty(int directory)
{
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *entry;
    bool empty = entries != NULL;
    while (empty && (entry = readdir(entries)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (entries)
        closedir(entries);
    else if (copy >= 0)
        close(copy);
    return empty;
}

/* Return a descriptor, or -errno. */
static int recorder_open(const char *path)
{
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -errno;
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -errno;
    if (recorder_is_empty(directory))
        return directory;
    close(directory);
    return -ENOTEMPTY;
}

struct recorder *recorder_create(const struct options *options, char why[static 256])
{
    struct recorder *recorder = calloc(1, sizeof *recorder);
    int directory = recorder_open(options->record);
    struct disguise *disguise = disguise_create();
    if (recorder)
        *recorder = (struct recorder){options, disguise, directory, 0, 0};
    if (recorder && disguise && directory >= 0)
        return recorder;
    snprintf(why, 256, "%.160s can't be used: %s", options->record,
             strerror(directory < 0 ? -directory : ENOMEM));
    recorder_destroy(recorder);
    return NULL;
}

void recorder_destroy(struct recorder *recorder)
{
    if (!recorder)
        return;
    disguise_destroy(recorder->disguise);
    if (recorder->directory >= 0)
        close(recorder->directory);
    free(recorder);
}

/* -------- what is written -------- */

static void recorder_note(struct recorder *recorder, int error)
{
    if (!recorder->error)
        recorder->error = error;
}

__attribute__((format(printf, 3, 4))) static void
recorder_add(struct recorder *recorder, struct buffer *text, const char *format, ...)
{
    char part[ENDPOINT_PATH_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(part, sizeof part, format, arguments);
    va_end(arguments);
    recorder_note(recorder, buffer_append(text, part, strlen(part)));
}

/* A number between two slashes is an ID. */
static void recorder_add_path(struct recorder *recorder, struct buffer *text, const char *path)
{
    size_t query = strcspn(path, "?");
    for (size_t at = 0, size; at < query; at += size) {
        size = strspn(path + at, "0123456789");
        if (size > 0) {
            recorder_note(recorder, disguise_value(recorder->disguise, path + at, size, text));
        } else {
            size = 1;
            recorder_note(recorder, buffer_append(text, path + at, 1));
        }
    }
    recorder_add(recorder, text, "%s", path + query);
}

static void recorder_add_head(struct recorder *recorder, struct buffer *text, const char *path,
                              const struct answer *answer)
{
    const struct freshness *freshness = &answer->freshness;
    recorder_add(recorder, text, "GET ");
    recorder_add_path(recorder, text, path);
    recorder_add(recorder, text, "\nHTTP %ld\n", answer->in_200 ? 200 : answer->status);
    if (answer->wait_ms > 0)
        recorder_add(recorder, text, "Retry-After: %" PRId64 "\n", answer->wait_ms / 1000);
    if (freshness->age_s > 0)
        recorder_add(recorder, text, "Age: %" PRId64 "\n", freshness->age_s);
    if (freshness->max_age_s > 0)
        recorder_add(recorder, text, "Cache-Control: max-age=%" PRId64 "\n",
                     freshness->max_age_s);
    recorder_add(recorder, text, "\n");
}

/* Names of members stay as they are, and one may hold the key. So the key is looked for once
 * more. */
static void recorder_hide_key(const struct recorder *recorder, struct buffer *text)
{
    const char *key = recorder->options->client.key;
    size_t size = key ? strlen(key) : 0;
    char *found = text->data;
    while (size > 0 && found &&
           (found = memmem(found, text->size - (size_t)(found - text->data), key, size)))
        memset(found, '*', size);
}

static void recorder_write(struct recorder *recorder, const char *name,
                           const struct buffer *text)
{
    if (recorder->error)
        return;
    int file = openat(recorder->directory, name,
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    for (size_t at = 0; file >= 0 && at < text->size && !recorder->error;) {
        ssize_t written = write(file, text->data + at, text->size - at);
        recorder_note(recorder, written < 0 ? -errno : 0);
        at += written > 0 ? (size_t)written : 0;
    }
    if (file < 0 || close(file) < 0)
        recorder_note(recorder, -errno);
}

/* Write to NAME the number of the answer and the last word of PATH. */
static void recorder_name(const struct recorder *recorder, const char *path,
                          char name[static 64])
{
    char words[128];
    const char *last = "answer";
    char *rest;
    snprintf(words, sizeof words, "%.*s", (int)strcspn(path, "?"), path);
    for (char *word = strtok_r(words, "/", &rest); word; word = strtok_r(NULL, "/", &rest)) {
        if (!isdigit((unsigned char)*word))
            last = word;
    }
    snprintf(name, 64, "%04u-%.40s.http", recorder->count, last);
}

void recorder_hear(void *data, const char *path, const struct answer *answer)
{
    struct recorder *recorder = data;
    char name[64];
    struct buffer text;
    buffer_init(&text, RECORDER_FILE_MAX);
    recorder->count++;
    recorder_name(recorder, path, name);
    recorder_add_head(recorder, &text, path, answer);
    if (answer->status > 0)
        recorder_note(recorder,
                      disguise_body(recorder->disguise, answer->body, answer->size, &text));
    recorder_hide_key(recorder, &text);
    recorder_write(recorder, name, &text);
    buffer_finish(&text);
}

/* -------- how to play it -------- */

static void recorder_add_id(struct recorder *recorder, struct buffer *text, const char *before,
                            uint64_t id)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, id);
    recorder_add(recorder, text, "%s", before);
    recorder_note(recorder, disguise_value(recorder->disguise, digits, strlen(digits), text));
}

/* Add the options that say what was asked for. */
static void recorder_add_options(struct recorder *recorder, struct buffer *text)
{
    const struct tree_options *tree = &recorder->options->tree;
    const char *before = "options: organizations=";
    if (tree->user_id) {
        recorder_add_id(recorder, text, "options: user_id=", tree->user_id);
        before = ",organizations=";
    }
    for (size_t i = 0; i < tree->organization_count; i++) {
        recorder_add_id(recorder, text, before, tree->organizations[i]);
        before = ":";
    }
    before = ",departments=";
    for (size_t i = 0; i < tree->department_count; i++) {
        recorder_add_id(recorder, text, before, tree->departments[i].organization);
        recorder_add_id(recorder, text, "/", tree->departments[i].department);
        before = ":";
    }
    recorder_add(recorder, text, ",per_page=%" PRIu64 "%s%s\n",
                 recorder->options->cache.per_page, tree->communities ? "" : ",communities=no",
                 recorder->options->cache.missing_is_empty ? ",empty_lists=404" : "");
}

int recorder_end(struct recorder *recorder, unsigned *count)
{
    struct buffer text;
    buffer_init(&text, RECORDER_FILE_MAX);
    recorder_add(recorder, &text, "# qpfs --check " QPFS_VERSION " wrote these.\n");
    recorder_add_options(recorder, &text);
    recorder_write(recorder, "expect", &text);
    buffer_finish(&text);
    *count = recorder->count;
    return recorder->error;
}
