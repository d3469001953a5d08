#include "json/layout.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/*
 * One pass over the text, token by token. cJSON can't do this: it prints 9007199254740993 as
 * 9.00719925474099e+15, 1e400 as null, and ends a string at \u0000.
 */
struct layout {
    const char *at;
    const char *end;
    struct buffer *out;
    const char *why;
    unsigned depth;
};

static int layout_value(struct layout *layout);

static int layout_refuse(struct layout *layout, const char *why)
{
    layout->why = why;
    return -EBADMSG;
}

static int layout_explain(struct layout *layout, int error)
{
    if (error)
        layout->why = error == -EFBIG ? "a record is too large" : "out of memory";
    return error;
}

static int layout_put(struct layout *layout, const char *bytes, size_t size)
{
    return layout_explain(layout, buffer_append(layout->out, bytes, size));
}

/* Most lines are not indented further than this has blanks. */
static int layout_put_newline(struct layout *layout)
{
    static const char line[] = "\n                ";
    size_t indent = 2 * (size_t)layout->depth;
    if (indent <= sizeof line - 2)
        return layout_put(layout, line, 1 + indent);
    int error = layout_put(layout, "\n", 1);
    return error ? error : layout_explain(layout, buffer_append_byte(layout->out, ' ', indent));
}

static void layout_skip_space(struct layout *layout)
{
    while (layout->at < layout->end && (*layout->at == ' ' || *layout->at == '\t' ||
                                        *layout->at == '\n' || *layout->at == '\r'))
        layout->at++;
}

static bool layout_take(struct layout *layout, char byte)
{
    if (layout->at == layout->end || *layout->at != byte)
        return false;
    layout->at++;
    return true;
}

static bool layout_take_digits(struct layout *layout)
{
    const char *start = layout->at;
    while (layout->at < layout->end && *layout->at >= '0' && *layout->at <= '9')
        layout->at++;
    return layout->at > start;
}

static int layout_number(struct layout *layout)
{
    const char *start = layout->at;
    layout_take(layout, '-');
    if (!layout_take(layout, '0') && !layout_take_digits(layout))
        return layout_refuse(layout, "not JSON: a number without digits");
    if (layout_take(layout, '.') && !layout_take_digits(layout))
        return layout_refuse(layout, "not JSON: a number that ends in its point");
    if (layout_take(layout, 'e') || layout_take(layout, 'E')) {
        if (!layout_take(layout, '+'))
            layout_take(layout, '-');
        if (!layout_take_digits(layout))
            return layout_refuse(layout, "not JSON: an exponent without digits");
    }
    return layout_put(layout, start, (size_t)(layout->at - start));
}

static int layout_literal(struct layout *layout)
{
    static const char *const literals[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        size_t size = strlen(literals[i]);
        if ((size_t)(layout->end - layout->at) >= size &&
            memcmp(layout->at, literals[i], size) == 0) {
            layout->at += size;
            return layout_put(layout, literals[i], size);
        }
    }
    return layout_refuse(layout, "not JSON: a value was expected");
}

/* The four digits of a \u escape, or -1. */
static int32_t layout_hex4(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char digit = at[i];
        if (digit >= '0' && digit <= '9')
            value = value * 16 + (digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            value = value * 16 + (digit - 'a' + 10);
        else if (digit >= 'A' && digit <= 'F')
            value = value * 16 + (digit - 'A' + 10);
        else
            return -1;
    }
    return value;
}

static bool layout_is_surrogate(int32_t unit, int32_t first)
{
    return unit >= first && unit < first + 0x400;
}

/* The shortest spelling of an ASCII character inside a string. */
static int layout_put_ascii(struct layout *layout, char c)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    char escape[8];
    for (size_t i = 0; i + 1 < sizeof shorts - 1; i += 2) {
        if (shorts[i] == c)
            return layout_put(layout, (char[]){'\\', shorts[i + 1]}, 2);
    }
    if ((unsigned char)c >= ' ')
        return layout_put(layout, &c, 1);
    snprintf(escape, sizeof escape, "\\u%04x", (unsigned)c);
    return layout_put(layout, escape, 6);
}

