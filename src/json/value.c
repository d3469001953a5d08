/* Reads JSON that is small and holds no records, with cJSON. */
#include "json/value.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"

/* A struct value is a cJSON; nothing outside this file knows that. */
static const cJSON *value_cjson(const struct value *value)
{
    return (const cJSON *)(const void *)value;
}

static const struct value *value_of(const cJSON *cjson)
{
    return (const struct value *)(const void *)cjson;
}

/* cJSON does not say why it read nothing. */
static bool value_starved;

static void *value_allocate(size_t size)
{
    void *memory = malloc(size);
    value_starved = value_starved || !memory;
    return memory;
}

/* From a copy with a NUL: cJSON before 1.7.18 reads one byte past a text that is cut off. */
int value_parse(const char *text, size_t size, struct value **value)
{
    cJSON_Hooks hooks = {.malloc_fn = value_allocate, .free_fn = wipe_free};
    char *copy = malloc(size + 1);
    *value = NULL;
    if (!copy)
        return -ENOMEM;
    memcpy(copy, text, size);
    copy[size] = '\0';
    cJSON_InitHooks(&hooks);
    value_starved = false;
    *value = (struct value *)(void *)cJSON_ParseWithLength(copy, size + 1);
    wipe_free(copy);
    if (*value)
        return 0;
    return value_starved ? -ENOMEM : -EBADMSG;
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

char *value_text(struct value *value)
{
    return cJSON_GetStringValue(value_cjson(value));
}

bool value_is_number(const struct value *value, double *number)
{
    const cJSON *cjson = value_cjson(value);
    if (!cJSON_IsNumber(cjson) || !(cjson->valuedouble >= 0))
        return false;
    *number = cjson->valuedouble;
    return true;
}

const char *value_string(const struct value *object, const char *name)
{
    const char *text = cJSON_GetStringValue(value_cjson(value_member(object, name)));
    return text ? text : "";
}

bool value_number(const struct value *object, const char *name, double *number)
{
    return value_is_number(value_member(object, name), number);
}
