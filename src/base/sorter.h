/* Sorts an array of pointers in steps. */
#ifndef QPFS_BASE_SORTER_H
#define QPFS_BASE_SORTER_H

#include <stdbool.h>
#include <stddef.h>

/* A pointer to what is sorted, of any type. */
typedef void *sorter_item __attribute__((may_alias));

/* As for qsort(3), but with the items themselves. */
typedef int sorter_compare_fn(const void *a, const void *b);

/* A merge sort from the bottom up, stable. A million at once would take long enough to be felt.
 */
struct sorter {
    sorter_item *items; /* borrowed until the first step; the caller's again at the end */
    sorter_item *spare; /* of the same size */
    sorter_compare_fn *compare;
    size_t count;
    size_t width;       /* of the runs that are sorted */
    size_t start;       /* of the two runs that are being merged */
    size_t left, right; /* the next of each */
};

/* Prepare to sort COUNT ITEMS, an array that the sorter owns from here on. Return 0; or
 * -ENOMEM, and the array stays the caller's. */
int sorter_init(struct sorter *sorter, void *items, size_t count, sorter_compare_fn *compare);

/* Do some of the work. Return true when all is sorted. */
bool sorter_step(struct sorter *sorter);

/* Free the rest, and return the array, which is the caller's again. It has each item once,
 * sorted or not. */
void *sorter_finish(struct sorter *sorter);

#endif