/* AT stands behind "\u". */
static int layout_unicode_escape(struct layout *layout)
{
    const char *start = layout->at - 2;
    int32_t unit = layout_hex4(layout->at, layout->end);
    if (unit < 0)
        return layout_refuse(layout, "not JSON: \\u without four hexadecimal digits");
    layout->at += 4;
    if (layout_is_surrogate(unit, 0xd800) && layout->end - layout->at >= 6 &&
        layout->at[0] == '\\' && layout->at[1] == 'u') {
        int32_t low = layout_hex4(layout->at + 2, layout->end);
        if (layout_is_surrogate(low, 0xdc00)) {
            layout->at += 6;
            unit = 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00);
        }
    }
    if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))
        return layout_put(layout, start, 6);
    if (unit < 0x80)
        return layout_put_ascii(layout, (char)unit);
    char utf8[4];
    return layout_put(layout, utf8, utf8_encode((uint32_t)unit, utf8));
}

static int layout_escape(struct layout *layout)
{
    static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    if (layout->at == layout->end)
        return layout_refuse(layout, "not JSON: a string without its end");
    char c = *layout->at++;
    if (c == 'u')
        return layout_unicode_escape(layout);
    for (size_t i = 0; i + 1 < sizeof escapes - 1; i += 2) {
        if (escapes[i] == c)
            return layout_put_ascii(layout, escapes[i + 1]);
    }
    return layout_refuse(layout, "not JSON: an unknown escape in a string");
}

/* Goes over bytes up to the next quote, backslash, or what may not stand in a string. */
static int layout_skip_plain(struct layout *layout)
{
    const char *at = layout->at, *end = layout->end;
    while (at < end && *at != '"' && *at != '\\') {
        unsigned char c = (unsigned char)*at;
        if (c < ' ')
            return layout_refuse(layout, "not JSON: a bare control character in a string");
        size_t size = c < 0x80 ? 1 : utf8_size(at, (size_t)(end - at));
        if (size == 0)
            return layout_refuse(layout, "a string that is not UTF-8");
        at += size;
    }
    layout->at = at;
    return 0;
}

/* What stands between two escapes is put in one piece, the quotes with it. */
static int layout_string(struct layout *layout)
{
    const char *start = layout->at;
    if (!layout_take(layout, '"'))
        return layout_refuse(layout, "not JSON: a string was expected");
    while (true) {
        int error = layout_skip_plain(layout);
        if (error)
            return error;
        bool ends = layout_take(layout, '"');
        error = layout_put(layout, start, (size_t)(layout->at - start));
        if (error || ends)
            return error;
        if (!layout_take(layout, '\\'))
            return layout_refuse(layout, "not JSON: a string without its end");
        error = layout_escape(layout);
        if (error)
            return error;
        start = layout->at;
    }
}

static int layout_member(struct layout *layout)
{
    int error = layout_string(layout);
    if (error)
        return error;
    layout_skip_space(layout);
    if (!layout_take(layout, ':'))
        return layout_refuse(layout, "not JSON: a colon was expected");
    return layout_put(layout, ": ", 2);
}

/* What stands between OPEN, already taken, and CLOSE: members if it is an object. */
static int layout_container(struct layout *layout, char open, char close)
{
    int error = layout_put(layout, &open, 1);
    layout_skip_space(layout);
    if (!error && layout_take(layout, close))
        return layout_put(layout, &close, 1);
    if (++layout->depth > LAYOUT_DEPTH_MAX)
        return layout_refuse(layout, "JSON that is nested too deeply");
    while (!error) {
        error = layout_put_newline(layout);
        layout_skip_space(layout);
        if (!error && open == '{')
            error = layout_member(layout);
        if (!error)
            error = layout_value(layout);
        layout_skip_space(layout);
        if (error || !layout_take(layout, ','))
            break;
        error = layout_put(layout, ",", 1);
    }
    layout->depth--;
    if (!error && !layout_take(layout, close))
        return layout_refuse(layout, "not JSON: a comma or a closing bracket was expected");
    if (!error)
        error = layout_put_newline(layout);
    return error ? error : layout_put(layout, &close, 1);
}

static int layout_value(struct layout *layout)
{
    layout_skip_space(layout);
    if (layout_take(layout, '{'))
        return layout_container(layout, '{', '}');
    if (layout_take(layout, '['))
        return layout_container(layout, '[', ']');
    if (layout->at < layout->end && *layout->at == '"')
        return layout_string(layout);
    if (layout->at < layout->end &&
        (*layout->at == '-' || (*layout->at >= '0' && *layout->at <= '9')))
        return layout_number(layout);
    return layout_literal(layout);
}

int layout_append(const char *text, size_t size, struct buffer *out, const char **why)
{
    struct layout layout = {.at = text, .end = text + size, .out = out};
    int error = layout_value(&layout);
    layout_skip_space(&layout);
    if (!error && layout.at < layout.end)
        error = layout_refuse(&layout, "not JSON: more text behind the value");
    *why = layout.why;
    return error;
}
