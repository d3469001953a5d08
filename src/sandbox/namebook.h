/* Names of made-up people, one row a script, all of them ready to stand in a JSON string. */
#ifndef SANDBOX_NAMEBOOK_H
#define SANDBOX_NAMEBOOK_H

#include <stddef.h>

#define NAMEBOOK_PER_ROW 6

struct namebook_row {
    const char *first[NAMEBOOK_PER_ROW];
    const char *last[NAMEBOOK_PER_ROW];
};

extern const struct namebook_row namebook_rows[];
extern const size_t namebook_row_count;

#endif
