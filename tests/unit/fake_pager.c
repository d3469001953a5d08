#include "fake_pager.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PAGERS_MAX 64

struct pager {
    struct pager_options options;
};

static struct pager *pagers[PAGERS_MAX];
static unsigned pagers_waiting, pagers_made;
static bool pagers_fail_next;

struct pager *__wrap_pager_create(const struct pager_options *options)
{
    if (pagers_fail_next) {
        pagers_fail_next = false;
        return NULL;
    }
    struct pager *pager = calloc(1, sizeof *pager);
    assert(pager && pagers_waiting < PAGERS_MAX);
    pager->options = *options;
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

void fake_pager_reset(void)
{
    assert(pagers_waiting == 0);
    pagers_made = 0;
    pagers_fail_next = false;
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

void fake_pager_bring(unsigned index, const struct fake_record *records, size_t count)
{
    struct pager *pager = pagers_take(index);
    struct pager_result result = {.count = count, .pages = 1};
    result.records = calloc(count + 1, sizeof(struct record *));
    assert(result.records);
    for (size_t i = 0; i < count; i++) {
        struct record *fresh = record_create(records[i].id, MTIME_DEFAULT_DAY, records[i].text,
                                             strlen(records[i].text));
        result.records[i] = pager->options.keep(pager->options.data, fresh);
    }
    pager->options.done(pager->options.data, &result);
    free(pager);
}

void fake_pager_fail(unsigned index, int error, bool not_found, const char *why)
{
    struct pager *pager = pagers_take(index);
    struct pager_result result = {.error = error, .not_found = not_found, .why = why};
    pager->options.done(pager->options.data, &result);
    free(pager);
}

void fake_pager_fail_next(void)
{
    pagers_fail_next = true;
}
