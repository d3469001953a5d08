#include "sandbox/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_init(struct text *text, size_t limit)
{
    *text = (struct text){.limit = limit};
}

void text_finish(struct text *text)
{
    free(text->data);
    text_init(text, text->limit);
}

static bool text_reserve(struct text *text, size_t more)
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

void text_add(struct text *text, const char *bytes, size_t length)
{
    if (!text_reserve(text, length) || length == 0)
        return;
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
}

void text_puts(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_putc(struct text *text, char c)
{
    text_add(text, &c, 1);
}

/* Not by printf, which would take most of the time of a page of records. */
void text_number(struct text *text, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    text_add(text, digits + at, sizeof digits - at);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        text->failed = true;
    } else if (text_reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void text_quote(struct text *text, const char *string)
{
    text_putc(text, '"');
    for (const char *c = string; *c; c++) {
        if (*c == '"' || *c == '\\') {
            text_putc(text, '\\');
            text_putc(text, *c);
        } else if ((unsigned char)*c < 0x20) {
            text_printf(text, "\\u%04x", (unsigned)*c);
        } else {
            text_putc(text, *c);
        }
    }
    text_putc(text, '"');
}

char *text_take(struct text *text, size_t *length)
{
    if (!text_reserve(text, 0)) {
        text_finish(text);
        return NULL;
    }
    char *data = text->data;
    data[text->length] = '\0';
    if (length)
        *length = text->length;
    text_init(text, text->limit);
    return data;
}
