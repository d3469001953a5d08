#include "json/mask.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MASK_NUMBER_MAX  40
#define MASK_ESCAPE_SIZE 6 /* \uXXXX */

/* The code unit of the \uXXXX escape at AT, or -1. */
static long mask_unit(const char *at, const char *end)
{
    char digits[5] = "";
    if (end - at < MASK_ESCAPE_SIZE || at[0] != '\\' || at[1] != 'u')
        return -1;
    memcpy(digits, at + 2, 4);
    if (strspn(digits, "0123456789abcdefABCDEF") != 4)
        return -1;
    return strtol(digits, NULL, 16);
}

/* Masks the escape at AT if it must be, and returns what stands behind it. */
static char *mask_escape(char *at, const char *end)
{
    static const char replacement[MASK_ESCAPE_SIZE] = {'\\', 'u', 'f', 'f', 'f', 'd'};
    long unit = mask_unit(at, end);
    if (unit < 0)
        return end - at < 2 ? at + 1 : at + 2;
    if (unit >= 0xd800 && unit <= 0xdbff) {
        long low = mask_unit(at + MASK_ESCAPE_SIZE, end);
        if (low >= 0xdc00 && low <= 0xdfff)
            return at + 2 * (ptrdiff_t)MASK_ESCAPE_SIZE;
    }
    if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))
        memcpy(at, replacement, MASK_ESCAPE_SIZE);
    return at + MASK_ESCAPE_SIZE;
}

/* AT stands behind the opening quote; returns what stands behind the closing one. */
static char *mask_string(char *at, const char *end)
{
    while (at < end && *at != '"')
        at = *at == '\\' ? mask_escape(at, end) : at + 1;
    return at < end ? at + 1 : at;
}

static bool mask_is_numeric(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static const char *mask_skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* A number by RFC 8259, to the last byte: junk must stay junk. */
static bool mask_is_number(const char *at, const char *end)
{
    at += *at == '-';
    const char *digits = at;
    at = mask_skip_digits(at, end);
    if (at == digits || (*digits == '0' && at > digits + 1))
        return false;
    if (at < end && *at == '.') {
        digits = at + 1;
        at = mask_skip_digits(digits, end);
        if (at == digits)
            return false;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        digits = at + 1;
        digits += digits < end && (*digits == '+' || *digits == '-');
        at = mask_skip_digits(digits, end);
        if (at == digits)
            return false;
    }
    return at == end;
}

static char *mask_number(char *at, const char *end)
{
    char *start = at;
    while (at < end && mask_is_numeric(*at))
        at++;
    if (at - start > MASK_NUMBER_MAX && mask_is_number(start, at)) {
        memset(start, ' ', (size_t)(at - start));
        *start = '0';
    }
    return at;
}

char *mask_copy(const char *text, size_t size)
{
    char *copy = malloc(size + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    char *end = copy + size;
    for (char *at = copy; at < end;) {
        if (*at == '"')
            at = mask_string(at + 1, end);
        else if ((*at >= '0' && *at <= '9') || *at == '-')
            at = mask_number(at, end);
        else
            at++;
    }
    return copy;
}

static const char *mask_skip_string(const char *at, const char *end)
{
    while (at < end && *at != '"')
        at += *at == '\\' && end - at > 1 ? 2 : 1;
    return at < end ? at + 1 : end;
}

size_t mask_value_size(const char *text, size_t size)
{
    const char *at = text, *end = text + size;
    size_t depth = 0;
    while (at < end) {
        switch (*at++) {
        case '"':
            at = mask_skip_string(at, end);
            break;
        case '{':
        case '[':
            depth++;
            continue;
        case '}':
        case ']':
            depth -= depth > 0;
            break;
        case ',':
        case ' ':
        case '\t':
        case '\n':
        case '\r':
            break;
        default:
            continue;
        }
        if (depth == 0)
            return (size_t)(at - text);
    }
    return size;
}
