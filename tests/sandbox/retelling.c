/* Says how the organization's list tells of people otherwise than their department's list. */
#include "retelling.h"

#include <errno.h>
#include <stdlib.h>

#include "input.h"
#include "patch.h"

#define ANOTHER_OWNER 7654321

static const char *const ways[RETELLING_WAYS] = {
    [RETELLING_MISSING] = "missing",     [RETELLING_ZERO] = "zero",
    [RETELLING_FOREIGN] = "foreign",     [RETELLING_LONGER] = "longer",
    [RETELLING_REORDERED] = "reordered",
};

void retelling_finish(struct retelling *retelling)
{
    for (size_t i = 0; i < RETELLING_WAYS; i++)
        choice_finish(&retelling->people[i]);
}

int retelling_copy(struct retelling *to, const struct retelling *from)
{
    int error = 0;
    *to = (struct retelling){.shuffled = from->shuffled};
    for (size_t i = 0; i < RETELLING_WAYS && !error; i++)
        error = choice_copy(&to->people[i], &from->people[i]);
    return error;
}

int retelling_read(struct retelling *retelling, const cJSON *object, struct draft *why)
{
    if (!cJSON_IsObject(object) ||
        input_unknown(object, "missing zero foreign longer reordered shuffled")) {
        draft_puts(why,
                   "give an object of missing, zero, foreign, longer, reordered and shuffled");
        return -EINVAL;
    }
    for (size_t i = 0; i < RETELLING_WAYS; i++) {
        const cJSON *people = cJSON_GetObjectItemCaseSensitive(object, ways[i]);
        if (!people)
            continue;
        choice_finish(&retelling->people[i]);
        int error = choice_read(&retelling->people[i], people);
        if (error == -EINVAL)
            draft_printf(why, "\"%s\" must be an array of ids, \"half\" or \"all\"", ways[i]);
        if (error < 0)
            return error;
    }
    const cJSON *shuffled = cJSON_GetObjectItemCaseSensitive(object, "shuffled");
    if (shuffled && !cJSON_IsBool(shuffled)) {
        draft_puts(why, "\"shuffled\" must be true or false");
        return -EINVAL;
    }
    if (shuffled)
        retelling->shuffled = cJSON_IsTrue(shuffled);
    return 0;
}

static bool is_told(const struct retelling *retelling, enum retelling_way way, uint64_t id)
{
    return choice_has(&retelling->people[way], id);
}

bool retelling_omits(const struct retelling *retelling, uint64_t id)
{
    return is_told(retelling, RETELLING_MISSING, id);
}

bool retelling_changes(const struct retelling *retelling, uint64_t id)
{
    return is_told(retelling, RETELLING_ZERO, id) ||
           is_told(retelling, RETELLING_FOREIGN, id) ||
           is_told(retelling, RETELLING_LONGER, id) ||
           is_told(retelling, RETELLING_REORDERED, id);
}

/* Return the members to set, or NULL: out of memory. */
static cJSON *told_members(const struct retelling *retelling, uint64_t id)
{
    cJSON *set = cJSON_CreateObject();
    bool complete = set;
    if (is_told(retelling, RETELLING_ZERO, id))
        complete = complete && cJSON_AddNumberToObject(set, "departmentID", 0);
    if (is_told(retelling, RETELLING_FOREIGN, id))
        complete = complete && cJSON_AddNumberToObject(set, "organizationID", ANOTHER_OWNER);
    if (is_told(retelling, RETELLING_LONGER, id))
        complete = complete && cJSON_AddTrueToObject(set, "isActive");
    if (complete)
        return set;
    cJSON_Delete(set);
    return NULL;
}

void retelling_write(const struct retelling *retelling, uint64_t id, const char *record,
                     struct draft *out)
{
    struct draft told;
    cJSON *set = told_members(retelling, id);
    draft_init(&told, PATCH_RECORD_LIMIT);
    int error = set ? patch_merge(record, set, &told) : -ENOMEM;
    char *text = error ? NULL : draft_take(&told, NULL);
    if (error == -EINVAL)
        draft_puts(out, record);
    else if (!text)
        out->failed = true;
    else if (is_told(retelling, RETELLING_REORDERED, id))
        patch_rotate(text, out);
    else
        draft_puts(out, text);
    free(text);
    draft_finish(&told);
    cJSON_Delete(set);
}
