/* Keeps what changes have made of the planned account. */
#include "overlay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void overlay_user_free(void *user)
{
    struct overlay_user *changed = user;
    if (!changed)
        return;
    free(changed->text);
    free(changed);
}

void overlay_department_free(void *department)
{
    struct overlay_department *changed = department;
    if (!changed)
        return;
    free(changed->name);
    sequence_finish(&changed->users);
    free(changed);
}

void overlay_destroy(struct overlay *overlay)
{
    if (!overlay)
        return;
    sequence_finish(&overlay->list);
    id_map_finish(&overlay->departments, overlay_department_free);
    id_map_finish(&overlay->users, overlay_user_free);
    ids_finish(&overlay->communities);
    id_map_finish(&overlay->community, free);
    free(overlay->organization);
    retelling_finish(&overlay->retelling);
    free(overlay);
}

static int add_copy(struct id_map *map, uint64_t id, const char *string)
{
    char *copy = strdup(string);
    if (copy && id_map_add(map, id, copy) == 0)
        return 0;
    free(copy);
    return -ENOMEM;
}

static int add_seed_communities(struct overlay *overlay)
{
    for (size_t i = 0; i < BLUEPRINT_COMMUNITIES; i++) {
        uint64_t id = blueprint_communities[i].id;
        if (ids_insert(&overlay->communities, i, id) < 0 ||
            add_copy(&overlay->community, id, blueprint_communities[i].record) < 0)
            return -ENOMEM;
    }
    return 0;
}

struct overlay *overlay_create(const struct blueprint *plan)
{
    struct overlay *overlay = calloc(1, sizeof *overlay);
    if (!overlay)
        return NULL;
    overlay->plan = *plan;
    overlay->list.originals = blueprint_department_count(plan);
    overlay->top_user = blueprint_top_user(plan);
    if (add_seed_communities(overlay) < 0) {
        overlay_destroy(overlay);
        return NULL;
    }
    return overlay;
}

static int copy_user(struct id_map *map, uint64_t id, const struct overlay_user *from)
{
    struct overlay_user *copy = malloc(sizeof *copy);
    if (!copy)
        return -ENOMEM;
    *copy = *from;
    copy->text = strdup(from->text);
    if (copy->text && id_map_add(map, id, copy) == 0)
        return 0;
    overlay_user_free(copy);
    return -ENOMEM;
}

static int copy_department(struct id_map *map, const struct overlay_department *from)
{
    struct overlay_department *copy = malloc(sizeof *copy);
    if (!copy)
        return -ENOMEM;
    *copy = *from;
    copy->name = from->name ? strdup(from->name) : NULL;
    if (sequence_copy(&copy->users, &from->users) == 0 && (copy->name || !from->name) &&
        id_map_add(map, from->department.id, copy) == 0)
        return 0;
    overlay_department_free(copy);
    return -ENOMEM;
}

static int copy_maps(struct overlay *to, const struct overlay *from)
{
    int error = 0;
    for (size_t i = 0; i < from->departments.keys.count && !error; i++)
        error = copy_department(&to->departments, from->departments.values[i]);
    for (size_t i = 0; i < from->users.keys.count && !error; i++)
        error = copy_user(&to->users, from->users.keys.at[i], from->users.values[i]);
    for (size_t i = 0; i < from->community.keys.count && !error; i++)
        error = add_copy(&to->community, from->community.keys.at[i], from->community.values[i]);
    return error;
}

struct overlay *overlay_copy(const struct overlay *overlay)
{
    struct overlay *copy = calloc(1, sizeof *copy);
    if (!copy)
        return NULL;
    copy->plan = overlay->plan;
    copy->top_user = overlay->top_user;
    if (overlay->organization)
        copy->organization = strdup(overlay->organization);
    if (sequence_copy(&copy->list, &overlay->list) < 0 ||
        ids_copy(&copy->communities, &overlay->communities) < 0 ||
        retelling_copy(&copy->retelling, &overlay->retelling) < 0 ||
        (overlay->organization && !copy->organization) || copy_maps(copy, overlay) < 0) {
        overlay_destroy(copy);
        return NULL;
    }
    return copy;
}

bool overlay_find_department(const struct overlay *overlay, uint64_t id,
                             struct department *department)
{
    const struct overlay_department *changed = id_map_get(&overlay->departments, id);
    uint64_t index;
    if (id == OVERLAY_NO_DEPARTMENT)
        return false;
    if (changed) {
        *department = changed->department;
        return true;
    }
    if (!blueprint_department_index(&overlay->plan, id, &index) ||
        !sequence_has(&overlay->list, index))
        return false;
    *department = blueprint_department(&overlay->plan, index);
    return true;
}

struct sequence overlay_users(const struct overlay *overlay,
                              const struct department *department)
{
    const struct overlay_department *changed =
        id_map_get(&overlay->departments, department->id);
    return changed ? changed->users : (struct sequence){.originals = department->users};
}

/* The departments of changes are few, and searched one after the other. */
static bool find_in_added(const struct overlay *overlay, uint64_t id,
                          struct overlay_place *place)
{
    for (size_t i = 0; i < overlay->departments.keys.count; i++) {
        const struct overlay_department *changed = overlay->departments.values[i];
        if (changed->added &&
            department_user_index(&changed->department, id, &place->entry.value)) {
            place->department = changed->department;
            return true;
        }
    }
    return false;
}

bool overlay_find_user(const struct overlay *overlay, uint64_t id, struct overlay_place *place)
{
    const struct overlay_user *changed = id_map_get(&overlay->users, id);
    if (changed && changed->added) {
        place->entry = (struct sequence_entry){.added = true, .value = id};
        place->department = (struct department){.id = changed->department};
        if (changed->department == OVERLAY_NO_DEPARTMENT)
            return true;
        return overlay_find_department(overlay, changed->department, &place->department);
    }
    place->entry.added = false;
    struct department planned;
    if (blueprint_user(&overlay->plan, id, &planned, &place->entry.value)) {
        /* Another department may have been added under the id of a removed one. */
        if (!overlay_find_department(overlay, planned.id, &place->department) ||
            place->department.first_user != planned.first_user)
            return false;
    } else if (!find_in_added(overlay, id, place)) {
        return false;
    }
    struct sequence users = overlay_users(overlay, &place->department);
    return sequence_has(&users, place->entry.value);
}

uint64_t overlay_user_id(const struct overlay_place *place)
{
    return place->entry.added ? place->entry.value
                              : department_user_id(&place->department, place->entry.value);
}

struct overlay_department *overlay_touch(struct overlay *overlay,
                                         const struct department *department)
{
    struct overlay_department *changed = id_map_get(&overlay->departments, department->id);
    if (changed)
        return changed;
    changed = calloc(1, sizeof *changed);
    if (!changed)
        return NULL;
    changed->department = *department;
    changed->users.originals = department->users;
    if (id_map_add(&overlay->departments, department->id, changed) < 0) {
        free(changed);
        return NULL;
    }
    return changed;
}
