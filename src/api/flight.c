/* Asks for the windows of one list, several at a time, and keeps what came in order. */
#include "api/flight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Take the page from WINDOW. What that page still waits for is no longer counted. */
static void flight_drop_page(struct flight *flight, struct flight_window *window)
{
    flight->waiting -= window->asked == 0;
    if (window->page && window->state == FLIGHT_WAITING) {
        if (page_has_come(window->page))
            flight->undecoded--;
        else
            flight->in_flight--;
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

/* What was asked for last mostly stands right before the next one. */
static size_t flight_index(const struct flight *flight, const struct page *page)
{
    size_t index = flight->next;
    do
        index = index > 0 ? index - 1 : flight->count - 1;
    while (flight->windows[index].page != page);
    return index;
}

static void flight_on_page(void *data, struct page *page, const struct answer *answer)
{
    struct flight *flight = data;
    size_t index = flight_index(flight, page);
    struct flight_window *window = &flight->windows[index];
    if (answer->error) {
        flight_drop_page(flight, window);
    } else {
        flight->undecoded--;
        window->state = FLIGHT_THERE;
    }
    flight->options.done(flight->options.data, index, answer);
}

/* Where there is no memory for the next call, it is tried again once the page has been decoded.
 */
static void flight_on_came(void *data, struct page *page)
{
    struct flight *flight = data;
    (void)page;
    flight->in_flight--;
    flight->undecoded++;
    (void)flight_go(flight);
}

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
    window->page = page_create(&flight->source, &window->window, flight->anew);
    if (!window->page)
        return -ENOMEM;
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
    *flight = (struct flight){
        .options = *options,
        .source = {.client = options->client,
                   .target = options->target,
                   .past = options->past,
                   .came = flight_on_came,
                   .done = flight_on_page,
                   .data = flight},
        .limit = SIZE_MAX,
    };
}

uint64_t flight_answered(const struct flight *flight)
{
    return flight->calls - flight->in_flight - flight->undecoded;
}

struct envelope *flight_envelope(const struct flight *flight, size_t index)
{
    return page_envelope(flight->windows[index].page);
}
