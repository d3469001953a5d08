#include "sandbox/calls.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#define LOG_MAX   100000u
#define PATHS_MAX 100000u

struct path_count {
    char *path;
    uint64_t calls;
};

struct calls {
    uint64_t total;
    uint64_t in_flight;
    uint64_t max_in_flight;
    uint64_t connections;
    void *paths; /* a tree of struct path_count, by tsearch */
    size_t path_count;
    char **log; /* a ring: call number n is at n % LOG_MAX */
};

struct calls *calls_create(void)
{
    struct calls *calls = calloc(1, sizeof *calls);

    if (!calls)
        return NULL;
    calls->log = calloc(LOG_MAX, sizeof *calls->log);
    if (!calls->log) {
        free(calls);
        return NULL;
    }
    return calls;
}

static int path_compare(const void *a, const void *b)
{
    const struct path_count *x = a, *y = b;

    return strcmp(x->path, y->path);
}

static void path_free(void *path)
{
    struct path_count *counted = path;

    free(counted->path);
    free(counted);
}

void calls_reset(struct calls *calls)
{
    tdestroy(calls->paths, path_free);
    for (size_t i = 0; i < LOG_MAX; i++) {
        free(calls->log[i]);
        calls->log[i] = NULL;
    }
    calls->paths = NULL;
    calls->path_count = 0;
    calls->total = 0;
    calls->connections = 0;
    calls->max_in_flight = calls->in_flight;
}

void calls_destroy(struct calls *calls)
{
    if (!calls)
        return;
    calls_reset(calls);
    free(calls->log);
    free(calls);
}

/* Takes `path`. */
static void path_add(struct calls *calls, char *path)
{
    struct path_count key = {.path = path};
    struct path_count **found = tfind(&key, &calls->paths, path_compare);

    if (found) {
        (*found)->calls++;
        free(path);
        return;
    }
    struct path_count *counted = malloc(sizeof *counted);
    if (counted && calls->path_count < PATHS_MAX) {
        *counted = (struct path_count){.path = path, .calls = 1};
        if (tsearch(counted, &calls->paths, path_compare)) {
            calls->path_count++;
            return;
        }
    }
    free(counted);
    free(path);
}

void calls_enter(struct calls *calls)
{
    calls->in_flight++;
    if (calls->in_flight > calls->max_in_flight)
        calls->max_in_flight = calls->in_flight;
}

void calls_count(struct calls *calls, const char *target, size_t path_length)
{
    char **slot = &calls->log[calls->total % LOG_MAX];
    char *path = strndup(target, path_length);
    char *line = strdup(target);

    if (path)
        path_add(calls, path);
    if (line) {
        free(*slot);
        *slot = line;
    }
    calls->total++;
}

void calls_leave(struct calls *calls)
{
    calls->in_flight--;
}

void calls_connection(struct calls *calls)
{
    calls->connections++;
}

struct path_writer {
    struct text *out;
    bool first;
};

static void path_write(const void *node, VISIT visit, void *writer)
{
    const struct path_count *const *counted = node;
    struct path_writer *at = writer;

    if (visit != postorder && visit != leaf)
        return;
    if (!at->first)
        text_putc(at->out, ',');
    at->first = false;
    text_quote(at->out, (*counted)->path);
    text_putc(at->out, ':');
    text_number(at->out, (*counted)->calls);
}

static void number_write(const char *before, uint64_t number, struct text *out)
{
    text_puts(out, before);
    text_number(out, number);
}

static void log_write(const struct calls *calls, struct text *out)
{
    uint64_t from = calls->total > LOG_MAX ? calls->total - LOG_MAX : 0;

    for (uint64_t i = from; i < calls->total; i++) {
        const char *line = calls->log[i % LOG_MAX];
        if (i > from)
            text_putc(out, ',');
        text_quote(out, line ? line : "");
    }
}

void calls_write(const struct calls *calls, struct text *out)
{
    struct path_writer writer = {.out = out, .first = true};

    number_write("{\"total\":", calls->total, out);
    number_write(",\"in_flight\":", calls->in_flight, out);
    number_write(",\"max_in_flight\":", calls->max_in_flight, out);
    number_write(",\"connections\":", calls->connections, out);
    text_puts(out, ",\"paths\":{");
    twalk_r(calls->paths, path_write, &writer);
    text_puts(out, "},\"log\":[");
    log_write(calls, out);
    text_puts(out, "]}");
}
