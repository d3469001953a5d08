/* Says which people something is for. */
#include "choice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

void choice_finish(struct choice *choice)
{
    ids_finish(&choice->ids);
    *choice = (struct choice){0};
}

int choice_copy(struct choice *to, const struct choice *from)
{
    *to = (struct choice){.kind = from->kind};
    return ids_copy(&to->ids, &from->ids);
}

static int compare_numbers(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int ids_read(struct ids *ids, const cJSON *array)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        uint64_t id;
        if (!input_integer(item, &id))
            return -EINVAL;
        if (ids_insert(ids, ids->count, id) < 0)
            return -ENOMEM;
    }
    if (ids->count > 0)
        qsort(ids->at, ids->count, sizeof *ids->at, compare_numbers);
    return 0;
}

int choice_read(struct choice *choice, const cJSON *item)
{
    const char *word = cJSON_GetStringValue(item);
    if (cJSON_IsArray(item)) {
        int error = ids_read(&choice->ids, item);
        if (error < 0)
            choice_finish(choice);
        return error;
    }
    if (word && strcmp(word, "half") == 0)
        choice->kind = CHOICE_HALF;
    else if (word && strcmp(word, "all") == 0)
        choice->kind = CHOICE_ALL;
    else
        return -EINVAL;
    return 0;
}

bool choice_has(const struct choice *choice, uint64_t id)
{
    if (choice->kind == CHOICE_HALF)
        return id / 4 % 2 == 1;
    if (choice->kind == CHOICE_ALL)
        return true;
    size_t position = ids_bound(&choice->ids, id);
    return position < choice->ids.count && choice->ids.at[position] == id;
}
