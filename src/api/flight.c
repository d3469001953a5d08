/* Asks for the windows of one list, several at a time, and keeps what came in order. */
#include "api/flight.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/call.h"
#include "api/stitch.h"

/* What the call of a window brings. */
struct page {
    struct flight *flight;
    struct call *call;       /* NULL when answered */
    struct decoder *decoder; /* owned; NULL when it is not being decoded */
    struct loop_work work;   /* of that */
    struct buffer text;      /* the body, as long as that */
    struct envelope envelope;
    struct freshness freshness;
};

/* -------- windows -------- */

static void page_stop_reading(struct page *page)
{
    loop_work_stop(&page->work);
    decoder_destroy(page->decoder);
    page->decoder = NULL;
    buffer_finish(&page->text);
}

static void page_destroy(struct page *page)
{
    if (!page)
        return;
    call_cancel(page->call);
    page_stop_reading(page);
    envelope_finish(&page->envelope);
    free(page);
}

/* Take the page from WINDOW. What that page still waits for is no longer counted. */
static void flight_drop_page(struct flight *flight, struct flight_window *window)
{
    flight->waiting -= window->asked == 0;
    if (window->page && window->state == FLIGHT_WAITING) {
        if (window->page->call)
            flight->in_flight--;
        else
            flight->undecoded--;
    }
    page_destroy(window->page);
    window->page = NULL;
}

void flight_remove(struct flight *flight, size_t index, size_t count)
{
    struct flight_window *place = &flight->windows[index];
    for (size_t i = 0; i < count; i++)
        flight_drop_page(flight, &place[i]);
    flight->count -= count;
    memmove(place, place + count, (flight->count - index) * sizeof *place);
    if (flight->next > index)
        flight->next -= flight->next - index < count ? flight->next - index : count;
}

void flight_cut(struct flight *flight, size_t from)
{
    if (from < flight->count)
        flight_remove(flight, from, flight->count - from);
}

void flight_finish(struct flight *flight)
{
    flight_cut(flight, 0);
    free(flight->windows);
    flight->windows = NULL;
    flight->capacity = 0;
}

int flight_insert(struct flight *flight, size_t index, const struct window *window)
{
    if (flight->count == flight->capacity) {
        size_t capacity = flight->capacity ? flight->capacity * 2 : 4;
        struct flight_window *windows =
            reallocarray(flight->windows, capacity, sizeof *windows);
        if (!windows)
            return -ENOMEM;
        flight->windows = windows;
        flight->capacity = capacity;
    }
    struct flight_window *place = &flight->windows[index];
    memmove(place + 1, place, (flight->count - index) * sizeof *place);
    *place = (struct flight_window){.window = *window};
    flight->count++;
    flight->waiting++;
    if (flight->next > index)
        flight->next = index;
    return 0;
}

/* Return the window of PAGE. What was asked for last mostly stands right before the next one
 * to be asked for, so the search goes back from there. */
static struct flight_window *page_window(const struct page *page)
{
    const struct flight *flight = page->flight;
    size_t index = flight->next;
    do
        index = index > 0 ? index - 1 : flight->count - 1;
    while (flight->windows[index].page != page);
    return &flight->windows[index];
}

/* -------- whether a page can be true -------- */

/* A single record must be the one that was asked for: a cache in between can mix answers up. */
static bool page_is_asked_record(const struct page *page)
{
    const struct target *target = &page->flight->options.target;
    if (target->endpoint->paging != ENDPOINT_SINGLE)
        return true;
    uint64_t asked = target->ids[1] ? target->ids[1] : target->ids[0];
    return page->envelope.records[0]->id == asked;
}

/* Return whether a record names another list as its own, where that is sure to be one. */
static bool page_has_stranger(const struct page *page)
{
    const struct target *target = &page->flight->options.target;
    uint64_t owners[ENDPOINT_IDS_MAX];
    for (size_t i = 0; i < page->envelope.count && target->endpoint->owners_are_sure; i++) {
        target_read_owners(target, page->envelope.records[i], owners);
        if (owners[0] > 0 && owners[0] != target->ids[0])
            return true;
    }
    return false;
}

/* Return whether all records name one and the same other list as theirs. In a right answer the
 * first record tells already. */
static bool page_is_of_other_list(const struct page *page)
{
    const struct target *target = &page->flight->options.target;
    const struct envelope *envelope = &page->envelope;
    uint64_t first[ENDPOINT_IDS_MAX] = {0}, owners[ENDPOINT_IDS_MAX];
    bool other = false;
    if (envelope->count == 0 || target->endpoint->paging == ENDPOINT_SINGLE)
        return false;
    target_read_owners(target, envelope->records[0], first);
    for (size_t i = 0; i < ENDPOINT_IDS_MAX; i++)
        other = other || (first[i] > 0 && first[i] != target->ids[i]);
    for (size_t i = 1; i < envelope->count && other; i++) {
        target_read_owners(target, envelope->records[i], owners);
        other = memcmp(first, owners, sizeof first) == 0;
    }
    return other;
}

/* Return whether the page gives the address of another list to itself. That is believed where
 * a page of this endpoint gave the right one before: the address may be a sample. */
static bool page_names_other_list(const struct page *page)
{
    const struct flight_options *options = &page->flight->options;
    struct target named;
    if (!target_read_address(&named, page->envelope.self))
        return false;
    bool *names_itself =
        &options->quirks->names_itself[endpoint_name(options->target.endpoint)];
    if (!target_is_same(&named, &options->target))
        return *names_itself;
    *names_itself = true;
    return false;
}

