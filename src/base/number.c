/* Reads and writes numbers. */
#include "base/number.h"

#include <string.h>

bool number_parse(const char *text, size_t size, uint64_t max, uint64_t *number)
{
    if (size == 0 || (size > 1 && text[0] == '0'))
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (digit > max || value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = value;
    return true;
}

int number_hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20; /* a capital becomes small */
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

int64_t number_count(double number)
{
    if (!(number >= 0))
        return -1;
    if (number > (double)NUMBER_DOUBLE_MAX)
        return INT64_MAX;
    return number == (double)(int64_t)number ? (int64_t)number : -1;
}

size_t number_write(uint64_t number, char digits[static NUMBER_DIGITS_MAX])
{
    char reversed[NUMBER_DIGITS_MAX];
    size_t first = sizeof reversed;
    do {
        reversed[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(digits, reversed + first, sizeof reversed - first);
    return sizeof reversed - first;
}

int number_compare(const void *a, const void *b)
{
    const uint64_t *first = a, *second = b;
    return (*first > *second) - (*first < *second);
}
