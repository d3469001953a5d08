/* Replaces what an answer says, by where in it that stands. */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "json/disguise.h"

#define DISGUISE_DEPTH_MAX 32

/* Where in an answer an object stands. */
enum disguise_place {
    PLACE_OTHER,
    PLACE_TOP,
    PLACE_RESPONSE,
    PLACE_PAGINATION,
    PLACE_LINKS,
    PLACE_ERROR
};

/* A piece of the body; borrowed. */
struct disguise_span {
    const char *at;
    size_t size;
};

struct disguise_walk {
    struct disguise *disguise;
    const char *at, *end;
    struct buffer *out;
    struct disguise_span name; /* the last one of a member, without its quotes */
    enum disguise_place places[DISGUISE_DEPTH_MAX];
    size_t depth; /* of objects and lists that are open; may be more than there are places */
};

static bool disguise_is(const struct disguise_walk *walk, const char *name)
{
    return walk->name.size == strlen(name) && memcmp(walk->name.at, name, walk->name.size) == 0;
}

static enum disguise_place disguise_place(const struct disguise_walk *walk)
{
    bool known = walk->depth > 0 && walk->depth <= DISGUISE_DEPTH_MAX;
    return known ? walk->places[walk->depth - 1] : PLACE_OTHER;
}

static enum disguise_place disguise_next_place(const struct disguise_walk *walk)
{
    enum disguise_place place = disguise_place(walk);
    if (walk->depth == 0)
        return PLACE_TOP;
    if (place == PLACE_TOP && disguise_is(walk, "response"))
        return PLACE_RESPONSE;
    if (place == PLACE_TOP && disguise_is(walk, "pagination"))
        return PLACE_PAGINATION;
    if (place == PLACE_PAGINATION && disguise_is(walk, "links"))
        return PLACE_LINKS;
    if ((place == PLACE_TOP || place == PLACE_RESPONSE) && disguise_is(walk, "error"))
        return PLACE_ERROR;
    return PLACE_OTHER;
}

/* Whether a whole number of so many DIGITS stays as it is, here. */
static bool disguise_keeps_number(const struct disguise_walk *walk, size_t digits)
{
    static const char *const counts[] = {"perPage",     "totalItems", "total",
                                         "currentPage", "page",       "totalPages"};
    enum disguise_place place = disguise_place(walk);
    if (place == PLACE_ERROR)
        return digits <= 6 && (disguise_is(walk, "httpStatusCode") || disguise_is(walk, "id"));
    for (size_t i = 0; i < sizeof counts / sizeof *counts && place == PLACE_PAGINATION; i++) {
        if (disguise_is(walk, counts[i]))
            return true;
    }
    return false;
}

/* Names of members are the service's. One that is no name is somebody's. */
static bool disguise_is_name(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("_-", text[i]))
            return false;
    }
    return size > 0 && isalpha((unsigned char)text[0]);
}

/* The query of a link, if it says nothing but a page and its size. */
static size_t disguise_page_query(const char *text, size_t size)
{
    const char *query = memchr(text, '?', size), *end = text + size, *at = query;
    while (at && at < end) {
        at++;
        size_t name = end - at > 5 && memcmp(at, "page=", 5) == 0      ? 5
                      : end - at > 8 && memcmp(at, "perPage=", 8) == 0 ? 8
                                                                       : 0;
        const char *digits = at + name;
        for (at = digits; at < end && isdigit((unsigned char)*at);)
            at++;
        if (name == 0 || at == digits || at - digits > 9 || (at < end && *at != '&'))
            return 0;
    }
    return query ? (size_t)(end - query) : 0;
}

static int disguise_link(struct disguise_walk *walk, const char *text, size_t size)
{
    size_t query = disguise_page_query(text, size);
    int error = disguise_value(walk->disguise, text, size - query, walk->out);
    return error ? error : buffer_append(walk->out, text + size - query, query);
}

/* Digits alone. */
static bool disguise_is_count(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
    }
    return size > 0 && size <= 10;
}

static int disguise_string_text(struct disguise_walk *walk, const char *text, size_t size,
                                bool is_name)
{
    bool kept = is_name ? disguise_is_name(text, size)
                        : disguise_is_count(text, size) && disguise_keeps_number(walk, size);
    if (kept)
        return buffer_append(walk->out, text, size);
    if (disguise_place(walk) == PLACE_LINKS && !is_name)
        return disguise_link(walk, text, size);
    return disguise_value(walk->disguise, text, size, walk->out);
}

