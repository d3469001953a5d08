/* Names of made-up people, one row a script, all of them ready to stand in a JSON string. */
#ifndef SANDBOX_NAMES_H
#define SANDBOX_NAMES_H

#include <stddef.h>

#define NAMES_PER_ROW 6

struct names_row {
    const char *first[NAMES_PER_ROW];
    const char *last[NAMES_PER_ROW];
};

extern const struct names_row names_rows[];
extern const size_t names_row_count;

#endif
