#include "sandbox/account.h"

#include <errno.h>
#include <stdlib.h>

#include "sandbox/change.h"
#include "sandbox/overlay.h"
#include "sandbox/person.h"

struct account {
    struct overlay *overlay;
};

struct account *account_create(const struct plan *plan)
{
    struct account *account = malloc(sizeof *account);

    if (!account)
        return NULL;
    account->overlay = overlay_create(plan);
    if (!account->overlay) {
        free(account);
        return NULL;
    }
    return account;
}

void account_destroy(struct account *account)
{
    if (!account)
        return;
    overlay_destroy(account->overlay);
    free(account);
}

static void account_replace(struct account *account, struct overlay *overlay)
{
    overlay_destroy(account->overlay);
    account->overlay = overlay;
}

int account_reset(struct account *account)
{
    struct overlay *fresh = overlay_create(&account->overlay->plan);

    if (!fresh)
        return -ENOMEM;
    account_replace(account, fresh);
    return 0;
}

int account_change(struct account *account, const cJSON *changes, struct text *why)
{
    struct overlay *copy = overlay_copy(account->overlay);

    if (!copy)
        return -ENOMEM;
    int err = change_apply(copy, changes, why);
    if (err < 0)
        overlay_destroy(copy);
    else
        account_replace(account, copy);
    return err;
}

uint64_t account_departments(const struct account *account)
{
    return sequence_count(&account->overlay->list);
}

static void department_write(const struct overlay *overlay, uint64_t id, struct text *out)
{
    const struct overlay_department *changed = id_map_get(&overlay->departments, id);

    text_puts(out, "{\"departmentID\":");
    text_number(out, id);
    text_puts(out, ",\"organizationID\":");
    text_number(out, PLAN_ORGANIZATION);
    text_puts(out, ",\"name\":");
    if (changed && changed->name)
        text_quote(out, changed->name);
    else
        plan_department_name(id, out);
    text_puts(out, ",\"primaryAccountID\":");
    text_number(out, PLAN_CUSTOMER);
    text_putc(out, '}');
}

void account_write_departments(const struct account *account, uint64_t from, uint64_t count,
                               struct text *out)
{
    const struct overlay *overlay = account->overlay;

    for (uint64_t i = 0; i < count; i++) {
        struct sequence_entry entry = sequence_at(&overlay->list, from + i);
        uint64_t id =
            entry.added ? entry.value : plan_department(&overlay->plan, entry.value).id;
        if (i > 0)
            text_putc(out, ',');
        department_write(overlay, id, out);
    }
}

bool account_write_department(const struct account *account, uint64_t id, struct text *out)
{
    struct department department;

    if (!overlay_find_department(account->overlay, id, &department))
        return false;
    department_write(account->overlay, id, out);
    return true;
}

uint64_t account_communities(const struct account *account)
{
    return account->overlay->communities.count;
}

void account_write_communities(const struct account *account, uint64_t from, uint64_t count,
                               struct text *out)
{
    const struct overlay *overlay = account->overlay;

    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            text_putc(out, ',');
        text_puts(out, id_map_get(&overlay->community, overlay->communities.at[from + i]));
    }
}

static void user_write(const struct overlay *overlay, const struct overlay_place *place,
                       struct text *out)
{
    const struct department *department = &place->department;
    uint64_t id = place->entry.added ? place->entry.value
                                     : department_user_id(department, place->entry.value);
    const struct overlay_user *changed = id_map_get(&overlay->users, id);

    if (changed) {
        text_puts(out, changed->text);
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

bool account_users(const struct account *account, uint64_t department, uint64_t *count)
{
    struct department found;

    if (!overlay_find_department(account->overlay, department, &found))
        return false;
    struct sequence users = overlay_users(account->overlay, &found);
    *count = sequence_count(&users);
    return true;
}

void account_write_users(const struct account *account, uint64_t department, uint64_t from,
                         uint64_t count, struct text *out)
{
    struct overlay_place place;

    if (!overlay_find_department(account->overlay, department, &place.department))
        return;
    struct sequence users = overlay_users(account->overlay, &place.department);
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            text_putc(out, ',');
        place.entry = sequence_at(&users, from + i);
        user_write(account->overlay, &place, out);
    }
}

bool account_write_user(const struct account *account, uint64_t id, struct text *out)
{
    struct overlay_place place;

    if (!overlay_find_user(account->overlay, id, &place))
        return false;
    user_write(account->overlay, &place, out);
    return true;
}

bool account_has_user(const struct account *account, uint64_t id)
{
    struct overlay_place place;

    return overlay_find_user(account->overlay, id, &place);
}

void account_write_organization(const struct account *account, struct text *out)
{
    if (account->overlay->organization)
        text_puts(out, account->overlay->organization);
    else
        plan_organization(&account->overlay->plan, out);
}
