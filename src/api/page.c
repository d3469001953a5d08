/* One page of a target: asked for with a call, decoded, and checked. */
#include "api/page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/call.h"
#include "api/stitch.h"
#include "base/buffer.h"

struct page {
    const struct page_source *source;
    struct call *call;       /* NULL when answered */
    struct decoder *decoder; /* owned; NULL when it is not being decoded */
    struct loop_work work;   /* of that */
    struct buffer text;      /* the body, as long as that */
    struct window window;
    struct envelope envelope;
    struct freshness freshness;
    bool has_come;
};

/* -------- whether it can be true -------- */

/* A single record must be the one that was asked for: a cache in between can mix answers up. */
static bool page_is_asked_record(const struct page *page)
{
    const struct target *target = &page->source->target;
    if (target->endpoint->paging != ENDPOINT_SINGLE)
        return true;
    uint64_t asked = target->ids[1] ? target->ids[1] : target->ids[0];
    return page->envelope.records[0]->id == asked;
}

/* Return whether a record names another list as its own, where that is sure to be one. */
static bool page_has_stranger(const struct page *page)
{
    const struct target *target = &page->source->target;
    uint64_t owners[ENDPOINT_IDS_MAX];
    for (size_t i = 0; i < page->envelope.count && target->endpoint->owners_are_sure; i++) {
        target_read_owners(target, page->envelope.records[i], owners);
        if (owners[0] > 0 && owners[0] != target->ids[0])
            return true;
    }
    return false;
}

/* Return whether all records name one and the same other list as theirs. The first record
 * tells, in all answers but such. */
static bool page_is_of_other_list(const struct page *page)
{
    const struct target *target = &page->source->target;
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

/* Return 0 if it can be an answer to what was asked; else -EBADMSG with WHY, or -ENOMEM. */
static int page_check(struct page *page, const char **why)
{
    *why = "another record's ID";
    if (!page_is_asked_record(page))
        return -EBADMSG;
    *why = "all its records are of another list";
    if (page_is_of_other_list(page)) {
        client_renew_connections(page->source->client);
        return -EBADMSG;
    }
    *why = "somebody on it is of another organization";
    if (page_has_stranger(page))
        return -EBADMSG;
    *why = "it says that it is another page than page 1";
    if (page->window.page <= 1 && page->envelope.current_page > 1)
        return -EBADMSG;
    *why = "somebody is on the page twice, with other values";
    return stitch_remove_doubles(&page->envelope);
}

/* -------- reading it -------- */

static void page_stop_reading(struct page *page)
{
    loop_work_stop(&page->work);
    decoder_destroy(page->decoder);
    page->decoder = NULL;
    buffer_finish(&page->text);
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
    page->source->done(page->source->data, page, &answer);
}

static void page_read(void *data)
{
    struct page *page = data;
    int left = decoder_step(page->decoder);
    if (left > 0) {
        loop_work_start(client_loop(page->source->client), &page->work, page_read, page);
        return;
    }
    const char *why = page->envelope.why;
    int error = left ? left : page_check(page, &why);
    page_end_reading(page, error, why);
}

/* The body is taken over: the call ends now. */
static void page_begin_reading(struct page *page, const struct answer *answer)
{
    const struct page_source *source = page->source;
    const struct endpoint *endpoint = source->target.endpoint;
    page->decoder =
        decoder_create(&page->envelope, answer->body, answer->size,
                       endpoint->paging == ENDPOINT_SINGLE ? ENVELOPE_SINGLE : ENVELOPE_LIST,
                       endpoint->id_name, &source->past);
    if (!page->decoder) {
        page_end_reading(page, -ENOMEM, "");
        return;
    }
    page->text = buffer_take(answer->holder);
    page->has_come = true;
    if (source->came)
        source->came(source->data, page);
    loop_work_start(client_loop(source->client), &page->work, page_read, page);
}

static void page_on_answer(void *data, const struct answer *answer)
{
    struct page *page = data;
    page->call = NULL;
    page->freshness = answer->freshness;
    if (answer->error)
        page->source->done(page->source->data, page, answer);
    else
        page_begin_reading(page, answer);
}

struct page *page_create(const struct page_source *source, const struct window *window,
                         bool anew)
{
    char path[ENDPOINT_PATH_MAX];
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return NULL;
    page->source = source;
    page->window = *window;
    target_path(&source->target, window->page, window->size, path);
    page->call = call_create(source->client, endpoint_name(source->target.endpoint), path, anew,
                             page_on_answer, page);
    if (!page->call) {
        free(page);
        return NULL;
    }
    return page;
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

bool page_has_come(const struct page *page)
{
    return page->has_come;
}

struct envelope *page_envelope(struct page *page)
{
    return &page->envelope;
}

const struct freshness *page_freshness(const struct page *page)
{
    return &page->freshness;
}
