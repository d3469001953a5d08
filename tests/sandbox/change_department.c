/* The changes that concern a department. */
#include "change_verb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

static void forget_users(struct overlay *overlay, uint64_t department)
{
    for (size_t i = overlay->users.keys.count; i-- > 0;) {
        const struct overlay_user *user = overlay->users.values[i];
        if (user->department == department)
            overlay_user_free(id_map_take(&overlay->users, overlay->users.keys.at[i]));
    }
}

int change_remove_department(struct change *change)
{
    struct overlay *overlay = change->overlay;
    struct overlay_department *changed = id_map_get(&overlay->departments, change->id);
    struct department department;
    uint64_t index;
    if (!overlay_find_department(overlay, change->id, &department))
        return change_refuse(change, "no such department");
    if (changed && changed->added)
        sequence_drop(&overlay->list, change->id);
    else if (!blueprint_department_index(&overlay->plan, change->id, &index) ||
             sequence_omit(&overlay->list, index) < 0)
        return -ENOMEM;
    forget_users(overlay, change->id);
    overlay_department_free(id_map_take(&overlay->departments, change->id));
    return 0;
}

static int set_name(struct change *change, struct overlay_department *department)
{
    const char *name = input_string(change->item, "name");
    char *copy = name ? strdup(name) : NULL;
    if (!name)
        return change_refuse(change, "\"name\" must be a string");
    if (!copy)
        return -ENOMEM;
    free(department->name);
    department->name = copy;
    return 0;
}

int change_add_department(struct change *change)
{
    struct overlay *overlay = change->overlay;
    struct department department = {.id = change->id, .first_user = overlay->top_user + 1};
    const cJSON *users = change_member(change, "users");
    struct department known;
    if (users &&
        (!input_integer(users, &department.users) || department.users > BLUEPRINT_MAX_USERS))
        return change_refuse(change, "\"users\" must be an integer, 200 million at most");
    if (overlay_find_department(overlay, change->id, &known))
        return change_refuse(change, "there is such a department already");
    if (department.first_user > INPUT_MAX_INTEGER - department_id_span(department.users))
        return change_refuse(change, "no user ids are left");
    struct overlay_department *added = overlay_touch(overlay, &department);
    if (!added || sequence_add(&overlay->list, change->id, false) < 0)
        return -ENOMEM;
    added->added = true;
    if (department.users > 0)
        overlay->top_user = department_top_user(&department);
    return set_name(change, added);
}

int change_rename_department(struct change *change)
{
    struct department department;
    if (!overlay_find_department(change->overlay, change->id, &department))
        return change_refuse(change, "no such department");
    struct overlay_department *changed = overlay_touch(change->overlay, &department);
    return changed ? set_name(change, changed) : -ENOMEM;
}
