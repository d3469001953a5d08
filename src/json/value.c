#include "json/value.h"

#include <cjson/cJSON.h>

/* A struct value is a cJSON, whose name is nobody's business outside. */
static const cJSON *value_cjson(const struct value *value)
{
    return (const cJSON *)(const void *)value;
}

static const struct value *value_of(const cJSON *cjson)
{
    return (const struct value *)(const void *)cjson;
}

struct value *value_parse(const char *text, size_t size)
{
    return (struct value *)(void *)cJSON_ParseWithLength(text, size);
}

void value_destroy(struct value *value)
{
    cJSON_Delete((cJSON *)(void *)value);
}

const struct value *value_member(const struct value *object, const char *name)
{
    return value_of(cJSON_GetObjectItemCaseSensitive(value_cjson(object), name));
}

const struct value *value_first(const struct value *array)
{
    return array ? value_of(value_cjson(array)->child) : NULL;
}

const struct value *value_next(const struct value *element)
{
    return element ? value_of(value_cjson(element)->next) : NULL;
}

size_t value_count(const struct value *array)
{
    size_t count = 0;
    for (const struct value *at = value_first(array); at; at = value_next(at))
        count++;
    return count;
}

const char *value_string(const struct value *object, const char *name)
{
    const char *text = cJSON_GetStringValue(value_cjson(value_member(object, name)));
    return text ? text : "";
}

bool value_number(const struct value *object, const char *name, double *number)
{
    const cJSON *member = value_cjson(value_member(object, name));
    if (!cJSON_IsNumber(member) || !(member->valuedouble >= 0))
        return false;
    *number = member->valuedouble;
    return true;
}
