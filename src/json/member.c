#include "json/member.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "base/wipe.h"
#include "json/mask.h"

uint64_t member_id(const struct cJSON *object, const char *name)
{
    const cJSON *found = NULL;
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        if (!member->string || strcmp(member->string, name) != 0)
            continue;
        if (found)
            return 0;
        found = member;
    }
    if (!found || !cJSON_IsNumber(found))
        return 0;
    double value = found->valuedouble;
    if (!(value >= 1 && value <= (double)MEMBER_INTEGER_MAX) || value != (double)(int64_t)value)
        return 0;
    return (uint64_t)value;
}

int64_t member_count(const struct cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(member))
        return -1;
    double value = member->valuedouble;
    if (!(value >= 0))
        return -1;
    if (value > (double)MEMBER_INTEGER_MAX)
        return INT64_MAX;
    return value == (double)(int64_t)value ? (int64_t)value : -1;
}

const char *member_string(const struct cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

int member_id_of_text(const char *text, size_t size, const char *name, uint64_t *id)
{
    char *copy = mask_copy(text, size);
    if (!copy)
        return -ENOMEM;
    cJSON *object = cJSON_ParseWithLength(copy, size);
    wipe_free(copy);
    if (!object)
        return -ENOMEM;
    *id = member_id(object, name);
    cJSON_Delete(object);
    return 0;
}
