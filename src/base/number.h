/* Reads and writes numbers. */
#ifndef QPFS_BASE_NUMBER_H
#define QPFS_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The greatest ID that is served: more would not fit an off_t or a JSON reader's integer. */
#define NUMBER_ID_MAX ((uint64_t)INT64_MAX)

/*
 * Read TEXT, SIZE bytes, as a number. It must be decimal digits in their shortest form: no
 * sign, no space, no leading zero. So a number has one spelling. Return false for anything
 * else, and for numbers over MAX.
 */
bool number_parse(const char *text, size_t size, uint64_t max, uint64_t *number);

/* Return the value of a hexadecimal DIGIT, or -1. */
int number_hex_digit(char digit);

/* The greatest whole number that a double tells from its neighbours. */
#define NUMBER_DOUBLE_MAX (((int64_t)1 << 53) - 1)

/* Return NUMBER as a count, a whole number from 0 up: -1 if it is none, INT64_MAX if it is
 * greater than NUMBER_DOUBLE_MAX. */
int64_t number_count(double number);

/* Digits of the longest number. */
#define NUMBER_DIGITS_MAX 20

/* Write NUMBER in its shortest form, without a NUL. Return how many digits that are. This takes
 * a tenth of the time of snprintf(), and is done for each name of a list. */
size_t number_write(uint64_t number, char digits[static NUMBER_DIGITS_MAX]);

/* Compare two uint64_t, or two structs that begin with one, as qsort(3) and tsearch(3) want it.
 */
int number_compare(const void *a, const void *b);

#endif