/* Return 0 if it can be an answer to what was asked; else -EBADMSG with WHY, or -ENOMEM. */
static int page_check(struct page *page, const char **why)
{
    *why = "another record's ID";
    if (!page_is_asked_record(page))
        return -EBADMSG;
    bool is_of_other = page_is_of_other_list(page);
    *why = is_of_other ? "all its records are of another list"
                       : "it gives the address of another list to itself";
    if (is_of_other || page_names_other_list(page)) {
        client_renew_connections(page->flight->options.client);
        return -EBADMSG;
    }
    *why = "somebody on it is of another organization";
    if (page_has_stranger(page))
        return -EBADMSG;
    *why = "it says that it is another page than page 1";
    if (page_window(page)->window.page <= 1 && page->envelope.current_page > 1)
        return -EBADMSG;
    *why = "somebody is on the page twice, with other values";
    return stitch_remove_doubles(&page->envelope);
}

/* -------- what came -------- */

/* PAGE may be gone afterwards. */
static void page_end(struct page *page, const struct answer *answer)
{
    struct flight *flight = page->flight;
    struct flight_window *window = page_window(page);
    size_t index = (size_t)(window - flight->windows);
    if (answer->error) {
        flight_drop_page(flight, window);
    } else {
        flight->undecoded--;
        window->state = FLIGHT_THERE;
    }
    flight->options.done(flight->options.data, index, answer);
}

/* WHY counts for -EBADMSG alone. */
static void page_end_reading(struct page *page, int error, const char *why)
{
    struct answer answer = {.error = error, .status = 200};
    if (error == -ENOMEM)
        snprintf(answer.why, sizeof answer.why, "out of memory");
    else if (error)
        snprintf(answer.why, sizeof answer.why, "HTTP 200, but: %s", why);
    page_stop_reading(page);
    page_end(page, &answer);
}

static void page_read(void *data)
{
    struct page *page = data;
    int left = decoder_step(page->decoder);
    if (left > 0) {
        loop_work_start(client_loop(page->flight->options.client), &page->work, page_read,
                        page);
        return;
    }
    const char *why = page->envelope.why;
    int error = left ? left : page_check(page, &why);
    page_end_reading(page, error, why);
}

/* The body is taken over: the call ends now. Where there is no memory for the next call, it is
 * tried again once the page has been decoded. */
static void page_begin_reading(struct page *page, const struct answer *answer)
{
    const struct flight_options *options = &page->flight->options;
    const struct endpoint *endpoint = options->target.endpoint;
    page->decoder =
        decoder_create(&page->envelope, answer->body, answer->size,
                       endpoint->paging == ENDPOINT_SINGLE ? ENVELOPE_SINGLE : ENVELOPE_LIST,
                       endpoint->id_name, &options->past);
    if (!page->decoder) {
        page_end_reading(page, -ENOMEM, "");
        return;
    }
    page->text = buffer_take(answer->holder);
    (void)flight_go(page->flight);
    loop_work_start(client_loop(options->client), &page->work, page_read, page);
}

static void page_on_answer(void *data, const struct answer *answer)
{
    struct page *page = data;
    page->call = NULL;
    page->flight->in_flight--;
    page->flight->undecoded++;
    page->freshness = answer->freshness;
    if (answer->error)
        page_end(page, answer);
    else
        page_begin_reading(page, answer);
}

/* -------- asking -------- */

/* Decoding is not waited for, or the connections would lie idle meanwhile. But there may not be
 * more bodies than two for each of them. */
static bool flight_may_ask(const struct flight *flight)
{
    unsigned parallel = flight->options.parallel;
    return !flight->paused && flight->in_flight < parallel &&
           flight->in_flight + flight->undecoded < 2 * parallel;
}

static int flight_ask(struct flight *flight, struct flight_window *window)
{
    const struct target *target = &flight->options.target;
    char path[ENDPOINT_PATH_MAX];
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return -ENOMEM;
    page->flight = flight;
    target_path(target, window->window.page, window->window.size, path);
    page->call = call_create(flight->options.client, endpoint_name(target->endpoint), path,
                             flight->anew, page_on_answer, page);
    if (!page->call) {
        free(page);
        return -ENOMEM;
    }
    window->page = page;
    window->asked = ++flight->calls;
    flight->waiting--;
    flight->in_flight++;
    return 0;
}

int flight_go(struct flight *flight)
{
    int error = 0;
    while (!error && flight_may_ask(flight) && flight->next < flight->count &&
           flight->next < flight->limit) {
        struct flight_window *window = &flight->windows[flight->next];
        if (window->asked == 0)
            error = flight_ask(flight, window);
        if (!error)
            flight->next++;
    }
    return error;
}

void flight_init(struct flight *flight, const struct flight_options *options)
{
    *flight = (struct flight){.options = *options, .limit = SIZE_MAX};
}

uint64_t flight_answered(const struct flight *flight)
{
    return flight->calls - flight->in_flight - flight->undecoded;
}

struct envelope *flight_envelope(const struct flight *flight, size_t index)
{
    return &flight->windows[index].page->envelope;
}

const struct freshness *flight_freshness(const struct flight *flight, size_t index)
{
    return &flight->windows[index].page->freshness;
}
