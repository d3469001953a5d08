/* Writes what a mount is doing as OpenMetrics text, for Prometheus. */
#include "cache/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"

/* U+FFFD, which stands for what can't be shown. */
#define METRICS_UNKNOWN "\xef\xbf\xbd"

struct metrics {
    const struct status_board *board;
    struct buffer *out;
    int error; /* the first one of OUT; after that nothing more is written */
};

/* What there is one number of. */
struct metrics_row {
    const char *name, *type, *unit, *help;
    uint64_t number;
    bool unknown; /* there is no number */
};

/* -------- text -------- */

static void metrics_put_bytes(struct metrics *metrics, const char *bytes, size_t size)
{
    if (!metrics->error)
        metrics->error = buffer_append(metrics->out, bytes, size);
}

static void metrics_put(struct metrics *metrics, const char *text)
{
    metrics_put_bytes(metrics, text, strlen(text));
}

/* Put the next character of TEXT, of which LEFT bytes are there, as it stands in the value of a
 * label. Return how many bytes it had. */
static size_t metrics_put_character(struct metrics *metrics, const char *text, size_t left)
{
    size_t size = utf8_size(text, left);
    if (*text == '\n')
        metrics_put(metrics, "\\n");
    else if (*text == '"' || *text == '\\')
        metrics_put(metrics, *text == '"' ? "\\\"" : "\\\\");
    else if (size == 0 || (unsigned char)*text < ' ')
        metrics_put(metrics, METRICS_UNKNOWN);
    else
        metrics_put_bytes(metrics, text, size);
    return size > 0 ? size : 1;
}

static void metrics_put_label(struct metrics *metrics, const char *name, const char *value)
{
    metrics_put(metrics, name);
    metrics_put(metrics, "=\"");
    for (size_t left = strlen(value); left > 0;) {
        size_t size = metrics_put_character(metrics, value, left);
        value += size;
        left -= size;
    }
    metrics_put(metrics, "\"");
}

/* -------- families and their samples -------- */

static void metrics_put_line(struct metrics *metrics, const char *what, const char *name,
                             const char *text)
{
    metrics_put(metrics, what);
    metrics_put(metrics, name);
    metrics_put(metrics, " ");
    metrics_put(metrics, text);
    metrics_put(metrics, "\n");
}

/* Begin the family NAME. UNIT: NULL where it is none that Prometheus knows. */
static void metrics_begin(struct metrics *metrics, const char *name, const char *type,
                          const char *unit, const char *help)
{
    metrics_put_line(metrics, "# TYPE ", name, type);
    if (unit)
        metrics_put_line(metrics, "# UNIT ", name, unit);
    metrics_put_line(metrics, "# HELP ", name, help);
}

/* Two mounts of one machine may end in one file of the collector, so each sample says of which
 * it is. LABEL: another one, or NULL. */
static void metrics_put_sample(struct metrics *metrics, const char *name, const char *label,
                               const char *value, const char *number)
{
    const char *mount_point = metrics->board->mount_point;
    metrics_put(metrics, name);
    metrics_put(metrics, "{");
    metrics_put_label(metrics, "mountpoint", mount_point ? mount_point : "");
    if (label) {
        metrics_put(metrics, ",");
        metrics_put_label(metrics, label, value);
    }
    metrics_put(metrics, "} ");
    metrics_put(metrics, number);
    metrics_put(metrics, "\n");
}

static void metrics_put_number(struct metrics *metrics, const char *name, const char *label,
                               const char *value, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    metrics_put_sample(metrics, name, label, value, text);
}

static void metrics_write_rows(struct metrics *metrics, const struct metrics_row *rows,
                               size_t count)
{
    for (const struct metrics_row *row = rows; row < rows + count; row++) {
        char sample[64];
        bool counter = strcmp(row->type, "counter") == 0;
        metrics_begin(metrics, row->name, row->type, row->unit, row->help);
        snprintf(sample, sizeof sample, "%s%s", row->name, counter ? "_total" : "");
        if (!row->unknown)
            metrics_put_number(metrics, sample, NULL, NULL, row->number);
    }
}

