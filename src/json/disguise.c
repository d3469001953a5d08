/* Replaces what answers say by something of the same form, for a report. */
#include "json/disguise.h"

#include <ctype.h>
#include <errno.h>
#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/utf8.h"
#include "base/wipe.h"
#include "json/record.h"

/* How often a whole number is drawn before it is searched for in order. */
#define DISGUISE_DRAWS_MAX 200

/* Only numbers of so many digits or fewer are searched for in order. */
#define DISGUISE_SEARCHED_DIGITS 4

/* A number of so many digits may not begin with a nine, as 2^63 - 1 does. */
#define DISGUISE_LARGE_DIGITS 19

/* The size of YYYY-MM-DD. */
#define DISGUISE_DATE_SIZE 10

/* What a value became. */
struct disguised {
    size_t size;
    bool is_number;
    char *became; /* behind `was`, in the same piece of memory */
    char was[];
};

struct disguise {
    void *by_was;    /* search trees of struct disguised, see tsearch(3) */
    void *by_became; /* whole numbers alone */
    uint8_t pool[256];
    size_t left; /* random bytes in the pool */
};

/* -------- random signs -------- */

static int disguise_draw_pool(struct disguise *disguise)
{
    ssize_t got = getrandom(disguise->pool, sizeof disguise->pool, 0);
    disguise->left = got > 0 ? (size_t)got : 0;
    return got > 0 ? 0 : -errno;
}

/* Return a random number below COUNT, which is 65536 at most. Up to 256 bytes come whole from
 * the kernel, and without waiting once the machine is up. */
static unsigned disguise_draw(struct disguise *disguise, unsigned count)
{
    if (disguise->left < 2 && disguise_draw_pool(disguise))
        abort();
    unsigned high = disguise->pool[--disguise->left];
    unsigned low = disguise->pool[--disguise->left];
    return (high << 8 | low) % count;
}

static char disguise_letter(struct disguise *disguise, char letter)
{
    if (isdigit((unsigned char)letter))
        return (char)('0' + disguise_draw(disguise, 10));
    if (islower((unsigned char)letter))
        return (char)('a' + disguise_draw(disguise, 26));
    if (isupper((unsigned char)letter))
        return (char)('A' + disguise_draw(disguise, 26));
    return letter;
}

/* Write a character of SIZE bytes, 2 to 4: Cyrillic, or Chinese, older or newer. */
static void disguise_wide(struct disguise *disguise, size_t size, char *out)
{
    uint32_t first = size == 2 ? 0x430 : size == 3 ? 0x4e00 : 0x20000;
    utf8_encode(first + disguise_draw(disguise, size == 2 ? 32 : 20000), out);
}

/* Replace \uXXXX. What JSON must escape stays, and of a pair of surrogates the first one. */
static void disguise_escape(struct disguise *disguise, const char *in, char *out)
{
    static const char hex[] = "0123456789abcdef";
    char digits[5] = {in[2], in[3], in[4], in[5], '\0'};
    unsigned long codepoint = strtoul(digits, NULL, 16);
    memcpy(out, in, 6);
    if (codepoint < 0x80) {
        char letter = disguise_letter(disguise, (char)codepoint);
        out[4] = hex[(unsigned char)letter >> 4];
        out[5] = hex[(unsigned char)letter & 15];
    } else if (codepoint < 0x800) { /* of as many bytes as it is in UTF-8: Cyrillic */
        out[2] = '0';
        out[3] = '4';
        out[4] = hex[3 + disguise_draw(disguise, 2)];
        out[5] = hex[disguise_draw(disguise, 16)];
    } else if (codepoint < 0xd800 || codepoint > 0xdfff) {
        out[2] = '4';
        out[3] = 'e';
        out[4] = hex[disguise_draw(disguise, 16)];
        out[5] = hex[disguise_draw(disguise, 16)];
    } else if (codepoint >= 0xdc00) {
        out[4] = hex[disguise_draw(disguise, 16)];
        out[5] = hex[disguise_draw(disguise, 16)];
    }
}

static bool disguise_is_unicode(const char *in, size_t size)
{
    return size >= 6 && in[0] == '\\' && in[1] == 'u' && isxdigit((unsigned char)in[2]) &&
           isxdigit((unsigned char)in[3]) && isxdigit((unsigned char)in[4]) &&
           isxdigit((unsigned char)in[5]);
}

/* Write one sign to OUT for the one at IN. Return how many bytes both take. */
static size_t disguise_sign(struct disguise *disguise, const char *in, size_t size, char *out)
{
    size_t length = utf8_size(in, size);
    if (disguise_is_unicode(in, size)) {
        disguise_escape(disguise, in, out);
        return 6;
    }
    if (in[0] == '\\' && size > 1) {
        memcpy(out, in, 2);
        return 2;
    }
    if (length > 1)
        disguise_wide(disguise, length, out);
    else if (length == 1)
        *out = disguise_letter(disguise, *in);
    else
        *out = (char)0xff;
    return length ? length : 1;
}

