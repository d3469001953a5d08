/* A growing piece of text with a cap, for the bodies of answers. */
#ifndef SANDBOX_DRAFT_H
#define SANDBOX_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Embedded by value. A failed allocation or a text past its limit sets `failed`, which
 * sticks: all later additions do nothing, so that a writer checks once, at the end.
 */
struct draft {
    char *data;
    size_t length;
    size_t size;
    size_t limit; /* bytes, without the final NUL */
    bool failed;
};

void draft_init(struct draft *text, size_t limit);

/* Take a zeroed or finished text, too. */
void draft_finish(struct draft *text);

void draft_add(struct draft *text, const char *bytes, size_t length);
void draft_puts(struct draft *text, const char *string);
void draft_putc(struct draft *text, char c);
void draft_number(struct draft *text, uint64_t number);
void draft_printf(struct draft *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A JSON string of a NUL-terminated one, quotes included. */
void draft_quote(struct draft *text, const char *string);

/*
 * Return the bytes, NUL-terminated; the caller frees them, and the text is empty again. LENGTH
 * may be NULL. Return NULL if the text failed.
 */
char *draft_take(struct draft *text, size_t *length);

#endif