/* -------- the mount -------- */

static void metrics_write_mount(struct metrics *metrics)
{
    const struct metrics_row rows[] = {
        {.name = "qpfs_time_seconds",
         .type = "gauge",
         .unit = "seconds",
         .help = "When this was written, since 1970.",
         .number = (uint64_t)time(NULL)},
        {.name = "qpfs_start_time_seconds",
         .type = "gauge",
         .unit = "seconds",
         .help = "When it was mounted, since 1970.",
         .number = (uint64_t)metrics->board->mounted_at},
    };
    metrics_begin(metrics, "qpfs_build_info", "gauge", NULL, "The version of qpfs. Always 1.");
    metrics_put_number(metrics, "qpfs_build_info", "version", QPFS_VERSION, 1);
    metrics_write_rows(metrics, rows, sizeof rows / sizeof *rows);
}

/* -------- calls -------- */

static void metrics_write_calls(struct metrics *metrics)
{
    const struct meter *meter = &metrics->board->source->client->meter;
    metrics_begin(metrics, "qpfs_calls", "counter", NULL,
                  "Calls of this mount that have ended, each try counted.");
    for (size_t i = 0; i < ENDPOINT_COUNT; i++) {
        const struct target target = target_make((enum endpoint_name)i, 0, 0);
        metrics_put_number(metrics, "qpfs_calls_total", "endpoint", target.endpoint->path,
                           meter->calls[i]);
    }
}

static void metrics_write_limits(struct metrics *metrics)
{
    static const struct {
        const char *name, *help;
    } families[] = {
        {"qpfs_calls_allowed", "Calls that each limit allows in all; the rate, in a minute."},
        {"qpfs_calls_used",
         "Calls that count for each limit; for the allowance, those of all mounts."},
        {"qpfs_calls_left",
         "Calls that each limit still allows; the allowance, less its reserve."},
    };
    const struct client *client = metrics->board->source->client;
    const struct ledger *ledger = client->queue.ledger;
    const uint64_t max = client->queue.max_calls, made = client->queue.requests;
    const uint64_t rate = client->rate, minute = client_last_minute(client);
    const struct {
        const char *name;
        uint64_t numbers[sizeof families / sizeof *families]; /* the first is 0: no limit */
    } limits[] = {
        {"allowance", {ledger_allowance(ledger), ledger_calls(ledger), ledger_left(ledger)}},
        {"max_calls", {max, made, made < max ? max - made : 0}},
        {"rate", {rate, minute, minute < rate ? rate - minute : 0}},
    };
    for (size_t family = 0; family < sizeof families / sizeof *families; family++) {
        const char *name = families[family].name;
        metrics_begin(metrics, name, "gauge", NULL, families[family].help);
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            if (limits[i].numbers[0] > 0)
                metrics_put_number(metrics, name, "limit", limits[i].name,
                                   limits[i].numbers[family]);
        }
    }
}

static void metrics_write_errors(struct metrics *metrics, const char *name, const char *help,
                                 const struct meter_errors *errors)
{
    char sample[64];
    metrics_begin(metrics, name, "counter", NULL, help);
    snprintf(sample, sizeof sample, "%s_total", name);
    for (size_t i = 0; i < METER_ERRORS; i++)
        metrics_put_number(metrics, sample, "errno", meter_error_name(i), errors->counts[i]);
}

/* As OpenMetrics writes a number with a point: 1.0 and 0.25, but not 0.250. */
static void metrics_print_seconds(char out[static 16], unsigned ms)
{
    int size = snprintf(out, 16, "%u.%03u", ms / 1000, ms % 1000);
    while (out[size - 1] == '0' && out[size - 2] != '.')
        out[--size] = '\0';
}

