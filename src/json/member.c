#include "json/member.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "base/number.h"
#include "base/wipe.h"
#include "json/mask.h"

/* Of a number that is not spelt with its digits alone, as 7.0. */
static uint64_t member_id_of_value(const cJSON *value)
{
    if (!value || !cJSON_IsNumber(value))
        return 0;
    double number = value->valuedouble;
    if (!(number >= 1 && number <= (double)MEMBER_INTEGER_MAX) ||
        number != (double)(int64_t)number)
        return 0;
    return (uint64_t)number;
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
    cJSON *value = copy ? cJSON_ParseWithLength(copy, size + 1) : NULL;
    wipe_free(copy);
    return value;
}

int member_read_id(const struct member *member, uint64_t *id)
{
    *id = 0;
    if (number_parse(member->value, member->value_size, NUMBER_ID_MAX, id))
        return 0;
    cJSON *value = member_parse(member->value, member->value_size);
    if (!value)
        return -ENOMEM;
    *id = member_id_of_value(value);
    cJSON_Delete(value);
    return 0;
}

int member_id_of_text(const char *text, size_t size, const char *name, uint64_t *id)
{
    struct members members = members_of_text(text, size);
    struct member member;
    size_t length = strlen(name);
    unsigned found = 0;
    int error = 0;
    *id = 0;
    while (!error && members_next(&members, &member)) {
        if (member.name_size == length + 2 && memcmp(member.name + 1, name, length) == 0 &&
            found++ == 0)
            error = member_read_id(&member, id);
    }
    if (found > 1)
        *id = 0;
    return error;
}

int64_t member_count_of_text(const char *text, size_t size, const char *name)
{
    cJSON *object = member_parse(text, size);
    int64_t count = member_count(object, name);
    cJSON_Delete(object);
    return count;
}
