#include "json/member.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "base/wipe.h"
#include "json/mask.h"

uint64_t member_id_of_value(const struct cJSON *value)
{
    if (!value || !cJSON_IsNumber(value))
        return 0;
    double number = value->valuedouble;
    if (!(number >= 1 && number <= (double)MEMBER_INTEGER_MAX) ||
        number != (double)(int64_t)number)
        return 0;
    return (uint64_t)number;
}

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
    return member_id_of_value(found);
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

/* The caller deletes it. NULL when memory is out. */
static cJSON *member_parse(const char *text, size_t size)
{
    char *copy = mask_copy(text, size);
    cJSON *object = copy ? cJSON_ParseWithLength(copy, size) : NULL;
    wipe_free(copy);
    return object;
}

int member_id_of_text(const char *text, size_t size, const char *name, uint64_t *id)
{
    cJSON *object = member_parse(text, size);
    if (!object)
        return -ENOMEM;
    *id = member_id(object, name);
    cJSON_Delete(object);
    return 0;
}

int64_t member_count_of_text(const char *text, size_t size, const char *name)
{
    cJSON *object = member_parse(text, size);
    int64_t count = member_count(object, name);
    cJSON_Delete(object);
    return count;
}
