#include "api/page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct page {
    struct call *call; /* NULL when answered */
    struct target target;
    struct envelope envelope;
    bool there;
    size_t index;
    page_done_fn *done;
    void *data;
};

static void page_on_answer(void *data, const struct answer *answer)
{
    struct page *page = data;
    const struct endpoint *endpoint = page->target.endpoint;
    struct answer judged = *answer;
    page->call = NULL;
    if (!answer->error) {
        enum envelope_shape shape =
            endpoint->paging == ENDPOINT_SINGLE ? ENVELOPE_SINGLE : ENVELOPE_LIST;
        judged.error = envelope_decode(&page->envelope, answer->body, answer->size, shape,
                                       endpoint->id_name);
        if (judged.error == -ENOMEM)
            snprintf(judged.why, sizeof judged.why, "out of memory");
        else
            snprintf(judged.why, sizeof judged.why, "HTTP 200, but: %s", page->envelope.why);
    }
    page->there = !judged.error;
    page->done(page->data, page, &judged);
}

struct page *page_create(struct client *client, const struct target *target, uint64_t number,
                         uint64_t per_page, size_t index, page_done_fn *done, void *data)
{
    char path[ENDPOINT_PATH_MAX];
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return NULL;
    page->target = *target;
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

void page_destroy(struct page *page)
{
    if (!page)
        return;
    call_cancel(page->call);
    envelope_finish(&page->envelope);
    free(page);
}

size_t page_index(const struct page *page)
{
    return page->index;
}

bool page_is_there(const struct page *page)
{
    return page->there;
}

struct envelope *page_envelope(struct page *page)
{
    return &page->envelope;
}
