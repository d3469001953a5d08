/* Knows what a mount is doing, and writes it as JSON. */
#include "cache/status.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cache/listing.h"
#include "json/writer.h"

void status_board_init(struct status_board *board, const struct fetch_source *source,
                       const char *api_url)
{
    *board =
        (struct status_board){.source = source, .api_url = api_url, .mounted_at = time(NULL)};
    TAILQ_INIT(&board->fetching);
    TAILQ_INIT(&board->settled);
}

/* -------- what there is to tell -------- */

void status_forget(struct status_board *board, struct listing *listing)
{
    if (listing->telling == LISTING_FETCHING) {
        TAILQ_REMOVE(&board->fetching, listing, told);
        board->fetching_count--;
    } else if (listing->telling == LISTING_SETTLED) {
        TAILQ_REMOVE(&board->settled, listing, told);
        board->settled_count--;
    }
    listing->telling = LISTING_UNTOLD;
}

void status_update(struct status_board *board, struct listing *listing)
{
    status_forget(board, listing);
    if (listing->holding.fetch.pager) {
        TAILQ_INSERT_TAIL(&board->fetching, listing, told);
        listing->telling = LISTING_FETCHING;
        if (board->fetching_count++ == 0 && board->on_fetching)
            board->on_fetching(board->on_fetching_data);
    } else if (listing->holding.snapshot || listing->holding.failed) {
        TAILQ_INSERT_HEAD(&board->settled, listing, told);
        listing->telling = LISTING_SETTLED;
        board->settled_count++;
    }
}

/* A listing that failed and was never asked for again is history when an old one would not
 * serve any more. */
void status_sweep(struct status_board *board, struct listing *listing)
{
    const struct fetch *fetch = &listing->holding.fetch;
    int64_t until_ms = fetch->failed_until_ms + fetch->source->stale_ms;
    if (listing->telling != LISTING_SETTLED || listing->holding.snapshot)
        return;
    if (!listing->holding.failed || clock_ms() > until_ms)
        status_forget(board, listing);
}

bool status_oldest_fetch(const struct status_board *board, struct status_fetch *fetch)
{
    const struct listing *first = TAILQ_FIRST(&board->fetching);
    if (!first)
        return false;
    fetch->count = board->fetching_count;
    fetch->taken_ms = clock_ms() - first->holding.fetch.began_ms;
    fetch->progress = pager_progress(first->holding.fetch.pager);
    target_path(&first->holding.fetch.target, 0, 0, fetch->path);
    return true;
}

/* -------- calls -------- */

static void status_number_or_null(struct writer *writer, const char *name, uint64_t number)
{
    if (number > 0)
        writer_number(writer, name, number);
    else
        writer_null(writer, name);
}

/* Set LEFT to how many calls may still be made within all limits but the rate. Return false if
 * that is any number. */
static bool status_calls_left(const struct status_board *board, uint64_t *left)
{
    const struct client *client = board->source->client;
    const struct ledger *ledger = client->queue.ledger;
    uint64_t max = client->queue.max_calls, made = client->queue.requests;
    uint64_t by_max = made < max ? max - made : 0, by_ledger = ledger_left(ledger);
    bool counted = ledger_allowance(ledger) > 0;
    *left = counted && (max == 0 || by_ledger < by_max) ? by_ledger : by_max;
    return counted || max > 0;
}

static void status_write_calls(const struct status_board *board, struct writer *writer)
{
    const struct client *client = board->source->client;
    const struct ledger *ledger = client->queue.ledger;
    uint64_t left;
    writer_open(writer, "calls", '{');
    writer_number(writer, "total", client->queue.requests);
    writer_number(writer, "last_minute", client_last_minute(client));
    writer_number(writer, "waiting", queue_length(&client->queue));
    writer_number(writer, "rate", client->rate);
    status_number_or_null(writer, "max", client->queue.max_calls);
    status_number_or_null(writer, "allowance", ledger_allowance(ledger));
    status_number_or_null(writer, "used", ledger_calls(ledger));
    if (status_calls_left(board, &left))
        writer_number(writer, "left", left);
    else
        writer_null(writer, "left");
    writer_number(writer, "singles", board->source->single_calls);
    writer_close(writer, '}');
}