/* -------- values -------- */

static bool disguise_is_whole(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
    }
    return size > 0 && (text[0] != '0' || size == 1);
}

/* Write a day of the calendar, so that it can be read as a date. Return its size. */
static size_t disguise_date(struct disguise *disguise, char *out)
{
    unsigned year = disguise_draw(disguise, 24), month = 1 + disguise_draw(disguise, 12);
    char date[32];
    snprintf(date, sizeof date, "20%02u-%02u-%02u", year, month,
             1 + disguise_draw(disguise, 28));
    memcpy(out, date, DISGUISE_DATE_SIZE);
    return DISGUISE_DATE_SIZE;
}

static void disguise_text(struct disguise *disguise, struct disguised *value)
{
    const char *was = value->was;
    char *out = value->became;
    uint32_t day;
    size_t at = mtime_day(was, value->size, &day) ? disguise_date(disguise, out) : 0;
    while (at < value->size)
        at += disguise_sign(disguise, was + at, value->size - at, out + at);
}

static int disguise_compare_became(const void *a, const void *b)
{
    const struct disguised *first = a, *second = b;
    if (first->size != second->size)
        return first->size < second->size ? -1 : 1;
    return memcmp(first->became, second->became, first->size);
}

static int disguise_compare_was(const void *a, const void *b)
{
    const struct disguised *first = a, *second = b;
    if (first->is_number != second->is_number)
        return first->is_number ? -1 : 1;
    if (first->size != second->size)
        return first->size < second->size ? -1 : 1;
    return memcmp(first->was, second->was, first->size);
}

static bool disguise_is_free(const struct disguise *disguise, const struct disguised *value)
{
    return memcmp(value->was, value->became, value->size) != 0 &&
           !tfind(value, &disguise->by_became, disguise_compare_became);
}

static void disguise_draw_number(struct disguise *disguise, struct disguised *value)
{
    unsigned most = value->size == DISGUISE_LARGE_DIGITS ? 8 : 9;
    value->became[0] = (char)('1' + disguise_draw(disguise, most));
    for (size_t i = 1; i < value->size; i++)
        value->became[i] = disguise_letter(disguise, '0');
}

/* Go on to the next number of as many digits. */
static void disguise_count_up(struct disguised *value)
{
    size_t i = value->size;
    while (i > 1 && value->became[i - 1] == '9')
        value->became[--i] = '0';
    if (value->became[i - 1] == '9')
        value->became[i - 1] = '1';
    else
        value->became[i - 1]++;
}

/* Where no other number is free, it stays what it is. */
static void disguise_whole(struct disguise *disguise, struct disguised *value)
{
    unsigned all = 1;
    disguise_draw_number(disguise, value);
    for (int i = 0; i < DISGUISE_DRAWS_MAX && !disguise_is_free(disguise, value); i++)
        disguise_draw_number(disguise, value);
    for (size_t i = 0; i < value->size && i < DISGUISE_SEARCHED_DIGITS; i++)
        all *= 10;
    for (unsigned i = 0; i < all && !disguise_is_free(disguise, value); i++)
        disguise_count_up(value);
    if (!disguise_is_free(disguise, value))
        memcpy(value->became, value->was, value->size);
}

static struct disguised *disguised_create(const char *was, size_t size)
{
    struct disguised *value = malloc(sizeof *value + 2 * size);
    if (!value)
        return NULL;
    *value = (struct disguised){
        .size = size,
        .is_number = disguise_is_whole(was, size) && *was != '0',
        .became = value->was + size,
    };
    memcpy(value->was, was, size);
    memcpy(value->became, was, size);
    return value;
}

int disguise_value(struct disguise *disguise, const char *was, size_t size, struct buffer *out)
{
    if (size == 0 || (size == 1 && *was == '0')) /* no ID, no text: that tells nothing */
        return buffer_append(out, was, size);
    struct disguised *value = disguised_create(was, size);
    if (!value)
        return -ENOMEM;
    struct disguised **found = tsearch(value, &disguise->by_was, disguise_compare_was);
    if (!found || *found != value) {
        wipe_free(value);
        return found ? buffer_append(out, (*found)->became, size) : -ENOMEM;
    }
    if (!value->is_number)
        disguise_text(disguise, value);
    else
        disguise_whole(disguise, value);
    if (value->is_number && !tsearch(value, &disguise->by_became, disguise_compare_became))
        return -ENOMEM;
    return buffer_append(out, value->became, size);
}

struct disguise *disguise_create(void)
{
    struct disguise *disguise = calloc(1, sizeof *disguise);
    if (disguise && disguise_draw_pool(disguise)) {
        free(disguise);
        return NULL;
    }
    return disguise;
}

static void disguise_forget(void *value)
{
    (void)value; /* it stands in the other tree, too */
}

void disguise_destroy(struct disguise *disguise)
{
    if (!disguise)
        return;
    tdestroy(disguise->by_became, disguise_forget);
    tdestroy(disguise->by_was, wipe_free);
    wipe_free(disguise);
}