static void metrics_write_durations(struct metrics *metrics)
{
    const struct meter *meter = &metrics->board->source->client->meter;
    uint64_t count = 0;
    char text[32];
    metrics_begin(metrics, "qpfs_call_duration_seconds", "histogram", "seconds",
                  "How long the service took to answer, whatever it answered.");
    for (size_t i = 0; i < METER_LIMITS; i++) {
        metrics_print_seconds(text, meter_limit_ms(i));
        count += meter->answers[i];
        metrics_put_number(metrics, "qpfs_call_duration_seconds_bucket", "le", text, count);
    }
    count += meter->answers[METER_LIMITS];
    metrics_put_number(metrics, "qpfs_call_duration_seconds_bucket", "le", "+Inf", count);
    metrics_put_number(metrics, "qpfs_call_duration_seconds_count", NULL, NULL, count);
    snprintf(text, sizeof text, "%" PRIu64 ".%06" PRIu64, meter->answers_us / 1000000,
             meter->answers_us % 1000000);
    metrics_put_sample(metrics, "qpfs_call_duration_seconds_sum", NULL, NULL, text);
}

/* -------- fetches and listings -------- */

static void metrics_write_fetches(struct metrics *metrics)
{
    const struct fetch_source *source = metrics->board->source;
    const struct metrics_row rows[] = {
        {.name = "qpfs_calls_waiting",
         .type = "gauge",
         .help = "Calls that wait for their turn.",
         .number = queue_length(&source->client->queue)},
        {.name = "qpfs_fetches",
         .type = "counter",
         .help = "Fetches that were begun, of lists and of single records.",
         .number = source->fetches},
        {.name = "qpfs_single_fetches",
         .type = "counter",
         .help = "Of those, how many were of a user alone.",
         .number = source->single_calls},
    };
    metrics_write_rows(metrics, rows, sizeof rows / sizeof *rows);
}

static void metrics_write_listings(struct metrics *metrics)
{
    const struct status_totals totals = status_totals(metrics->board);
    const struct metrics_row rows[] = {
        {.name = "qpfs_held_records",
         .type = "gauge",
         .help = "Records of the lists that are held.",
         .number = totals.records},
        {.name = "qpfs_held_bytes",
         .type = "gauge",
         .unit = "bytes",
         .help = "Bytes of the files of those records.",
         .number = totals.bytes},
        {.name = "qpfs_oldest_listing_time_seconds",
         .type = "gauge",
         .unit = "seconds",
         .help = "When the oldest list that is held was read, since 1970.",
         .number = (uint64_t)totals.oldest_at,
         .unknown = totals.oldest_at == 0},
    };
    metrics_begin(metrics, "qpfs_listings", "gauge", NULL, "Lists, by their state.");
    metrics_put_number(metrics, "qpfs_listings", "state", "fetching", totals.fetching);
    metrics_put_number(metrics, "qpfs_listings", "state", "fresh", totals.fresh);
    metrics_put_number(metrics, "qpfs_listings", "state", "stale", totals.stale);
    metrics_put_number(metrics, "qpfs_listings", "state", "failed", totals.failed);
    metrics_write_rows(metrics, rows, sizeof rows / sizeof *rows);
}

int metrics_write(const struct status_board *board, struct buffer *out)
{
    struct metrics metrics = {.board = board, .out = out};
    const struct fetch_source *source = board->source;
    ledger_look(source->client->queue.ledger);
    metrics_write_mount(&metrics);
    metrics_write_calls(&metrics);
    metrics_write_limits(&metrics);
    metrics_write_durations(&metrics);
    metrics_write_errors(&metrics, "qpfs_call_errors",
                         "Tries of calls that failed, those that were made again included.",
                         &source->client->meter.errors);
    metrics_write_fetches(&metrics);
    metrics_write_errors(&metrics, "qpfs_fetch_errors",
                         "Fetches that failed, also where an old list served on.",
                         &source->errors);
    metrics_write_listings(&metrics);
    metrics_put(&metrics, "# EOF\n");
    return metrics.error;
}
