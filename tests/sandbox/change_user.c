/* The changes that concern a user. */
#include "change_verb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "patch.h"
#include "sandbox/person.h"

static int find_user(struct change *change, struct overlay_place *place)
{
    if (!overlay_find_user(change->overlay, change->id, place))
        return change_refuse(change, "no such user");
    return 0;
}

/* Stores the record of a user, known or new; takes `text`. */
static int store_user(struct change *change, uint64_t department, bool added, char *text)
{
    struct overlay_user *user = id_map_get(&change->overlay->users, change->id);
    if (user) {
        free(user->text);
        user->text = text;
        return 0;
    }
    user = malloc(sizeof *user);
    if (!user || id_map_add(&change->overlay->users, change->id, user) < 0) {
        free(user);
        free(text);
        return -ENOMEM;
    }
    *user = (struct overlay_user){.department = department, .added = added, .text = text};
    return 0;
}

static void user_text(const struct change *change, const struct overlay_place *place,
                      struct draft *out)
{
    const struct overlay_user *user = id_map_get(&change->overlay->users, change->id);
    struct person person = {
        .user = change->id,
        .department = place->department.id,
        .people = place->entry.added ? PEOPLE_PLAIN : place->department.people,
        .index = place->entry.value,
    };
    draft_init(out, PATCH_RECORD_LIMIT);
    if (user)
        draft_puts(out, user->text);
    else
        person_write(&person, out);
}

int change_user(struct change *change)
{
    const cJSON *set = change_member(change, "set");
    struct overlay_place place;
    struct draft record;
    char *merged;
    if (!cJSON_IsObject(set))
        return change_refuse(change, "\"set\" must be an object");
    int error = find_user(change, &place);
    if (error < 0)
        return error;
    user_text(change, &place, &record);
    error = change_merge(change, &record, set, &merged);
    return error ? error : store_user(change, place.department.id, place.entry.added, merged);
}

int change_raw(struct change *change)
{
    const char *text = input_string(change->item, "text");
    struct overlay_place place;
    if (!text)
        return change_refuse(change, "\"text\" must be a string");
    int error = find_user(change, &place);
    if (error < 0)
        return error;
    char *copy = strdup(text);
    return copy ? store_user(change, place.department.id, place.entry.added, copy) : -ENOMEM;
}

int change_remove(struct change *change)
{
    struct overlay_place place;
    int error = find_user(change, &place);
    if (error < 0)
        return error;
    struct overlay_department *department = overlay_touch(change->overlay, &place.department);
    if (!department)
        return -ENOMEM;
    if (place.entry.added)
        sequence_drop(&department->users, change->id);
    else if (sequence_omit(&department->users, place.entry.value) < 0)
        return -ENOMEM;
    overlay_user_free(id_map_take(&change->overlay->users, change->id));
    return 0;
}

/* The id that the change asks for, or the next one. */
static int new_user_id(struct change *change, uint64_t *id)
{
    const cJSON *asked = change_member(change, "id");
    struct overlay_place place;
    *id = change->overlay->top_user + 1;
    if (asked && (!input_integer(asked, id) || *id == 0))
        return change_refuse(change, "\"id\" must be a positive integer");
    if (*id > INPUT_MAX_INTEGER)
        return change_refuse(change, "no user id is left");
    if (overlay_find_user(change->overlay, *id, &place))
        return change_refuse(change, "there is such a user already");
    return 0;
}

/* No department is one to be in, too. */
static bool find_department(const struct change *change, uint64_t id,
                            struct department *department)
{
    *department = (struct department){.id = id};
    return id == OVERLAY_NO_DEPARTMENT ||
           overlay_find_department(change->overlay, id, department);
}

/* Puts a user whom no list has into that of a department; takes `text`. 0 or -ENOMEM. */
static int list_user(struct change *change, const struct department *department, char *text,
                     bool front)
{
    struct overlay_department *changed = overlay_touch(change->overlay, department);
    if (store_user(change, department->id, true, text) < 0 || !changed)
        return -ENOMEM;
    return sequence_add(&changed->users, change->id, front);
}

/* All of the record stays but for its departmentID. */
static int move_text(struct change *change, const struct overlay_place *place, uint64_t to,
                     char **text)
{
    struct draft record;
    cJSON *set = cJSON_CreateObject();
    if (!cJSON_AddNumberToObject(set, "departmentID", (double)to)) {
        cJSON_Delete(set);
        return -ENOMEM;
    }
    user_text(change, place, &record);
    int error = change_merge(change, &record, set, text);
    cJSON_Delete(set);
    return error;
}

int change_move(struct change *change)
{
    struct department department;
    struct overlay_place place;
    uint64_t to;
    char *text;
    if (!input_integer(change_member(change, "to"), &to) ||
        !find_department(change, to, &department))
        return change_refuse(change, "\"to\" must be a department's id, or 0");
    int error = find_user(change, &place);
    if (!error)
        error = move_text(change, &place, to, &text);
    if (error < 0)
        return error;
    error = change_remove(change);
    if (!error)
        return list_user(change, &department, text, false);
    free(text);
    return error;
}

/* From here on the change's id is that of the new user. */
int change_add(struct change *change)
{
    const cJSON *set = change_member(change, "set");
    const char *at = input_string(change->item, "at");
    struct overlay_place place = {.entry.added = true};
    struct draft record;
    char *merged;
    if (set && !cJSON_IsObject(set))
        return change_refuse(change, "\"set\" must be an object");
    if (change_member(change, "at") &&
        (!at || (strcmp(at, "front") != 0 && strcmp(at, "back") != 0)))
        return change_refuse(change, "\"at\" must be \"front\" or \"back\"");
    if (!find_department(change, change->id, &place.department))
        return change_refuse(change, "no such department");
    int error = new_user_id(change, &change->id);
    if (error < 0)
        return error;
    user_text(change, &place, &record);
    error = change_merge(change, &record, set, &merged);
    if (error < 0)
        return error;
    error = list_user(change, &place.department, merged, at && strcmp(at, "front") == 0);
    if (error < 0)
        return error;
    if (change->id > change->overlay->top_user)
        change->overlay->top_user = change->id;
    return 0;
}