/* From its first quote on. One that is cut off reaches to the end. */
static int disguise_string(struct disguise_walk *walk)
{
    const char *text = walk->at + 1, *close = text;
    while (close < walk->end && *close != '"')
        close += *close == '\\' && walk->end - close > 1 ? 2 : 1;
    const char *after = close < walk->end ? close + 1 : close;
    const char *colon = after;
    while (colon < walk->end && isspace((unsigned char)*colon))
        colon++;
    bool is_name = colon < walk->end && *colon == ':';
    size_t size = (size_t)(close - text);
    if (is_name)
        walk->name = (struct disguise_span){text, size};
    int error = buffer_append(walk->out, "\"", 1);
    if (!error)
        error = disguise_string_text(walk, text, size, is_name);
    if (!error && close < walk->end)
        error = buffer_append(walk->out, "\"", 1);
    walk->at = after;
    return error;
}

static const char *disguise_skip_digits(const char *at, const char *end)
{
    while (at < end && isdigit((unsigned char)*at))
        at++;
    return at;
}

/* What stands behind the digits at AT and belongs to the number, if digits come after it. */
static const char *disguise_skip_fraction(const char *at, const char *end)
{
    while (at + 1 < end && *at == '.' && isdigit((unsigned char)at[1]))
        at = disguise_skip_digits(at + 1, end);
    return at;
}

static const char *disguise_skip_exponent(const char *at, const char *end)
{
    const char *digits = at + 1;
    if (at == end || (*at != 'e' && *at != 'E'))
        return at;
    digits += digits < end && (*digits == '+' || *digits == '-');
    return digits < end && isdigit((unsigned char)*digits) ? disguise_skip_digits(digits, end)
                                                           : at;
}

static bool disguise_is_zero(const char *fraction, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (fraction[i] != '.' && fraction[i] != '0')
            return false;
    }
    return true;
}

/* A fraction is a value of its own: what is below 1 stays so, and a whole number whole. An
 * exponent stays. */
static int disguise_digits(struct disguise_walk *walk)
{
    const char *start = walk->at, *dot = disguise_skip_digits(start, walk->end);
    const char *e = disguise_skip_fraction(dot, walk->end);
    const char *end = disguise_skip_exponent(e, walk->end);
    size_t whole = (size_t)(dot - start), fraction = (size_t)(e - dot);
    walk->at = end;
    if (fraction == 0 && disguise_keeps_number(walk, whole))
        return buffer_append(walk->out, start, (size_t)(end - start));
    int error = disguise_value(walk->disguise, start, whole, walk->out);
    if (!error && disguise_is_zero(dot, fraction))
        error = buffer_append(walk->out, dot, fraction);
    else if (!error)
        error = disguise_value(walk->disguise, dot, fraction, walk->out);
    return error ? error : buffer_append(walk->out, e, (size_t)(end - e));
}

static bool disguise_is_word(const char *at, const char *end)
{
    return at < end && (isalpha((unsigned char)*at) || *at & '\x80');
}

/* Letters outside of a string: true, false, null; else what is no JSON. */
static int disguise_word(struct disguise_walk *walk)
{
    static const char *const words[] = {"true", "false", "null"};
    const char *start = walk->at;
    while (disguise_is_word(walk->at, walk->end))
        walk->at++;
    size_t size = (size_t)(walk->at - start);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (size == strlen(words[i]) && memcmp(start, words[i], size) == 0)
            return buffer_append(walk->out, start, size);
    }
    return disguise_value(walk->disguise, start, size, walk->out);
}

static int disguise_mark(struct disguise_walk *walk)
{
    char mark = *walk->at++;
    if (mark == '{' || mark == '[') {
        enum disguise_place place = mark == '{' ? disguise_next_place(walk) : PLACE_OTHER;
        if (walk->depth++ < DISGUISE_DEPTH_MAX)
            walk->places[walk->depth - 1] = place;
    } else if (mark == '}' || mark == ']') {
        walk->depth -= walk->depth > 0;
    }
    return buffer_append(walk->out, &mark, 1);
}

int disguise_body(struct disguise *disguise, const char *body, size_t size, struct buffer *out)
{
    struct disguise_walk walk = {
        .disguise = disguise, .at = body, .end = body + size, .out = out, .name = {"", 0}};
    int error = 0;
    while (walk.at < walk.end && !error) {
        if (*walk.at == '"')
            error = disguise_string(&walk);
        else if (isdigit((unsigned char)*walk.at))
            error = disguise_digits(&walk);
        else if (disguise_is_word(walk.at, walk.end))
            error = disguise_word(&walk);
        else
            error = disguise_mark(&walk);
    }
    return error;
}
