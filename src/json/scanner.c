/* Reads the text of JSON, strictly, and lays it out. */
#include "json/scanner.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "json/members.h"

/*
 * One pass over the text, token by token. cJSON can't do this: it prints 9007199254740993 as
 * 9.00719925474099e+15 and 1e400 as null, and ends a string at \u0000.
 */
static int scanner_any(struct scanner *scanner);

static int scanner_refuse(struct scanner *scanner, const char *why)
{
    scanner->why = why;
    return -EBADMSG;
}

static int scanner_explain(struct scanner *scanner, int error)
{
    if (error)
        scanner->why = error == -EFBIG ? "too large" : "out of memory";
    return error;
}

static int scanner_put(struct scanner *scanner, const char *bytes, size_t size)
{
    if (!scanner->out)
        return 0;
    return scanner_explain(scanner, buffer_append(scanner->out, bytes, size));
}

/* Most lines are not indented further than this has blanks. */
static int scanner_put_newline(struct scanner *scanner)
{
    static const char line[] = "\n                ";
    size_t indent = 2 * (size_t)scanner->depth;
    if (!scanner->out)
        return 0;
    if (indent <= sizeof line - 2)
        return scanner_put(scanner, line, 1 + indent);
    int error = scanner_put(scanner, "\n", 1);
    return error ? error
                 : scanner_explain(scanner, buffer_append_byte(scanner->out, ' ', indent));
}

static void scanner_skip_space(struct scanner *scanner)
{
    while (scanner->at < scanner->end && (*scanner->at == ' ' || *scanner->at == '\t' ||
                                          *scanner->at == '\n' || *scanner->at == '\r'))
        scanner->at++;
}

/* Step over BYTE, but over no white space before it. */
static bool scanner_match(struct scanner *scanner, char byte)
{
    if (scanner->at == scanner->end || *scanner->at != byte)
        return false;
    scanner->at++;
    return true;
}

static bool scanner_take_digits(struct scanner *scanner)
{
    const char *start = scanner->at;
    while (scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9')
        scanner->at++;
    return scanner->at > start;
}

static int scanner_number(struct scanner *scanner)
{
    const char *start = scanner->at;
    scanner_match(scanner, '-');
    if (!scanner_match(scanner, '0') && !scanner_take_digits(scanner))
        return scanner_refuse(scanner, "not JSON: a number without digits");
    if (scanner_match(scanner, '.') && !scanner_take_digits(scanner))
        return scanner_refuse(scanner, "not JSON: a number that ends in its point");
    if (scanner_match(scanner, 'e') || scanner_match(scanner, 'E')) {
        if (!scanner_match(scanner, '+'))
            scanner_match(scanner, '-');
        if (!scanner_take_digits(scanner))
            return scanner_refuse(scanner, "not JSON: an exponent without digits");
    }
    return scanner_put(scanner, start, (size_t)(scanner->at - start));
}

static int scanner_literal(struct scanner *scanner)
{
    static const char *const literals[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        size_t size = strlen(literals[i]);
        if ((size_t)(scanner->end - scanner->at) >= size &&
            memcmp(scanner->at, literals[i], size) == 0) {
            scanner->at += size;
            return scanner_put(scanner, literals[i], size);
        }
    }
    return scanner_refuse(scanner, "not JSON: a value was expected");
}

/* Return the value of the four digits of a \u escape, or -1. */
static int32_t scanner_hex4(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = number_hex_digit(at[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static bool scanner_is_surrogate(int32_t unit, int32_t first)
{
    return unit >= first && unit < first + 0x400;
}

/* Write an ASCII character of a string in its shortest spelling. */
static int scanner_put_ascii(struct scanner *scanner, char c)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    char escape[8];
    for (size_t i = 0; i + 1 < sizeof shorts - 1; i += 2) {
        if (shorts[i] == c)
            return scanner_put(scanner, (char[]){'\\', shorts[i + 1]}, 2);
    }
    if ((unsigned char)c >= ' ')
        return scanner_put(scanner, &c, 1);
    snprintf(escape, sizeof escape, "\\u%04x", (unsigned)c);
    return scanner_put(scanner, escape, 6);
}

/* AT stands behind "\u". */
static int scanner_unicode_escape(struct scanner *scanner)
{
    const char *start = scanner->at - 2;
    int32_t unit = scanner_hex4(scanner->at, scanner->end);
    if (unit < 0)
        return scanner_refuse(scanner, "not JSON: \\u without four hexadecimal digits");
    scanner->at += 4;
    if (scanner_is_surrogate(unit, 0xd800) && scanner->end - scanner->at >= 6 &&
        scanner->at[0] == '\\' && scanner->at[1] == 'u') {
        int32_t low = scanner_hex4(scanner->at + 2, scanner->end);
        if (scanner_is_surrogate(low, 0xdc00)) {
            scanner->at += 6;
            unit = 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00);
        }
    }
    if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))
        return scanner_put(scanner, start, 6);
    if (unit < 0x80)
        return scanner_put_ascii(scanner, (char)unit);
    char utf8[4];
    return scanner_put(scanner, utf8, utf8_encode((uint32_t)unit, utf8));
}

