/* The changes that the control endpoint makes of an account, as JSON. */
#include "change.h"

#include <errno.h>
#include <stdlib.h>

#include "change_verb.h"
#include "input.h"
#include "patch.h"

int change_refuse(struct change *change, const char *reason)
{
    draft_puts(change->why, reason);
    return -EINVAL;
}

const cJSON *change_member(const struct change *change, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(change->item, name);
}

int change_merge(struct change *change, struct draft *record, const cJSON *set, char **merged)
{
    struct draft out;
    char *text = draft_take(record, NULL);
    if (!text)
        return -ENOMEM;
    draft_init(&out, PATCH_RECORD_LIMIT);
    int error = patch_merge(text, set, &out);
    free(text);
    if (error == -EINVAL)
        change_refuse(change, "the record is not a JSON object, nothing can be set in it");
    *merged = error ? NULL : draft_take(&out, NULL);
    draft_finish(&out);
    return error || *merged ? error : -ENOMEM;
}

static int change_organization(struct change *change)
{
    struct overlay *overlay = change->overlay;
    const cJSON *set = change_member(change, "organization");
    struct draft record;
    char *merged;
    if (!cJSON_IsObject(set))
        return change_refuse(change, "\"organization\" must be an object");
    draft_init(&record, PATCH_RECORD_LIMIT);
    if (overlay->organization)
        draft_puts(&record, overlay->organization);
    else
        blueprint_write_organization(&overlay->plan, &record);
    int error = change_merge(change, &record, set, &merged);
    if (error < 0)
        return error;
    free(overlay->organization);
    overlay->organization = merged;
    return 0;
}

static int change_everybody(struct change *change)
{
    return retelling_read(&change->overlay->retelling, change_member(change, "everybody"),
                          change->why);
}

static char *community_record(uint64_t id, const char *name)
{
    struct draft record;
    draft_init(&record, PATCH_RECORD_LIMIT);
    draft_printf(&record, "{\"id\":%llu,\"name\":", (unsigned long long)id);
    draft_quote(&record, name);
    draft_printf(&record,
                 ",\"shortURL\":\"community%llu.questionpro.com\",\"status\":\"Active\"}",
                 (unsigned long long)id);
    char *taken = draft_take(&record, NULL);
    draft_finish(&record);
    return taken;
}

static int change_community(struct change *change)
{
    const cJSON *set = change_member(change, "set");
    char *record = id_map_get(&change->overlay->community, change->id);
    struct draft text;
    char *merged;
    if (!cJSON_IsObject(set))
        return change_refuse(change, "\"set\" must be an object");
    if (!record)
        return change_refuse(change, "no such community");
    draft_init(&text, PATCH_RECORD_LIMIT);
    draft_puts(&text, record);
    int error = change_merge(change, &text, set, &merged);
    if (error < 0)
        return error;
    free(id_map_take(&change->overlay->community, change->id));
    /* Cannot fail: the taken key has left room. */
    return id_map_add(&change->overlay->community, change->id, merged);
}

static int change_add_community(struct change *change)
{
    struct overlay *overlay = change->overlay;
    const char *name = input_string(change->item, "name");
    if (!name)
        return change_refuse(change, "\"name\" must be a string");
    if (id_map_get(&overlay->community, change->id))
        return change_refuse(change, "there is such a community already");
    char *record = community_record(change->id, name);
    if (!record || id_map_add(&overlay->community, change->id, record) < 0) {
        free(record);
        return -ENOMEM;
    }
    return ids_insert(&overlay->communities, overlay->communities.count, change->id);
}

static int change_remove_community(struct change *change)
{
    struct overlay *overlay = change->overlay;
    char *record = id_map_take(&overlay->community, change->id);
    if (!record)
        return change_refuse(change, "no such community");
    free(record);
    ids_delete(&overlay->communities, ids_find(&overlay->communities, change->id));
    return 0;
}

/* What a verb's own value must be. */
enum value {
    VALUE_ID,
    VALUE_ID_OR_NONE, /* of a department, or OVERLAY_NO_DEPARTMENT */
    VALUE_OTHER,      /* the verb looks itself */
};

static const struct verb {
    const char *name;
    const char *members;
    enum value value;
    int (*apply)(struct change *change);
} verbs[] = {
    {"change", "change set", VALUE_ID, change_user},
    {"raw", "raw text", VALUE_ID, change_raw},
    {"remove", "remove", VALUE_ID, change_remove},
    {"add", "add id set at", VALUE_ID_OR_NONE, change_add},
    {"move", "move to", VALUE_ID, change_move},
    {"remove_department", "remove_department", VALUE_ID, change_remove_department},
    {"add_department", "add_department name users", VALUE_ID, change_add_department},
    {"rename_department", "rename_department name", VALUE_ID, change_rename_department},
    {"organization", "organization", VALUE_OTHER, change_organization},
    {"everybody", "everybody", VALUE_OTHER, change_everybody},
    {"community", "community set", VALUE_ID, change_community},
    {"add_community", "add_community name", VALUE_ID, change_add_community},
    {"remove_community", "remove_community", VALUE_ID, change_remove_community},
};

static const struct verb *verb_find(const cJSON *item)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (cJSON_HasObjectItem(item, verbs[i].name))
            return &verbs[i];
    }
    return NULL;
}

static int value_read(struct change *change, const struct verb *verb)
{
    const cJSON *value = change_member(change, verb->name);
    if (verb->value == VALUE_OTHER)
        return 0;
    bool is_number = input_integer(value, &change->id);
    if (is_number && (change->id > 0 || verb->value == VALUE_ID_OR_NONE))
        return 0;
    draft_printf(change->why, "\"%s\" must be an id, a positive integer%s", verb->name,
                 verb->value == VALUE_ID_OR_NONE ? ", or 0" : "");
    return -EINVAL;
}

static int change_one(struct change *change)
{
    const struct verb *verb = verb_find(change->item);
    if (!verb)
        return change_refuse(change, "not a change: it names no known verb");
    const char *unknown = input_unknown(change->item, verb->members);
    if (unknown) {
        draft_printf(change->why, "\"%s\" takes no member \"%s\"", verb->name, unknown);
        return -EINVAL;
    }
    int error = value_read(change, verb);
    return error ? error : verb->apply(change);
}

int change_apply(struct overlay *overlay, const cJSON *changes, struct draft *why)
{
    struct change change = {.overlay = overlay, .why = why};
    unsigned number = 0;
    if (!cJSON_IsArray(changes)) {
        draft_puts(why, "the changes must be an array");
        return -EINVAL;
    }
    cJSON_ArrayForEach(change.item, changes) {
        int error = change_one(&change);
        if (error < 0) {
            draft_printf(why, " (change %u of the array, counted from 0)", number);
            return error;
        }
        number++;
    }
    return 0;
}
