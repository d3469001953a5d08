/* Stands in for the pager: a fetch waits until the test says what came of it. */
#include "fake_pager.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGERS_MAX 64

struct pager {
    struct pager_options options;
    uint64_t price;
    struct pager_progress progress;
    bool paused;
};

static struct pager *pagers[PAGERS_MAX];
static unsigned pagers_waiting, pagers_made;
static bool pagers_fail_next;
static struct freshness pagers_freshness;

struct pager *__wrap_pager_create(const struct pager_options *options)
{
    if (pagers_fail_next) {
        pagers_fail_next = false;
        return NULL;
    }
    struct pager *pager = calloc(1, sizeof *pager);
    assert(pager && pagers_waiting < PAGERS_MAX);
    pager->options = *options;
    pager->price = 1;
    pagers[pagers_waiting++] = pager;
    pagers_made++;
    return pager;
}

static struct pager *pagers_take(unsigned index)
{
    assert(index < pagers_waiting);
    struct pager *pager = pagers[index];
    pagers_waiting--;
    memmove(&pagers[index], &pagers[index + 1], (pagers_waiting - index) * sizeof *pagers);
    return pager;
}

void __wrap_pager_destroy(struct pager *pager)
{
    if (!pager)
        return;
    unsigned index = 0;
    while (index < pagers_waiting && pagers[index] != pager)
        index++;
    free(pagers_take(index));
}

uint64_t __wrap_pager_price(const struct pager *pager)
{
    return pager->price;
}

void __wrap_pager_set_limit(struct pager *pager, uint64_t limit)
{
    pager->options.limit = limit;
}

void __wrap_pager_pause(struct pager *pager, bool paused)
{
    pager->paused = paused;
}

struct pager_progress __wrap_pager_progress(const struct pager *pager)
{
    return pager->progress;
}

void fake_pager_reset(void)
{
    assert(pagers_waiting == 0);
    pagers_made = 0;
    pagers_fail_next = false;
    pagers_freshness = (struct freshness){0};
}

unsigned fake_pagers_made(void)
{
    return pagers_made;
}

unsigned fake_pagers_waiting(void)
{
    return pagers_waiting;
}

const char *fake_pager_path(unsigned index)
{
    static char path[ENDPOINT_PATH_MAX];
    assert(index < pagers_waiting);
    target_path(&pagers[index]->options.target, 0, 0, path);
    return path;
}

struct record *fake_pager_beside(unsigned index, uint64_t id, bool below)
{
    size_t hint = 0;
    assert(index < pagers_waiting);
    const struct pager_options *options = &pagers[index]->options;
    return options->beside(options->data, id, below, &hint);
}

void fake_pager_bring(unsigned index, const struct fake_record *records, size_t count)
{
    struct pager *pager = pagers_take(index);
    struct pager_result result = {
        .count = count, .pages = 1, .price = pager->price, .freshness = pagers_freshness};
    result.records = calloc(count + 1, sizeof(struct record *));
    assert(result.records);
    for (size_t i = 0; i < count; i++) {
        struct record *fresh = record_create(records[i].id, MTIME_DEFAULT_DAY, records[i].text,
                                             strlen(records[i].text));
        result.records[i] =
            pager->options.keep ? pager->options.keep(pager->options.data, fresh) : fresh;
        result.bytes += result.records[i]->size;
    }
    pager->options.done(pager->options.data, &result);
    free(pager);
}

void fake_pager_set_price(unsigned index, uint64_t price)
{
    assert(index < pagers_waiting);
    pagers[index]->price = price;
}

void fake_pager_set_progress(unsigned index, struct pager_progress progress)
{
    assert(index < pagers_waiting);
    pagers[index]->progress = progress;
}

uint64_t fake_pager_limit(unsigned index)
{
    assert(index < pagers_waiting);
    return pagers[index]->options.limit;
}

bool fake_pager_is_paused(unsigned index)
{
    assert(index < pagers_waiting);
    return pagers[index]->paused;
}

bool fake_pager_is_anew(unsigned index)
{
    return index < pagers_waiting && pagers[index]->options.anew;
}

bool fake_pager_expects_people(unsigned index)
{
    assert(index < pagers_waiting);
    return pagers[index]->options.expect_people;
}

static void pager_end(unsigned index, struct pager_result *result)
{
    struct pager *pager = pagers_take(index);
    pager->options.done(pager->options.data, result);
    free(pager);
}

void fake_pager_stop_at(unsigned index, uint64_t price)
{
    struct pager_result result = {.error = -E2BIG, .price = price, .why = "too many pages"};
    pager_end(index, &result);
}

void fake_pager_fail_with(unsigned index, int error, long status, const char *why)
{
    struct pager_result result = {.error = error, .status = status, .why = why};
    pager_end(index, &result);
}

void fake_pager_fail_in_vain(unsigned index, uint64_t price)
{
    struct pager_result result = {.error = -EBADMSG, .price = price, .why = "moves too fast"};
    pager_end(index, &result);
}

void fake_pager_fail_saying(unsigned index, int error, long status, const char *message,
                            const char *request_id)
{
    struct pager_result result = {.error = error,
                                  .status = status,
                                  .why = "why",
                                  .message = message,
                                  .request_id = request_id};
    pager_end(index, &result);
}

void fake_pager_fail(unsigned index, int error, bool not_found, const char *why)
{
    struct pager_result result = {.error = error, .status = not_found ? 404 : 0, .why = why};
    pager_end(index, &result);
}

void fake_pager_fail_untried(unsigned index, int error, const char *why)
{
    struct pager_result result = {.error = error, .untried = true, .why = why};
    pager_end(index, &result);
}

void fake_pager_fail_nobody(unsigned index)
{
    struct pager_result result = {
        .error = -EIO, .status = 404, .nobody = true, .why = "HTTP 404"};
    pager_end(index, &result);
}

void fake_pager_fail_next(void)
{
    pagers_fail_next = true;
}

void fake_pager_say(int64_t age_s, int64_t max_age_s)
{
    pagers_freshness = (struct freshness){.age_s = age_s, .max_age_s = max_age_s};
}