static int scanner_escape(struct scanner *scanner)
{
    if (scanner->at == scanner->end)
        return scanner_refuse(scanner, "not JSON: a string without its end");
    char c = *scanner->at++;
    if (c == 'u')
        return scanner_unicode_escape(scanner);
    char meaning = members_unescape(c);
    return meaning ? scanner_put_ascii(scanner, meaning)
                   : scanner_refuse(scanner, "not JSON: an unknown escape in a string");
}

/* Step over bytes up to the next quote or backslash. */
static int scanner_skip_plain(struct scanner *scanner)
{
    const char *at = scanner->at, *end = scanner->end;
    while (at < end && *at != '"' && *at != '\\') {
        unsigned char c = (unsigned char)*at;
        if (c < ' ')
            return scanner_refuse(scanner, "not JSON: a bare control character in a string");
        size_t size = c < 0x80 ? 1 : utf8_size(at, (size_t)(end - at));
        if (size == 0)
            return scanner_refuse(scanner, "a string that is not UTF-8");
        at += size;
    }
    scanner->at = at;
    return 0;
}

/* What stands between two escapes is written in one piece, and the quotes with it. */
static int scanner_string(struct scanner *scanner)
{
    const char *start = scanner->at;
    if (!scanner_match(scanner, '"'))
        return scanner_refuse(scanner, "not JSON: a string was expected");
    while (true) {
        int error = scanner_skip_plain(scanner);
        if (error)
            return error;
        bool ends = scanner_match(scanner, '"');
        error = scanner_put(scanner, start, (size_t)(scanner->at - start));
        if (error || ends)
            return error;
        if (!scanner_match(scanner, '\\'))
            return scanner_refuse(scanner, "not JSON: a string without its end");
        error = scanner_escape(scanner);
        if (error)
            return error;
        start = scanner->at;
    }
}

static int scanner_member_name(struct scanner *scanner)
{
    int error = scanner_string(scanner);
    if (error)
        return error;
    scanner_skip_space(scanner);
    if (!scanner_match(scanner, ':'))
        return scanner_refuse(scanner, "not JSON: a colon was expected");
    return 0;
}

static int scanner_member(struct scanner *scanner)
{
    int error = scanner_member_name(scanner);
    if (!error)
        error = scanner_put(scanner, ": ", 2);
    return error ? error : scanner_any(scanner);
}

/* Read what stands between OPEN, already taken, and CLOSE. */
static int scanner_container(struct scanner *scanner, char open, char close)
{
    int error = scanner_put(scanner, &open, 1);
    scanner_skip_space(scanner);
    if (!error && scanner_match(scanner, close))
        return scanner_put(scanner, &close, 1);
    if (++scanner->depth > scanner->depth_max)
        return scanner_refuse(scanner, "JSON that is nested too deeply");
    while (!error) {
        error = scanner_put_newline(scanner);
        scanner_skip_space(scanner);
        if (!error)
            error = open == '{' ? scanner_member(scanner) : scanner_any(scanner);
        scanner_skip_space(scanner);
        if (error || !scanner_match(scanner, ','))
            break;
        error = scanner_put(scanner, ",", 1);
    }
    scanner->depth--;
    if (!error && !scanner_match(scanner, close))
        return scanner_refuse(scanner, "not JSON: a comma or a closing bracket was expected");
    if (!error)
        error = scanner_put_newline(scanner);
    return error ? error : scanner_put(scanner, &close, 1);
}

