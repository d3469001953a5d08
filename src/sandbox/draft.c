/* A growing piece of text with a cap, for the bodies of answers. */
#include "sandbox/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void draft_init(struct draft *text, size_t limit)
{
    *text = (struct draft){.limit = limit};
}

void draft_finish(struct draft *text)
{
    free(text->data);
    draft_init(text, text->limit);
}

static bool draft_reserve(struct draft *text, size_t more)
{
    if (text->failed)
        return false;
    if (more > text->limit - text->length) {
        text->failed = true;
        return false;
    }
    size_t need = text->length + more + 1;
    if (need <= text->size)
        return true;
    size_t size = text->size < 128 ? 256 : text->size * 2;
    if (size < need)
        size = need;
    char *data = realloc(text->data, size);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->size = size;
    return true;
}

void draft_add(struct draft *text, const char *bytes, size_t length)
{
    if (!draft_reserve(text, length) || length == 0)
        return;
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
}

void draft_puts(struct draft *text, const char *string)
{
    draft_add(text, string, strlen(string));
}

void draft_putc(struct draft *text, char c)
{
    draft_add(text, &c, 1);
}

/* Not by printf, which would take most of the time of a page of records. */
void draft_number(struct draft *text, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    draft_add(text, digits + at, sizeof digits - at);
}

void draft_printf(struct draft *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        text->failed = true;
    } else if (draft_reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void draft_quote(struct draft *text, const char *string)
{
    draft_putc(text, '"');
    for (const char *c = string; *c; c++) {
        if (*c == '"' || *c == '\\') {
            draft_putc(text, '\\');
            draft_putc(text, *c);
        } else if ((unsigned char)*c < 0x20) {
            draft_printf(text, "\\u%04x", (unsigned)*c);
        } else {
            draft_putc(text, *c);
        }
    }
    draft_putc(text, '"');
}

char *draft_take(struct draft *text, size_t *length)
{
    if (!draft_reserve(text, 0)) {
        draft_finish(text);
        return NULL;
    }
    char *data = text->data;
    data[text->length] = '\0';
    if (length)
        *length = text->length;
    draft_init(text, text->limit);
    return data;
}
