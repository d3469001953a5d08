/* What was called how often: the counters that tests read. */
#include "tally.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#define LOG_MAX   100000u
#define PATHS_MAX 100000u

struct path_count {
    char *path;
    uint64_t tally;
};

struct tally {
    uint64_t total;
    uint64_t in_flight;
    uint64_t max_in_flight;
    uint64_t connections;
    void *paths; /* a tree of struct path_count, by tsearch */
    size_t path_count;
    char **log; /* a ring: call number n is at n % LOG_MAX */
};

struct tally *tally_create(void)
{
    struct tally *tally = calloc(1, sizeof *tally);
    if (!tally)
        return NULL;
    tally->log = calloc(LOG_MAX, sizeof *tally->log);
    if (!tally->log) {
        free(tally);
        return NULL;
    }
    return tally;
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

void tally_reset(struct tally *tally)
{
    tdestroy(tally->paths, path_free);
    for (size_t i = 0; i < LOG_MAX; i++) {
        free(tally->log[i]);
        tally->log[i] = NULL;
    }
    tally->paths = NULL;
    tally->path_count = 0;
    tally->total = 0;
    tally->connections = 0;
    tally->max_in_flight = tally->in_flight;
}

void tally_destroy(struct tally *tally)
{
    if (!tally)
        return;
    tally_reset(tally);
    free(tally->log);
    free(tally);
}

/* Takes `path`. */
static void path_add(struct tally *tally, char *path)
{
    struct path_count key = {.path = path};
    struct path_count **found = tfind(&key, &tally->paths, path_compare);
    if (found) {
        (*found)->tally++;
        free(path);
        return;
    }
    struct path_count *counted = malloc(sizeof *counted);
    if (counted && tally->path_count < PATHS_MAX) {
        *counted = (struct path_count){.path = path, .tally = 1};
        if (tsearch(counted, &tally->paths, path_compare)) {
            tally->path_count++;
            return;
        }
    }
    free(counted);
    free(path);
}

void tally_enter(struct tally *tally)
{
    tally->in_flight++;
    if (tally->in_flight > tally->max_in_flight)
        tally->max_in_flight = tally->in_flight;
}

void tally_count(struct tally *tally, const char *target, size_t path_length)
{
    char **slot = &tally->log[tally->total % LOG_MAX];
    char *path = strndup(target, path_length);
    char *line = strdup(target);
    if (path)
        path_add(tally, path);
    if (line) {
        free(*slot);
        *slot = line;
    }
    tally->total++;
}

void tally_leave(struct tally *tally)
{
    tally->in_flight--;
}

void tally_connection(struct tally *tally)
{
    tally->connections++;
}

struct path_writer {
    struct draft *out;
    bool first;
};

static void path_write(const void *node, VISIT visit, void *writer)
{
    const struct path_count *const *counted = node;
    struct path_writer *at = writer;
    if (visit != postorder && visit != leaf)
        return;
    if (!at->first)
        draft_putc(at->out, ',');
    at->first = false;
    draft_quote(at->out, (*counted)->path);
    draft_putc(at->out, ':');
    draft_number(at->out, (*counted)->tally);
}

static void tally_write_number(const char *before, uint64_t number, struct draft *out)
{
    draft_puts(out, before);
    draft_number(out, number);
}

static void log_write(const struct tally *tally, struct draft *out)
{
    uint64_t from = tally->total > LOG_MAX ? tally->total - LOG_MAX : 0;
    for (uint64_t i = from; i < tally->total; i++) {
        const char *line = tally->log[i % LOG_MAX];
        if (i > from)
            draft_putc(out, ',');
        draft_quote(out, line ? line : "");
    }
}

void tally_write(const struct tally *tally, struct draft *out)
{
    struct path_writer writer = {.out = out, .first = true};
    tally_write_number("{\"total\":", tally->total, out);
    tally_write_number(",\"in_flight\":", tally->in_flight, out);
    tally_write_number(",\"max_in_flight\":", tally->max_in_flight, out);
    tally_write_number(",\"connections\":", tally->connections, out);
    draft_puts(out, ",\"paths\":{");
    twalk_r(tally->paths, path_write, &writer);
    draft_puts(out, "},\"log\":[");
    log_write(tally, out);
    draft_puts(out, "]}");
}
