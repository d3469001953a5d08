/* A growing piece of text with a cap, for the bodies of answers. */
#ifndef SANDBOX_TEXT_H
#define SANDBOX_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Embedded by value. A failed allocation or a text past its limit sets `failed`, which
 * sticks: all later additions do nothing, so that a writer checks once, at the end.
 */
struct text {
    char *data;
    size_t length;
    size_t size;
    size_t limit; /* bytes, without the final NUL */
    bool failed;
};

void text_init(struct text *text, size_t limit);

/* Takes a zeroed or finished text, too. */
void text_finish(struct text *text);

void text_add(struct text *text, const char *bytes, size_t length);
void text_puts(struct text *text, const char *string);
void text_putc(struct text *text, char c);
void text_number(struct text *text, uint64_t number);
void text_printf(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A JSON string of a NUL-terminated one, quotes included. */
void text_quote(struct text *text, const char *string);

/*
 * The bytes, NUL-terminated; the caller frees them, and the text is empty again. `length`
 * may be NULL. NULL if the text failed.
 */
char *text_take(struct text *text, size_t *length);

#endif
