/* Writes JSON of our own. */
#include "json/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"

/* -------- strings -------- */

/* Return how many bytes at TEXT, up to SIZE, may stand in a string as they are. */
static size_t writer_plain(const char *text, size_t size)
{
    size_t plain = 0;
    while (plain < size) {
        unsigned char byte = (unsigned char)text[plain];
        if (byte < ' ' || byte == '"' || byte == '\\' || byte == 0x7f)
            break;
        size_t character = byte < 0x80 ? 1 : utf8_size(text + plain, size - plain);
        if (character == 0)
            break;
        plain += character;
    }
    return plain;
}

int writer_quote(struct buffer *out, const char *text)
{
    size_t left = strlen(text);
    int error = buffer_append(out, "\"", 1);
    while (left > 0 && !error) {
        size_t plain = writer_plain(text, left);
        error = buffer_append(out, text, plain);
        text += plain;
        left -= plain;
        if (left == 0 || error)
            break;
        char escape[8];
        unsigned char byte = (unsigned char)*text;
        int size = snprintf(escape, sizeof escape, "\\u%04x", byte < 0x80 ? byte : 0xfffdu);
        error = buffer_append(out, escape, (size_t)size);
        text++;
        left--;
    }
    return error ? error : buffer_append(out, "\"", 1);
}

/* -------- values -------- */

static void writer_put(struct writer *writer, const char *text, size_t size)
{
    if (!writer->error)
        writer->error = buffer_append(writer->out, text, size);
}

static void writer_break(struct writer *writer)
{
    writer_put(writer, "\n", 1);
    if (!writer->error)
        writer->error = buffer_append_byte(writer->out, ' ', 2 * (size_t)writer->depth);
}

static void writer_begin(struct writer *writer, const char *name)
{
    if (writer->filled)
        writer_put(writer, ",", 1);
    if (writer->depth > 0)
        writer_break(writer);
    writer->filled = true;
    if (!name)
        return;
    writer_put(writer, "\"", 1);
    writer_put(writer, name, strlen(name));
    writer_put(writer, "\": ", 3);
}

void writer_open(struct writer *writer, const char *name, char bracket)
{
    writer_begin(writer, name);
    writer_put(writer, &bracket, 1);
    writer->depth++;
    writer->filled = false;
}

void writer_close(struct writer *writer, char bracket)
{
    writer->depth--;
    if (writer->filled)
        writer_break(writer);
    writer_put(writer, &bracket, 1);
    writer->filled = true;
}

void writer_null(struct writer *writer, const char *name)
{
    writer_begin(writer, name);
    writer_put(writer, "null", 4);
}

void writer_string(struct writer *writer, const char *name, const char *text)
{
    if (!text) {
        writer_null(writer, name);
        return;
    }
    writer_begin(writer, name);
    if (!writer->error)
        writer->error = writer_quote(writer->out, text);
}

void writer_number(struct writer *writer, const char *name, uint64_t number)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%" PRIu64, number);
    writer_begin(writer, name);
    writer_put(writer, text, (size_t)size);
}

void writer_tenths(struct writer *writer, const char *name, uint64_t tenths)
{
    char text[32];
    int size =
        snprintf(text, sizeof text, "%" PRIu64 ".%u", tenths / 10, (unsigned)(tenths % 10));
    writer_begin(writer, name);
    writer_put(writer, text, (size_t)size);
}

void writer_time(struct writer *writer, const char *name, int64_t seconds)
{
    char text[64];
    struct tm tm;
    time_t time = (time_t)seconds;
    if (!gmtime_r(&time, &tm) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm)) {
        writer_null(writer, name);
        return;
    }
    writer_string(writer, name, text);
}

void writer_end(struct writer *writer)
{
    writer_put(writer, "\n", 1);
}