/* -------- listings -------- */

enum status_state { STATUS_FETCHING, STATUS_FRESH, STATUS_STALE, STATUS_FAILED };

static enum status_state status_state(const struct listing *listing)
{
    if (fetch_is_open(&listing->holding.fetch))
        return STATUS_FETCHING;
    if (holding_remaining_ms(&listing->holding) > 0)
        return STATUS_FRESH;
    if (listing->holding.failed && !holding_fresh(&listing->holding))
        return STATUS_FAILED;
    return STATUS_STALE;
}

static void status_add_to_totals(const struct listing *listing, struct status_totals *totals)
{
    const struct holding *holding = &listing->holding;
    enum status_state state = status_state(listing);
    totals->fetching += state == STATUS_FETCHING;
    totals->fresh += state == STATUS_FRESH;
    totals->stale += state == STATUS_STALE;
    totals->failed += state == STATUS_FAILED;
    if (!holding->snapshot)
        return;
    totals->records += holding->snapshot->count;
    totals->bytes += holding->bytes;
    if (totals->oldest_at == 0 || holding->fetched_at < totals->oldest_at)
        totals->oldest_at = holding->fetched_at;
}

struct status_totals status_totals(const struct status_board *board)
{
    struct status_totals totals = {.fetching = 0};
    const struct listing *listing;
    TAILQ_FOREACH(listing, &board->fetching, told) {
        status_add_to_totals(listing, &totals);
    }
    TAILQ_FOREACH(listing, &board->settled, told) {
        status_add_to_totals(listing, &totals);
    }
    return totals;
}

static void status_write_totals(const struct status_board *board, struct writer *writer)
{
    const struct status_totals totals = status_totals(board);
    writer_open(writer, "totals", '{');
    writer_number(writer, "fetching", totals.fetching);
    writer_number(writer, "fresh", totals.fresh);
    writer_number(writer, "stale", totals.stale);
    writer_number(writer, "failed", totals.failed);
    writer_number(writer, "items", totals.records);
    writer_number(writer, "bytes", totals.bytes);
    if (totals.oldest_at > 0)
        writer_time(writer, "oldest_at", totals.oldest_at);
    else
        writer_null(writer, "oldest_at");
    writer_close(writer, '}');
}

static void status_write_listing(const struct listing *listing, struct writer *writer)
{
    static const char *const names[] = {"fetching", "fresh", "stale", "failed"};
    char path[ENDPOINT_PATH_MAX];
    const struct snapshot *snapshot = listing->holding.snapshot;
    target_path(&listing->holding.fetch.target, 0, 0, path);
    writer_open(writer, NULL, '{');
    writer_string(writer, "path", path);
    writer_string(writer, "state", names[status_state(listing)]);
    if (snapshot) {
        int64_t age_ms = clock_ms() - snapshot->fetched_ms;
        writer_number(writer, "items", snapshot->count);
        writer_number(writer, "pages", listing->holding.pages);
        writer_time(writer, "fetched_at", listing->holding.fetched_at);
        writer_tenths(writer, "age", (uint64_t)(age_ms > 0 ? age_ms : 0) / 100);
        writer_number(writer, "bytes", listing->holding.bytes);
    } else {
        static const char *const none[] = {"items", "pages", "fetched_at", "age", "bytes"};
        for (size_t i = 0; i < sizeof none / sizeof *none; i++)
            writer_null(writer, none[i]);
    }
    writer_close(writer, '}');
}

typedef void status_write_fn(const struct listing *listing, struct writer *writer);

/* WRITE each of LISTINGS, where WRITTEN are already. Return how many there was room for. */
static size_t status_write_entries(const struct status_listings *listings, size_t written,
                                   status_write_fn *write, struct writer *writer)
{
    const struct listing *listing;
    size_t count = 0;
    TAILQ_FOREACH(listing, listings, told) {
        if (written + count == STATUS_LISTINGS_MAX)
            break;
        write(listing, writer);
        count++;
    }
    return count;
}

