/* What a mount has learnt about the service's pages. */
#include "api/habits.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/number.h"

#define HABITS_DISTRUST_MAX 3

/* A number in a message that is so much smaller than the size is a count of something else: of
 * megabytes, of seconds. */
#define HABITS_NAMED_SHARE 11

#define HABIT_FIRST_MS ((int64_t)10 * 60 * 1000)
#define HABIT_MOST_MS  ((int64_t)24 * 60 * 60 * 1000)

static bool habit_holds(const struct habit *habit)
{
    return clock_ms() < habit->until_ms;
}

/* Return whether that is news. */
static bool habit_meet(struct habit *habit)
{
    bool news = habit->for_ms == 0;
    habit->for_ms = news ? HABIT_FIRST_MS : habit->for_ms * 2;
    if (habit->for_ms > HABIT_MOST_MS)
        habit->for_ms = HABIT_MOST_MS;
    habit->until_ms = clock_ms() + habit->for_ms;
    return news;
}

uint64_t habits_per_page(const struct habits *habits)
{
    return habit_holds(&habits->refuses_per_page) ? habits->smaller : habits->per_page;
}

/* The HTTP status of a refusal may stand in its message. */
#define HABITS_TOO_LARGE 413

/* A number by itself, and no part of a word, a date, an address or a fraction. */
static bool habits_is_number(const char *message, const char *at, const char *end)
{
    static const char joints[] = ".,:/_-";
    if (at > message && (isalnum((unsigned char)at[-1]) || strchr("_-/.:,", at[-1])))
        return false;
    return !isalpha((unsigned char)*end) &&
           !(*end && strchr(joints, *end) && isalnum((unsigned char)end[1]));
}

uint64_t habits_less_than(uint64_t size, const char *message)
{
    uint64_t best = 0, number;
    for (const char *at = message; *at;) {
        size_t digits = strspn(at, "0123456789");
        if (digits > 0 && habits_is_number(message, at, at + digits) &&
            number_parse(at, digits, size - 1, &number) && number > best &&
            number != HABITS_TOO_LARGE)
            best = number;
        at += digits > 0 ? digits : 1;
    }
    return best > size / HABITS_NAMED_SHARE ? best : size / 2;
}

enum plan_sizes habits_sizes(const struct habits *habits)
{
    return habit_holds(&habits->refuses_sizes) ? habits->sizes : PLAN_ANY_SIZE;
}

static void habits_learn_per_page(struct habits *habits, uint64_t per_page)
{
    if (per_page == habits->per_page) {
        habits->refuses_per_page = (struct habit){0, 0};
    } else if (per_page != habits_per_page(habits)) {
        habits->smaller = per_page;
        if (habit_meet(&habits->refuses_per_page))
            log_info("the service refuses perPage=%" PRIu64 "; asking for %" PRIu64
                     " for a while",
                     habits->per_page, per_page);
    }
}

void habits_learn(struct habits *habits, uint64_t per_page, enum plan_sizes sizes)
{
    habits_learn_per_page(habits, per_page);
    if (sizes == habits_sizes(habits))
        return;
    habits->sizes = sizes;
    if (sizes == PLAN_ANY_SIZE)
        habits->refuses_sizes = (struct habit){0, 0};
    else if (habit_meet(&habits->refuses_sizes))
        log_info("the service does not keep to perPage; %s",
                 sizes == PLAN_ONE_SIZE ? "reading each page twice" : "asking for round sizes");
}

void habits_distrust_singles(struct habits *habits)
{
    habits->no_singles = ++habits->distrust >= HABITS_DISTRUST_MAX;
}

void habits_see_page(struct habits *habits, uint64_t asked, const struct envelope *page)
{
    bool there_are_more = page->total_items > 0 && (uint64_t)page->total_items > page->count;
    habits->page_size = asked;
    if (page->count > 0 && there_are_more)
        habits->page_size = page->count;
    else if (page->per_page > 0 && (uint64_t)page->per_page < asked)
        habits->page_size = (uint64_t)page->per_page;
}
