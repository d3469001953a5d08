/* Reads what answers say of their own age. */
#include "api/freshness.h"

#include <stdbool.h>

#include "base/span.h"

/* Cuts the first member off a list. A comma in quotes parts nothing. */
static struct span freshness_member(struct span *list)
{
    bool quoted = false;
    size_t at = 0;
    for (; at < list->size && (quoted || list->text[at] != ','); at++) {
        if (quoted && list->text[at] == '\\' && at + 1 < list->size)
            at++;
        else if (list->text[at] == '"')
            quoted = !quoted;
    }
    struct span member = {list->text, at};
    size_t gone = at < list->size ? at + 1 : at;
    list->text += gone;
    list->size -= gone;
    return span_trim(member);
}

/* -1 for anything but digits. */
static int64_t freshness_seconds(struct span span)
{
    int64_t seconds = span.size > 0 ? 0 : -1;
    for (size_t i = 0; i < span.size; i++) {
        if (span.text[i] < '0' || span.text[i] > '9')
            return -1;
        seconds = seconds * 10 + (span.text[i] - '0');
        if (seconds > FRESHNESS_SECONDS_MAX)
            seconds = FRESHNESS_SECONDS_MAX;
    }
    return seconds;
}

static void freshness_take_max_age(struct freshness *freshness, int64_t seconds)
{
    if (seconds > 0 && (!freshness->max_age_s || seconds < freshness->max_age_s))
        freshness->max_age_s = seconds;
}

static void freshness_take_age(struct freshness *freshness, int64_t seconds)
{
    if (seconds > freshness->age_s)
        freshness->age_s = seconds;
}

void freshness_read(struct freshness *freshness, const char *line, size_t size)
{
    struct span value, seconds;
    if (span_behind((struct span){line, size}, "Age:", &value)) {
        freshness_take_age(freshness, freshness_seconds(freshness_member(&value)));
        return;
    }
    if (!span_behind((struct span){line, size}, "Cache-Control:", &value))
        return;
    while (value.size > 0) {
        if (!span_behind(freshness_member(&value), "max-age=", &seconds))
            continue;
        if (seconds.size > 2 && seconds.text[0] == '"' && seconds.text[seconds.size - 1] == '"')
            seconds = (struct span){seconds.text + 1, seconds.size - 2};
        freshness_take_max_age(freshness, freshness_seconds(seconds));
    }
}

void freshness_narrow(struct freshness *all, const struct freshness *one)
{
    freshness_take_age(all, one->age_s);
    freshness_take_max_age(all, one->max_age_s);
}

int64_t freshness_ttl_ms(const struct freshness *freshness, int64_t ttl_ms, int64_t least_ms)
{
    int64_t limit_ms = freshness->max_age_s * 1000;
    int64_t left_ms =
        (limit_ms > 0 && limit_ms < ttl_ms ? limit_ms : ttl_ms) - freshness->age_s * 1000;
    if (left_ms < least_ms)
        return least_ms < ttl_ms ? least_ms : ttl_ms;
    return left_ms;
}
