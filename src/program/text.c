/* Puts text for people together in a buffer. */
#include "program/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define TEXT_ADD_MAX 1024

void text_add(struct buffer *out, const char *format, ...)
{
    char text[TEXT_ADD_MAX];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (size > 0)
        (void)buffer_append(out, text, strlen(text));
}

static void text_add_plain_bytes(struct buffer *out, const char *text, size_t size)
{
    while (size > 0) {
        size_t plain = utf8_printable(text, size);
        (void)buffer_append(out, plain > 0 ? text : "?", plain > 0 ? plain : 1);
        text += plain > 0 ? plain : 1;
        size -= plain > 0 ? plain : 1;
    }
}

void text_add_plain(struct buffer *out, const char *text)
{
    text_add_plain_bytes(out, text, strlen(text));
}

void text_add_wrapped(struct buffer *out, const char *text, unsigned indent, unsigned width)
{
    unsigned column = indent;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (column > indent && width > 0 && column + 1 + word > width) {
            text_add(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            (void)buffer_append(out, " ", 1);
            column++;
        }
        text_add_plain_bytes(out, text, word);
        column += (unsigned)word;
        text += word + strspn(text + word, " ");
    }
    (void)buffer_append(out, "\n", 1);
}

void text_add_duration(struct buffer *out, double seconds)
{
    unsigned long s = seconds < 1e9 ? (unsigned long)seconds : 1000000000;
    if (s < 60)
        text_add(out, "%lu s", s);
    else if (s < 3600)
        text_add(out, "%lu min", s / 60);
    else if (s < 86400)
        text_add(out, "%lu h %lu min", s / 3600, s / 60 % 60);
    else
        text_add(out, "%lu d %lu h", s / 86400, s / 3600 % 24);
}

void text_add_size(struct buffer *out, double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    text_add(out, unit > 0 && bytes < 10 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}
