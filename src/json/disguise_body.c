/* Replaces the values in the body of an answer, each by where it stands. */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "json/disguise.h"

#define DISGUISE_DEPTH_MAX 32

/* Where in an answer an object stands. */
enum disguise_context {
    CONTEXT_OTHER,
    CONTEXT_TOP,
    CONTEXT_RESPONSE,
    CONTEXT_PAGINATION,
    CONTEXT_LINKS,
    CONTEXT_ERROR
};

struct disguise_reader {
    struct disguise *disguise;
    const char *at, *end;
    struct buffer *out;
    const char *name; /* the last one of a member, without its quotes; not terminated */
    size_t name_size;
    enum disguise_context contexts[DISGUISE_DEPTH_MAX];
    size_t depth; /* of objects and lists that are open; may be more than there are contexts */
};

static bool disguise_is(const struct disguise_reader *reader, const char *name)
{
    return reader->name_size == strlen(name) &&
           memcmp(reader->name, name, reader->name_size) == 0;
}

static enum disguise_context disguise_context(const struct disguise_reader *reader)
{
    bool known = reader->depth > 0 && reader->depth <= DISGUISE_DEPTH_MAX;
    return known ? reader->contexts[reader->depth - 1] : CONTEXT_OTHER;
}

static enum disguise_context disguise_next_context(const struct disguise_reader *reader)
{
    enum disguise_context context = disguise_context(reader);
    if (reader->depth == 0)
        return CONTEXT_TOP;
    if (context == CONTEXT_TOP && disguise_is(reader, "response"))
        return CONTEXT_RESPONSE;
    if (context == CONTEXT_TOP && disguise_is(reader, "pagination"))
        return CONTEXT_PAGINATION;
    if ((context == CONTEXT_PAGINATION || context == CONTEXT_TOP) &&
        disguise_is(reader, "links"))
        return CONTEXT_LINKS;
    if ((context == CONTEXT_TOP || context == CONTEXT_RESPONSE) && disguise_is(reader, "error"))
        return CONTEXT_ERROR;
    return CONTEXT_OTHER;
}

/* Return whether a whole number of so many DIGITS stays as it is, here. */
static bool disguise_keeps_number(const struct disguise_reader *reader, size_t digits)
{
    static const char *const counts[] = {"perPage",     "totalItems", "total",
                                         "currentPage", "page",       "totalPages"};
    enum disguise_context context = disguise_context(reader);
    if (context == CONTEXT_ERROR)
        return digits <= 6 &&
               (disguise_is(reader, "httpStatusCode") || disguise_is(reader, "id"));
    bool is_count = false;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        is_count = is_count || disguise_is(reader, counts[i]);
    return is_count && (context == CONTEXT_PAGINATION || context == CONTEXT_TOP);
}

/* Names of members are the service's. What is no name, such as an address, is a person's. */
static bool disguise_is_name(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("_-", text[i]))
            return false;
    }
    return size > 0 && isalpha((unsigned char)text[0]);
}

static const char *disguise_skip_digits(const char *at, const char *end)
{
    while (at < end && isdigit((unsigned char)*at))
        at++;
    return at;
}

/* Return the size of the query of a link, if it says nothing but a page and its size; else 0.
 */
static size_t disguise_page_query(const char *text, size_t size)
{
    const char *query = memchr(text, '?', size), *end = text + size, *at = query;
    while (at && at < end) {
        at++;
        size_t name = end - at > 5 && memcmp(at, "page=", 5) == 0      ? 5
                      : end - at > 8 && memcmp(at, "perPage=", 8) == 0 ? 8
                                                                       : 0;
        const char *digits = at + name;
        at = disguise_skip_digits(digits, end);
        if (name == 0 || at == digits || at - digits > 9 || (at < end && *at != '&'))
            return 0;
    }
    return query ? (size_t)(end - query) : 0;
}

static int disguise_link(struct disguise_reader *reader, const char *text, size_t size)
{
    size_t query = disguise_page_query(text, size);
    int error = disguise_value(reader->disguise, text, size - query, reader->out);
    return error ? error : buffer_append(reader->out, text + size - query, query);
}

