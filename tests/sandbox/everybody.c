/* Lists everybody of the organization, whichever department they are in. */
#include "everybody.h"

#include <errno.h>
#include <stdlib.h>

#include "sandbox/mix.h"

struct everybody_row {
    uint64_t order; /* when shuffled */
    uint64_t value; /* as in a struct sequence_entry */
    uint32_t department;
    bool added;
};

struct everybody {
    struct department *departments; /* by ID; after the last one what stands for none */
    struct everybody_row *rows;     /* NULL: not filled */
    uint64_t count;
};

struct everybody *everybody_create(void)
{
    return calloc(1, sizeof(struct everybody));
}

void everybody_forget(struct everybody *everybody)
{
    free(everybody->departments);
    free(everybody->rows);
    *everybody = (struct everybody){0};
}

void everybody_destroy(struct everybody *everybody)
{
    if (!everybody)
        return;
    everybody_forget(everybody);
    free(everybody);
}

static int compare_ids(const void *a, const void *b)
{
    const struct department *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static struct department department_at(const struct overlay *overlay, uint64_t position)
{
    struct sequence_entry entry = sequence_at(&overlay->list, position);
    struct department department = {0};
    if (!entry.added)
        return blueprint_department(&overlay->plan, entry.value);
    overlay_find_department(overlay, entry.value, &department);
    return department;
}

/* Return how many there are, with the one that stands for none, or -ENOMEM. */
static int64_t fill_departments(struct everybody *everybody, const struct overlay *overlay)
{
    uint64_t listed = sequence_count(&overlay->list);
    everybody->departments = calloc(listed + 1, sizeof *everybody->departments);
    if (!everybody->departments)
        return -ENOMEM;
    for (uint64_t i = 0; i < listed; i++)
        everybody->departments[i] = department_at(overlay, i);
    qsort(everybody->departments, listed, sizeof *everybody->departments, compare_ids);
    everybody->departments[listed] = (struct department){.id = OVERLAY_NO_DEPARTMENT};
    return (int64_t)listed + 1;
}

static int compare_orders(const void *a, const void *b)
{
    const struct everybody_row *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

static void add_department(struct everybody *everybody, const struct overlay *overlay,
                           uint32_t index)
{
    struct sequence users = overlay_users(overlay, &everybody->departments[index]);
    uint64_t count = sequence_count(&users);
    for (uint64_t i = 0; i < count; i++) {
        const struct overlay_place place = {
            .department = everybody->departments[index],
            .entry = sequence_at(&users, i),
        };
        uint64_t id = overlay_user_id(&place);
        if (retelling_omits(&overlay->retelling, id))
            continue;
        everybody->rows[everybody->count++] = (struct everybody_row){
            .order = mix64(id),
            .value = place.entry.value,
            .department = index,
            .added = place.entry.added,
        };
    }
}

int everybody_fill(struct everybody *everybody, const struct overlay *overlay)
{
    uint64_t most = 0;
    if (everybody->rows)
        return 0;
    int64_t departments = fill_departments(everybody, overlay);
    for (int64_t i = 0; i < departments; i++) {
        struct sequence users = overlay_users(overlay, &everybody->departments[i]);
        most += sequence_count(&users);
    }
    if (departments > 0)
        everybody->rows = calloc(most + 1, sizeof *everybody->rows);
    if (!everybody->rows) {
        everybody_forget(everybody);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < departments; i++)
        add_department(everybody, overlay, i);
    if (overlay->retelling.shuffled)
        qsort(everybody->rows, everybody->count, sizeof *everybody->rows, compare_orders);
    return 0;
}

uint64_t everybody_count(const struct everybody *everybody)
{
    return everybody->count;
}

struct overlay_place everybody_at(const struct everybody *everybody, uint64_t position)
{
    const struct everybody_row *row = &everybody->rows[position];
    return (struct overlay_place){
        .department = everybody->departments[row->department],
        .entry = {.added = row->added, .value = row->value},
    };
}
