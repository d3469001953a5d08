#include "api/page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"
#include "json/decoder.h"

/* An answer that is being decoded. */
struct reading {
    struct decoder *decoder;
    struct answer answer;
    char body[];
};

struct page {
    struct client *client;
    struct call *call;       /* NULL when answered */
    struct reading *reading; /* owned; NULL when it is not being decoded */
    struct loop_work work;   /* of that */
    struct target target;
    struct envelope envelope;
    struct freshness freshness;
    struct window window;             /* as it was asked for */
    const struct validator *expected; /* what a 304 stands for, borrowed; NULL: for nothing */
    char etag[ETAG_MAX];              /* "": none */
    bool has_come;
    bool there;
    size_t index;
    page_came_fn *came; /* may be NULL */
    page_done_fn *done;
    void *data;
};

static void page_stop_reading(struct page *page)
{
    loop_work_stop(&page->work);
    if (page->reading)
        decoder_destroy(page->reading->decoder);
    wipe_free(page->reading);
    page->reading = NULL;
}

static void page_finish(struct page *page, const struct answer *answer)
{
    page->there = !answer->error;
    page->done(page->data, page, answer);
}

/* A 304: it is what it was. */
static void page_restore(struct page *page, struct answer *answer)
{
    if (answer->etag && !etag_same(answer->etag, page->expected->etag)) {
        snprintf(answer->why, sizeof answer->why, "HTTP 304, but for another ETag");
        return;
    }
    answer->error = validator_restore(page->expected, &page->envelope);
    if (answer->error)
        snprintf(answer->why, sizeof answer->why, "out of memory");
    else
        memcpy(page->etag, page->expected->etag, sizeof page->etag);
}

static void page_end_reading(struct page *page, struct answer *answer, int error)
{
    answer->error = error;
    if (error == -ENOMEM)
        snprintf(answer->why, sizeof answer->why, "out of memory");
    else if (error)
        snprintf(answer->why, sizeof answer->why, "HTTP 200, but: %s", page->envelope.why);
    page_stop_reading(page);
    page_finish(page, answer);
}

static void page_read(void *data)
{
    struct page *page = data;
    int left = decoder_step(page->reading->decoder);
    if (left > 0) {
        loop_work_start(client_loop(page->client), &page->work, page_read, page);
        return;
    }
    struct answer answer = page->reading->answer;
    page_end_reading(page, &answer, left);
}

/* Body and ETag are copied, for they go with the call. */
static void page_begin_reading(struct page *page, const struct answer *answer)
{
    const struct endpoint *endpoint = page->target.endpoint;
    struct answer judged = *answer;
    struct reading *reading = malloc(sizeof *reading + answer->size);
    if (answer->etag)
        strncpy(page->etag, answer->etag, sizeof page->etag - 1);
    judged.body = NULL;
    judged.size = 0;
    judged.etag = NULL;
    if (!reading) {
        page_end_reading(page, &judged, -ENOMEM);
        return;
    }
    reading->answer = judged;
    memcpy(reading->body, answer->body, answer->size);
    reading->decoder =
        decoder_create(&page->envelope, reading->body, answer->size,
                       endpoint->paging == ENDPOINT_SINGLE ? ENVELOPE_SINGLE : ENVELOPE_LIST,
                       endpoint->id_name);
    page->reading = reading;
    if (!reading->decoder) {
        page_end_reading(page, &judged, -ENOMEM);
        return;
    }
    page->has_come = true;
    if (page->came)
        page->came(page->data, page);
    loop_work_start(client_loop(page->client), &page->work, page_read, page);
}

static void page_on_answer(void *data, const struct answer *answer)
{
    struct page *page = data;
    struct answer judged = *answer;
    page->call = NULL;
    page->freshness = answer->freshness;
    if (!answer->error) {
        page_begin_reading(page, answer);
        return;
    }
    if (answer->status == 304 && page->expected)
        page_restore(page, &judged);
    page_finish(page, &judged);
}

struct page *page_create(struct client *client, const struct target *target, uint64_t number,
                         uint64_t per_page, size_t index, page_done_fn *done, void *data)
{
    char path[ENDPOINT_PATH_MAX];
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return NULL;
    page->client = client;
    page->target = *target;
    page->window = (struct window){.page = number, .per_page = per_page};
    page->index = index;
    page->done = done;
    page->data = data;
    target_path(target, number, per_page, path);
    page->call = client_get(client, path, page_on_answer, page);
    if (!page->call) {
        free(page);
        return NULL;
    }
    return page;
}

void page_on_came(struct page *page, page_came_fn *came)
{
    page->came = came;
}

void page_revalidate(struct page *page, const struct validators *held)
{
    page->expected = validators_find(held, &page->window);
    if (page->expected)
        call_if_none_match(page->call, page->expected->etag);
}

void page_remember(const struct page *page, struct validators **validators)
{
    if (*page->etag)
        validators_add(validators, &page->window, page->etag, &page->envelope);
}

void page_destroy(struct page *page)
{
    if (!page)
        return;
    call_cancel(page->call);
    page_stop_reading(page);
    envelope_finish(&page->envelope);
    free(page);
}

size_t page_index(const struct page *page)
{
    return page->index;
}

bool page_has_come(const struct page *page)
{
    return page->has_come;
}

bool page_is_there(const struct page *page)
{
    return page->there;
}

struct envelope *page_envelope(struct page *page)
{
    return &page->envelope;
}

const struct freshness *page_freshness(const struct page *page)
{
    return &page->freshness;
}