static int scanner_any(struct scanner *scanner)
{
    scanner_skip_space(scanner);
    if (scanner_match(scanner, '{'))
        return scanner_container(scanner, '{', '}');
    if (scanner_match(scanner, '['))
        return scanner_container(scanner, '[', ']');
    if (scanner->at < scanner->end && *scanner->at == '"')
        return scanner_string(scanner);
    if (scanner->at < scanner->end &&
        (*scanner->at == '-' || (*scanner->at >= '0' && *scanner->at <= '9')))
        return scanner_number(scanner);
    return scanner_literal(scanner);
}

/* -------- what is known -------- */

/*
 * Of what is laid out it is known that it is JSON, and that laying it out again would change
 * nothing. The layout adds white space at two places alone: line breaks with the blanks behind
 * them, and the blank behind the name of a member. Each is beside a bracket, a comma or a
 * colon. So what comes may have any white space there, or none, without another meaning. At all
 * other places it must be the same to the byte.
 */

/* Step over what stands at KNOWN before UNTIL. Return whether the same came. */
static bool scanner_match_text(struct scanner *scanner, const char *known, const char *until)
{
    size_t size = (size_t)(until - known);
    if ((size_t)(scanner->end - scanner->at) < size || memcmp(scanner->at, known, size) != 0)
        return false;
    scanner->at += size;
    return true;
}

/* The same of a LINE up to its END, from its first token on. It may begin with a name. */
static bool scanner_match_line(struct scanner *scanner, const char *line, const char *end)
{
    const char *value = members_behind_name(line, end);
    if (value > line) {
        if (!scanner_match_text(scanner, line, value))
            return false;
        scanner_skip_space(scanner);
        value++; /* the blank */
    }
    return scanner_match_text(scanner, value, end);
}

bool scanner_take_known(struct scanner *scanner, const char *known, size_t size)
{
    struct scanner ahead = *scanner;
    const char *line = known, *known_end = known + size;
    while (line < known_end) {
        const char *line_end = memchr(line, '\n', (size_t)(known_end - line));
        while (*line == ' ')
            line++;
        scanner_skip_space(&ahead);
        if (!scanner_match_line(&ahead, line, line_end))
            return false;
        line = line_end + 1;
    }
    scanner->at = ahead.at;
    return true;
}

/* -------- what others call -------- */

struct scanner scanner_of(const char *text, size_t size)
{
    return (struct scanner){.at = text, .end = text + size};
}

bool scanner_is_at(struct scanner *scanner, char byte)
{
    scanner_skip_space(scanner);
    return scanner->at < scanner->end && *scanner->at == byte;
}

bool scanner_take(struct scanner *scanner, char byte)
{
    scanner_skip_space(scanner);
    return scanner_match(scanner, byte);
}

bool scanner_is_at_end(struct scanner *scanner)
{
    scanner_skip_space(scanner);
    return scanner->at == scanner->end;
}

static void scanner_begin(struct scanner *scanner, struct buffer *out)
{
    scanner->out = out;
    scanner->depth = 0;
    scanner->depth_max = out ? SCANNER_DEPTH_MAX : SCANNER_SKIP_DEPTH_MAX;
    scanner_skip_space(scanner);
}

int scanner_value(struct scanner *scanner, struct buffer *out)
{
    scanner_begin(scanner, out);
    return scanner_any(scanner);
}

int scanner_name(struct scanner *scanner, struct buffer *out)
{
    scanner_begin(scanner, out);
    return scanner_member_name(scanner);
}