static int disguise_string_text(struct disguise_reader *reader, const char *text, size_t size,
                                bool is_name)
{
    const char *end = text + size;
    bool is_count = size > 0 && size <= 10 && disguise_skip_digits(text, end) == end;
    bool kept = is_name ? disguise_is_name(text, size)
                        : is_count && disguise_keeps_number(reader, size);
    if (kept)
        return buffer_append(reader->out, text, size);
    if (disguise_context(reader) == CONTEXT_LINKS && !is_name)
        return disguise_link(reader, text, size);
    return disguise_value(reader->disguise, text, size, reader->out);
}

/* Replace the string that begins here. One that is cut off reaches to the end. */
static int disguise_string(struct disguise_reader *reader)
{
    const char *text = reader->at + 1, *close = text;
    while (close < reader->end && *close != '"')
        close += *close == '\\' && reader->end - close > 1 ? 2 : 1;
    const char *after = close < reader->end ? close + 1 : close;
    const char *colon = after;
    while (colon < reader->end && isspace((unsigned char)*colon))
        colon++;
    bool is_name = colon < reader->end && *colon == ':';
    size_t size = (size_t)(close - text);
    if (is_name) {
        reader->name = text;
        reader->name_size = size;
    }
    int error = buffer_append(reader->out, "\"", 1);
    if (!error)
        error = disguise_string_text(reader, text, size, is_name);
    if (!error && close < reader->end)
        error = buffer_append(reader->out, "\"", 1);
    reader->at = after;
    return error;
}

/* Step over a point with digits behind it. There may be several, in what is no number. */
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
static int disguise_digits(struct disguise_reader *reader)
{
    const char *start = reader->at, *dot = disguise_skip_digits(start, reader->end);
    const char *e = disguise_skip_fraction(dot, reader->end);
    const char *end = disguise_skip_exponent(e, reader->end);
    size_t whole = (size_t)(dot - start), fraction = (size_t)(e - dot);
    reader->at = end;
    if (fraction == 0 && disguise_keeps_number(reader, whole))
        return buffer_append(reader->out, start, (size_t)(end - start));
    int error = disguise_value(reader->disguise, start, whole, reader->out);
    if (!error && disguise_is_zero(dot, fraction))
        error = buffer_append(reader->out, dot, fraction);
    else if (!error)
        error = disguise_value(reader->disguise, dot, fraction, reader->out);
    return error ? error : buffer_append(reader->out, e, (size_t)(end - e));
}

static bool disguise_is_word(const char *at, const char *end)
{
    return at < end && (isalpha((unsigned char)*at) || *at & '\x80');
}

/* Replace letters outside of a string, which are no JSON, but for true, false and null. */
static int disguise_word(struct disguise_reader *reader)
{
    static const char *const words[] = {"true", "false", "null"};
    const char *start = reader->at;
    while (disguise_is_word(reader->at, reader->end))
        reader->at++;
    size_t size = (size_t)(reader->at - start);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (size == strlen(words[i]) && memcmp(start, words[i], size) == 0)
            return buffer_append(reader->out, start, size);
    }
    return disguise_value(reader->disguise, start, size, reader->out);
}

static int disguise_mark(struct disguise_reader *reader)
{
    char mark = *reader->at++;
    if (mark == '{' || mark == '[') {
        enum disguise_context context =
            mark == '{' ? disguise_next_context(reader) : CONTEXT_OTHER;
        if (reader->depth++ < DISGUISE_DEPTH_MAX)
            reader->contexts[reader->depth - 1] = context;
    } else if (mark == '}' || mark == ']') {
        reader->depth -= reader->depth > 0;
    }
    return buffer_append(reader->out, &mark, 1);
}

int disguise_body(struct disguise *disguise, const char *body, size_t size, struct buffer *out)
{
    struct disguise_reader reader = {
        .disguise = disguise, .at = body, .end = body + size, .out = out, .name = ""};
    int error = 0;
    while (reader.at < reader.end && !error) {
        if (*reader.at == '"')
            error = disguise_string(&reader);
        else if (isdigit((unsigned char)*reader.at))
            error = disguise_digits(&reader);
        else if (disguise_is_word(reader.at, reader.end))
            error = disguise_word(&reader);
        else
            error = disguise_mark(&reader);
    }
    return error;
}
