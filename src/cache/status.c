#include "cache/status.h"

#include <string.h>

#include "base/clock.h"
#include "json/writer.h"

static void status_number_or_null(struct writer *writer, const char *name, uint64_t number)
{
    if (number > 0)
        writer_number(writer, name, number);
    else
        writer_null(writer, name);
}

static void status_write_calls(const struct cache *cache, struct writer *writer)
{
    const struct client *client = cache->client;
    const struct ledger *ledger = client_ledger(client);
    writer_open_object(writer, "calls");
    writer_number(writer, "total", client_requests(client));
    writer_number(writer, "last_minute", client_last_minute(client));
    writer_number(writer, "rate", client_rate(client));
    status_number_or_null(writer, "max", client_max_calls(client));
    status_number_or_null(writer, "allowance", ledger_allowance(ledger));
    status_number_or_null(writer, "used", ledger_calls(ledger));
    writer_number(writer, "singles", cache->single_calls);
    writer_close_object(writer);
}

/* -------- listings -------- */

static const char *status_state(const struct listing *listing)
{
    if (listing->pager || listing->confirming)
        return "fetching";
    if (listing_remaining_ms(listing) > 0)
        return "fresh";
    if (listing->failed && !listing_fresh(listing))
        return "failed";
    return "stale";
}

static void status_write_listing(const struct listing *listing, int64_t now_ms,
                                 struct writer *writer)
{
    char path[ENDPOINT_PATH_MAX];
    const struct snapshot *snapshot = listing->snapshot;
    listing_path(listing, path);
    writer_open_object(writer, NULL);
    writer_string(writer, "path", path);
    writer_string(writer, "state", status_state(listing));
    if (snapshot) {
        int64_t age_ms = now_ms - snapshot->fetched_ms;
        writer_number(writer, "items", snapshot->count);
        writer_number(writer, "pages", listing->pages);
        writer_time(writer, "fetched_at", listing->fetched_at);
        writer_tenths(writer, "age", (uint64_t)(age_ms > 0 ? age_ms : 0) / 100);
        writer_number(writer, "bytes", listing->bytes);
    } else {
        static const char *const none[] = {"items", "pages", "fetched_at", "age", "bytes"};
        for (size_t i = 0; i < sizeof none / sizeof *none; i++)
            writer_null(writer, none[i]);
    }
    writer_close_object(writer);
}

static void status_write_listings(const struct cache *cache, int64_t now_ms,
                                  struct writer *writer)
{
    const struct listing *listing;
    size_t written = 0;
    writer_open_array(writer, "listings");
    for (listing = TAILQ_FIRST(&cache->fetching); listing && written < STATUS_LISTINGS_MAX;
         listing = TAILQ_NEXT(listing, told), written++)
        status_write_listing(listing, now_ms, writer);
    for (listing = TAILQ_FIRST(&cache->settled); listing && written < STATUS_LISTINGS_MAX;
         listing = TAILQ_NEXT(listing, told), written++)
        status_write_listing(listing, now_ms, writer);
    writer_close_array(writer);
    writer_number(writer, "listings_more",
                  cache->fetching_count + cache->settled_count - written);
}

/* -------- fetches under way -------- */

int64_t status_eta_ms(const struct pager_progress *progress, int64_t now_ms)
{
    int64_t taken_ms = now_ms - progress->began_ms;
    if (progress->done == 0 || progress->pages == 0 || taken_ms < 0)
        return -1;
    uint64_t left = progress->pages > progress->done ? progress->pages - progress->done : 0;
    double eta_ms = (double)taken_ms / (double)progress->done * (double)left;
    return eta_ms < (double)INT64_MAX / 2 ? (int64_t)eta_ms : -1;
}

static void status_write_fetch(const struct listing *listing, int64_t now_ms,
                               struct writer *writer)
{
    char path[ENDPOINT_PATH_MAX];
    const struct pager_progress progress = pager_progress(listing->pager);
    int64_t eta_ms = status_eta_ms(&progress, now_ms);
    listing_path(listing, path);
    writer_open_object(writer, NULL);
    writer_string(writer, "path", path);
    writer_number(writer, "pages_done", progress.done);
    status_number_or_null(writer, "pages", progress.pages);
    if (eta_ms < 0)
        writer_null(writer, "eta");
    else
        writer_tenths(writer, "eta", (uint64_t)eta_ms / 100);
    writer_close_object(writer);
}

static void status_write_fetching(const struct cache *cache, int64_t now_ms,
                                  struct writer *writer)
{
    const struct listing *listing;
    size_t written = 0;
    writer_open_array(writer, "fetching");
    for (listing = TAILQ_FIRST(&cache->fetching); listing && written < STATUS_LISTINGS_MAX;
         listing = TAILQ_NEXT(listing, told), written++)
        status_write_fetch(listing, now_ms, writer);
    writer_close_array(writer);
    writer_number(writer, "fetching_more", cache->fetching_count - written);
}

static void status_write_error(const struct failure *failure, struct writer *writer)
{
    if (!failure->error) {
        writer_null(writer, "last_error");
        return;
    }
    writer_open_object(writer, "last_error");
    writer_string(writer, "path", failure->path);
    writer_string(writer, "error", strerrorname_np(-failure->error));
    status_number_or_null(writer, "status", (uint64_t)failure->status);
    writer_string(writer, "message", failure->message);
    writer_string(writer, "requestID", *failure->request_id ? failure->request_id : NULL);
    writer_time(writer, "time", failure->at);
    writer_close_object(writer);
}

int status_write(const struct cache *cache, struct buffer *out)
{
    struct writer writer = {.out = out};
    int64_t now_ms = clock_ms();
    writer_open_object(&writer, NULL);
    writer_string(&writer, "version", QPFS_VERSION);
    writer_time(&writer, "mounted_at", cache->mounted_at);
    writer_string(&writer, "api_url", cache->api_url);
    status_write_calls(cache, &writer);
    status_write_listings(cache, now_ms, &writer);
    status_write_fetching(cache, now_ms, &writer);
    status_write_error(&cache->last_failure, &writer);
    writer_close_object(&writer);
    writer_end(&writer);
    return writer.error;
}
