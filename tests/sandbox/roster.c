/* The account that tests change: what was planned, and what they made of it. */
#include "roster.h"

#include <errno.h>
#include <stdlib.h>

#include "change.h"
#include "everybody.h"
#include "overlay.h"
#include "patch.h"
#include "sandbox/person.h"

struct roster {
    struct overlay *overlay;
    struct everybody *everybody;
};

struct roster *roster_create(const struct blueprint *plan)
{
    struct roster *roster = malloc(sizeof *roster);
    if (!roster)
        return NULL;
    roster->overlay = overlay_create(plan);
    roster->everybody = everybody_create();
    if (roster->overlay && roster->everybody)
        return roster;
    roster_destroy(roster);
    return NULL;
}

void roster_destroy(struct roster *roster)
{
    if (!roster)
        return;
    everybody_destroy(roster->everybody);
    overlay_destroy(roster->overlay);
    free(roster);
}

static void roster_replace(struct roster *roster, struct overlay *overlay)
{
    everybody_forget(roster->everybody);
    overlay_destroy(roster->overlay);
    roster->overlay = overlay;
}

int roster_reset(struct roster *roster)
{
    struct overlay *fresh = overlay_create(&roster->overlay->plan);
    if (!fresh)
        return -ENOMEM;
    roster_replace(roster, fresh);
    return 0;
}

int roster_change(struct roster *roster, const cJSON *changes, struct draft *why)
{
    struct overlay *copy = overlay_copy(roster->overlay);
    if (!copy)
        return -ENOMEM;
    int error = change_apply(copy, changes, why);
    if (error < 0)
        overlay_destroy(copy);
    else
        roster_replace(roster, copy);
    return error;
}

static uint64_t roster_departments(const void *data)
{
    const struct roster *roster = data;
    return sequence_count(&roster->overlay->list);
}

static void department_write(const struct overlay *overlay, uint64_t id, struct draft *out)
{
    const struct overlay_department *changed = id_map_get(&overlay->departments, id);
    blueprint_write_department(id, changed ? changed->name : NULL, out);
}

static void roster_write_departments(const void *data, uint64_t any, uint64_t from,
                                     uint64_t count, struct draft *out)
{
    (void)any;
    const struct roster *roster = data;
    const struct overlay *overlay = roster->overlay;
    for (uint64_t i = 0; i < count; i++) {
        struct sequence_entry entry = sequence_at(&overlay->list, from + i);
        uint64_t id =
            entry.added ? entry.value : blueprint_department(&overlay->plan, entry.value).id;
        if (i > 0)
            draft_putc(out, ',');
        department_write(overlay, id, out);
    }
}

static bool roster_write_department(const void *data, uint64_t id, struct draft *out)
{
    const struct roster *roster = data;
    struct department department;
    if (!overlay_find_department(roster->overlay, id, &department))
        return false;
    department_write(roster->overlay, id, out);
    return true;
}

static uint64_t roster_communities(const void *data)
{
    const struct roster *roster = data;
    return roster->overlay->communities.count;
}

static void roster_write_communities(const void *data, uint64_t any, uint64_t from,
                                     uint64_t count, struct draft *out)
{
    (void)any;
    const struct roster *roster = data;
    const struct overlay *overlay = roster->overlay;
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            draft_putc(out, ',');
        draft_puts(out, id_map_get(&overlay->community, overlay->communities.at[from + i]));
    }
}

static void user_write(const struct overlay *overlay, const struct overlay_place *place,
                       struct draft *out)
{
    const struct department *department = &place->department;
    uint64_t id = overlay_user_id(place);
    const struct overlay_user *changed = id_map_get(&overlay->users, id);
    if (changed) {
        draft_puts(out, changed->text);
        return;
    }
    struct person person = {
        .user = id,
        .department = department->id,
        .people = department->people,
        .index = place->entry.value,
    };
    person_write(&person, out);
}

static bool roster_users(const void *data, uint64_t department, uint64_t *count)
{
    const struct roster *roster = data;
    struct department found;
    if (!overlay_find_department(roster->overlay, department, &found))
        return false;
    struct sequence users = overlay_users(roster->overlay, &found);
    *count = sequence_count(&users);
    return true;
}

static void roster_write_users(const void *data, uint64_t department, uint64_t from,
                               uint64_t count, struct draft *out)
{
    const struct roster *roster = data;
    struct overlay_place place;
    if (!overlay_find_department(roster->overlay, department, &place.department))
        return;
    struct sequence users = overlay_users(roster->overlay, &place.department);
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            draft_putc(out, ',');
        place.entry = sequence_at(&users, from + i);
        user_write(roster->overlay, &place, out);
    }
}

static bool roster_everybody(const void *data, uint64_t *count)
{
    const struct roster *roster = data;
    if (everybody_fill(roster->everybody, roster->overlay) < 0)
        return false;
    *count = everybody_count(roster->everybody);
    return true;
}

/* Writes a user as the organization's list tells of them. */
static void retold_write(const struct overlay *overlay, const struct overlay_place *place,
                         struct draft *out)
{
    uint64_t id = overlay_user_id(place);
    struct draft record;
    if (!retelling_changes(&overlay->retelling, id)) {
        user_write(overlay, place, out);
        return;
    }
    draft_init(&record, PATCH_RECORD_LIMIT);
    user_write(overlay, place, &record);
    char *text = draft_take(&record, NULL);
    draft_finish(&record);
    if (text)
        retelling_write(&overlay->retelling, id, text, out);
    else
        out->failed = true;
    free(text);
}

static void roster_write_everybody(const void *data, uint64_t any, uint64_t from,
                                   uint64_t count, struct draft *out)
{
    (void)any;
    const struct roster *roster = data;
    for (uint64_t i = 0; i < count; i++) {
        const struct overlay_place place = everybody_at(roster->everybody, from + i);
        if (i > 0)
            draft_putc(out, ',');
        retold_write(roster->overlay, &place, out);
    }
}

static bool roster_write_user(const void *data, uint64_t id, struct draft *out)
{
    const struct roster *roster = data;
    struct overlay_place place;
    if (!overlay_find_user(roster->overlay, id, &place))
        return false;
    user_write(roster->overlay, &place, out);
    return true;
}

static bool roster_has_user(const void *data, uint64_t id)
{
    const struct roster *roster = data;
    struct overlay_place place;
    return overlay_find_user(roster->overlay, id, &place);
}

static void roster_write_organization(const void *data, struct draft *out)
{
    const struct roster *roster = data;
    if (roster->overlay->organization)
        draft_puts(out, roster->overlay->organization);
    else
        blueprint_write_organization(&roster->overlay->plan, out);
}

const struct api_source roster_source = {
    .departments = roster_departments,
    .write_departments = roster_write_departments,
    .communities = roster_communities,
    .write_communities = roster_write_communities,
    .users = roster_users,
    .write_users = roster_write_users,
    .everybody = roster_everybody,
    .write_everybody = roster_write_everybody,
    .write_department = roster_write_department,
    .write_user = roster_write_user,
    .has_user = roster_has_user,
    .write_organization = roster_write_organization,
};