static void status_write_listings(const struct status_board *board, struct writer *writer)
{
    writer_open(writer, "listings", '[');
    size_t written = status_write_entries(&board->fetching, 0, status_write_listing, writer);
    written += status_write_entries(&board->settled, written, status_write_listing, writer);
    writer_close(writer, ']');
    writer_number(writer, "listings_more",
                  board->fetching_count + board->settled_count - written);
}

/* -------- fetches under way -------- */

int64_t status_eta_ms(const struct pager_progress *progress, int64_t taken_ms)
{
    if (progress->done == 0 || progress->pages == 0 || taken_ms < 0)
        return -1;
    uint64_t left = progress->pages > progress->done ? progress->pages - progress->done : 0;
    double eta_ms = (double)taken_ms / (double)progress->done * (double)left;
    return eta_ms < (double)INT64_MAX / 2 ? (int64_t)eta_ms : -1;
}

static void status_write_fetch(const struct listing *listing, struct writer *writer)
{
    char path[ENDPOINT_PATH_MAX];
    const struct fetch *fetch = &listing->holding.fetch;
    const struct pager_progress progress = pager_progress(fetch->pager);
    int64_t eta_ms = status_eta_ms(&progress, clock_ms() - fetch->began_ms);
    target_path(&fetch->target, 0, 0, path);
    writer_open(writer, NULL, '{');
    writer_string(writer, "path", path);
    writer_number(writer, "pages_done", progress.done);
    status_number_or_null(writer, "pages", progress.pages);
    if (eta_ms < 0)
        writer_null(writer, "eta");
    else
        writer_tenths(writer, "eta", (uint64_t)eta_ms / 100);
    writer_close(writer, '}');
}

static void status_write_fetching(const struct status_board *board, struct writer *writer)
{
    writer_open(writer, "fetching", '[');
    size_t written = status_write_entries(&board->fetching, 0, status_write_fetch, writer);
    writer_close(writer, ']');
    writer_number(writer, "fetching_more", board->fetching_count - written);
}

/* -------- errors -------- */

/* Those that came, for there are many kinds. */
static void status_write_errors(const struct meter_errors *errors, struct writer *writer)
{
    writer_open(writer, "errors", '{');
    for (size_t i = 0; i < METER_ERRORS; i++) {
        if (errors->counts[i] > 0)
            writer_number(writer, meter_error_name(i), errors->counts[i]);
    }
    writer_close(writer, '}');
}

static void status_write_last_error(const struct failure *failure, struct writer *writer)
{
    if (!failure->error) {
        writer_null(writer, "last_error");
        return;
    }
    writer_open(writer, "last_error", '{');
    writer_string(writer, "path", failure->path);
    writer_string(writer, "error", strerrorname_np(-failure->error));
    status_number_or_null(writer, "status", (uint64_t)failure->status);
    writer_string(writer, "message", failure->message);
    writer_string(writer, "requestID", *failure->request_id ? failure->request_id : NULL);
    writer_time(writer, "time", failure->at);
    writer_close(writer, '}');
}

int status_write(const struct status_board *board, struct buffer *out)
{
    struct writer writer = {.out = out};
    ledger_look(board->source->client->queue.ledger);
    writer_open(&writer, NULL, '{');
    writer_string(&writer, "version", QPFS_VERSION);
    writer_time(&writer, "mounted_at", board->mounted_at);
    writer_string(&writer, "api_url", board->api_url);
    status_write_calls(board, &writer);
    status_write_totals(board, &writer);
    status_write_listings(board, &writer);
    status_write_fetching(board, &writer);
    status_write_errors(&board->source->errors, &writer);
    status_write_last_error(&board->source->last_failure, &writer);
    writer_close(&writer, '}');
    writer_end(&writer);
    return writer.error;
}
