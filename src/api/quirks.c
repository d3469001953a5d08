/* Keeps what a mount has learnt about the service's pages. All its listings share it. */
#include "api/quirks.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/number.h"

/* A number in a message that is so much smaller than the size is a count of something else: of
 * megabytes, of seconds. */
#define QUIRKS_NAMED_SHARE 11

#define QUIRK_FIRST_MS ((int64_t)10 * 60 * 1000)
#define QUIRK_MOST_MS  ((int64_t)24 * 60 * 60 * 1000)

static bool quirk_holds(const struct quirk *quirk)
{
    return clock_ms() < quirk->until_ms;
}

/* Return whether that is news. */
static bool quirk_meet(struct quirk *quirk)
{
    bool news = quirk->for_ms == 0;
    quirk->for_ms = news ? QUIRK_FIRST_MS : quirk->for_ms * 2;
    if (quirk->for_ms > QUIRK_MOST_MS)
        quirk->for_ms = QUIRK_MOST_MS;
    quirk->until_ms = clock_ms() + quirk->for_ms;
    return news;
}

uint64_t quirks_per_page(const struct quirks *quirks)
{
    return quirk_holds(&quirks->refuses_per_page) ? quirks->smaller : quirks->per_page;
}

/* The HTTP status of a refusal may stand in its message. */
#define QUIRKS_TOO_LARGE 413

/* Return whether a number stands by itself, and is no part of a word, a date, an address or a
 * fraction. */
static bool quirks_is_number(const char *message, const char *at, const char *end)
{
    static const char joints[] = ".,:/_-";
    if (at > message && (isalnum((unsigned char)at[-1]) || strchr(joints, at[-1])))
        return false;
    return !isalpha((unsigned char)*end) &&
           !(*end && strchr(joints, *end) && isalnum((unsigned char)end[1]));
}

uint64_t quirks_less_than(uint64_t size, const char *message)
{
    uint64_t best = 0, number;
    for (const char *at = message; *at;) {
        size_t digits = strspn(at, "0123456789");
        if (digits > 0 && quirks_is_number(message, at, at + digits) &&
            number_parse(at, digits, size - 1, &number) && number > best &&
            number != QUIRKS_TOO_LARGE)
            best = number;
        at += digits > 0 ? digits : 1;
    }
    return best > size / QUIRKS_NAMED_SHARE ? best : size / 2;
}

enum plan_sizes quirks_sizes(const struct quirks *quirks)
{
    return quirk_holds(&quirks->refuses_sizes) ? quirks->sizes : PLAN_ANY_SIZE;
}

static void quirks_learn_per_page(struct quirks *quirks, uint64_t per_page)
{
    if (per_page == quirks->per_page) {
        quirks->refuses_per_page = (struct quirk){0, 0};
    } else if (per_page != quirks_per_page(quirks)) {
        quirks->smaller = per_page;
        if (quirk_meet(&quirks->refuses_per_page))
            log_info("the service refuses perPage=%" PRIu64 "; asking for %" PRIu64
                     " for a while",
                     quirks->per_page, per_page);
    }
}

void quirks_learn(struct quirks *quirks, uint64_t per_page, enum plan_sizes sizes)
{
    quirks_learn_per_page(quirks, per_page);
    if (sizes == quirks_sizes(quirks))
        return;
    quirks->sizes = sizes;
    if (sizes == PLAN_ANY_SIZE)
        quirks->refuses_sizes = (struct quirk){0, 0};
    else if (quirk_meet(&quirks->refuses_sizes))
        log_info("the service does not keep to perPage; %s",
                 sizes == PLAN_ONE_SIZE ? "reading each page twice" : "asking for round sizes");
}

void quirks_see_page(struct quirks *quirks, uint64_t asked, const struct envelope *page)
{
    bool there_are_more = page->total_items > 0 && (uint64_t)page->total_items > page->count;
    quirks->page_size = asked;
    if (page->count > 0 && there_are_more)
        quirks->page_size = page->count;
    else if (page->per_page > 0 && (uint64_t)page->per_page < asked)
        quirks->page_size = (uint64_t)page->per_page;
}
