/* Finds the name that a person may have meant, where there is none as they wrote it. */
#include "base/near.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define NEAR_NAME_MAX     32
#define NEAR_DISTANCE_MAX 2

void near_init(struct near *near, const char *written, size_t size)
{
    *near = (struct near){.written = written, .size = size, .distance = SIZE_MAX};
}

static int near_fold(char letter)
{
    return letter == '-' ? '_' : tolower((unsigned char)letter);
}

static bool near_is_same(char one, char other)
{
    return near_fold(one) == near_fold(other);
}

static size_t near_least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* Return the distance of Damerau and Levenshtein, where no letter is moved twice. */
static size_t near_distance(const char *one, size_t one_size, const char *other,
                            size_t other_size)
{
    size_t rows[3][NEAR_NAME_MAX + 1];
    for (size_t j = 0; j <= other_size; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= one_size; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3], *top = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= other_size; j++) {
            row[j] = near_least(above[j], row[j - 1]) + 1;
            row[j] = near_least(row[j], above[j - 1] + !near_is_same(one[i - 1], other[j - 1]));
            if (i > 1 && j > 1 && near_is_same(one[i - 1], other[j - 2]) &&
                near_is_same(one[i - 2], other[j - 1]))
                row[j] = near_least(row[j], top[j - 2] + 1);
        }
    }
    return rows[one_size % 3][other_size];
}

void near_try(struct near *near, const char *name, size_t size)
{
    if (near->size > NEAR_NAME_MAX || size > NEAR_NAME_MAX)
        return;
    size_t distance = near_distance(near->written, near->size, name, size);
    if (distance > NEAR_DISTANCE_MAX || 3 * distance >= size || distance >= near->distance)
        return;
    near->name = name;
    near->name_size = size;
    near->distance = distance;
}

const char *near_hint(const struct near *near, char hint[static NEAR_HINT_SIZE])
{
    *hint = '\0';
    if (near->name)
        snprintf(hint, NEAR_HINT_SIZE, "did you mean %.*s? ", (int)near->name_size, near->name);
    return hint;
}
