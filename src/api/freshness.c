/* Reads what answers say of their own age. */
#include "api/freshness.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* A part of a line. */
struct freshness_part {
    const char *text; /* borrowed, and not terminated */
    size_t size;
};

static bool freshness_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct freshness_part freshness_trim(struct freshness_part part)
{
    while (part.size > 0 && freshness_is_blank(part.text[part.size - 1]))
        part.size--;
    while (part.size > 0 && freshness_is_blank(part.text[0])) {
        part.text++;
        part.size--;
    }
    return part;
}

/* Return whether PART begins with PREFIX, in any case. Then REST is what comes behind it. */
static bool freshness_behind(struct freshness_part part, const char *prefix,
                             struct freshness_part *rest)
{
    size_t length = strlen(prefix);
    if (part.size < length || strncasecmp(part.text, prefix, length) != 0)
        return false;
    *rest = freshness_trim((struct freshness_part){part.text + length, part.size - length});
    return true;
}

/* Cut the first member off LIST, and return it. A comma in quotes parts nothing. */
static struct freshness_part freshness_member(struct freshness_part *list)
{
    bool quoted = false;
    size_t at = 0;
    for (; at < list->size && (quoted || list->text[at] != ','); at++) {
        if (quoted && list->text[at] == '\\' && at + 1 < list->size)
            at++;
        else if (list->text[at] == '"')
            quoted = !quoted;
    }
    struct freshness_part member = {list->text, at};
    size_t gone = at < list->size ? at + 1 : at;
    list->text += gone;
    list->size -= gone;
    return freshness_trim(member);
}

/* Return the number that PART is; -1 for anything but digits. */
static int64_t freshness_seconds(struct freshness_part part)
{
    int64_t seconds = part.size > 0 ? 0 : -1;
    for (size_t i = 0; i < part.size; i++) {
        if (part.text[i] < '0' || part.text[i] > '9')
            return -1;
        seconds = seconds * 10 + (part.text[i] - '0');
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
    const struct freshness_part header = {line, size};
    struct freshness_part value, seconds;
    if (freshness_behind(header, "Age:", &value)) {
        freshness_take_age(freshness, freshness_seconds(freshness_member(&value)));
        return;
    }
    if (!freshness_behind(header, "Cache-Control:", &value))
        return;
    while (value.size > 0) {
        if (!freshness_behind(freshness_member(&value), "max-age=", &seconds))
            continue;
        if (seconds.size > 2 && seconds.text[0] == '"' && seconds.text[seconds.size - 1] == '"')
            seconds = (struct freshness_part){seconds.text + 1, seconds.size - 2};
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
