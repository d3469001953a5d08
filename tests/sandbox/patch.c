/* Changes fields of a record in its JSON text, and no digit or escape of the rest. */
#include "patch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct field {
    const char *key; /* with its quotes */
    size_t key_length;
    const char *value;
    size_t value_length;
};

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* From an opening quote past the closing one; NULL if there is none. */
static const char *skip_string(const char *at)
{
    for (at++; *at && *at != '"'; at++) {
        if (*at == '\\' && !*++at)
            return NULL;
    }
    return *at ? at + 1 : NULL;
}

static const char *skip_value(const char *at)
{
    const char *start = at;
    int depth = 0;
    while (*at) {
        if (*at == '"') {
            at = skip_string(at);
            if (!at)
                return NULL;
        } else if (depth == 0 && at > start && strchr(",}] \t\r\n", *at)) {
            return at;
        } else {
            depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
            at++;
            if (depth < 0)
                return NULL;
        }
    }
    return NULL;
}

/* Reads `"key" : value` and returns what follows it, or NULL. */
static const char *field_read(const char *at, struct field *field)
{
    if (*at != '"')
        return NULL;
    field->key = at;
    at = skip_string(at);
    if (!at)
        return NULL;
    field->key_length = (size_t)(at - field->key);
    at = skip_space(at);
    if (*at != ':')
        return NULL;
    field->value = skip_space(at + 1);
    at = skip_value(field->value);
    if (!at)
        return NULL;
    field->value_length = (size_t)(at - field->value);
    return skip_space(at);
}

static bool field_is(const struct field *field, const char *name)
{
    size_t length = strlen(name);
    return field->key_length == length + 2 && memcmp(field->key + 1, name, length) == 0;
}

static const cJSON *set_find(const cJSON *set, const struct field *field)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, set) {
        if (field_is(field, item->string))
            return item;
    }
    return NULL;
}

static void value_write(const cJSON *value, struct draft *out)
{
    char *printed = cJSON_PrintUnformatted(value);
    if (printed)
        draft_puts(out, printed);
    else
        out->failed = true;
    cJSON_free(printed);
}

static void field_write(const struct field *field, const cJSON *set, struct draft *out)
{
    const cJSON *item = set_find(set, field);
    draft_add(out, field->key, field->key_length);
    draft_putc(out, ':');
    if (item)
        value_write(item, out);
    else
        draft_add(out, field->value, field->value_length);
}

static bool patch_has(const char *record, const char *name)
{
    struct field field;
    const char *at = skip_space(record);
    do {
        at = field_read(skip_space(at + 1), &field);
    } while (at && !field_is(&field, name) && *at == ',');
    return at && field_is(&field, name);
}

static void new_fields_write(const char *record, const cJSON *set, bool first,
                             struct draft *out)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, set) {
        if (patch_has(record, item->string))
            continue;
        if (!first)
            draft_putc(out, ',');
        draft_quote(out, item->string);
        draft_putc(out, ':');
        value_write(item, out);
        first = false;
    }
}

int patch_merge(const char *record, const cJSON *set, struct draft *out)
{
    const char *at = skip_space(record);
    bool first = true;
    if (*at != '{')
        return -EINVAL;
    at = skip_space(at + 1);
    draft_putc(out, '{');
    while (*at != '}') {
        struct field field;
        at = field_read(first ? at : skip_space(at + 1), &field);
        if (!at || (*at != ',' && *at != '}'))
            return -EINVAL;
        if (!first)
            draft_putc(out, ',');
        field_write(&field, set, out);
        first = false;
    }
    new_fields_write(record, set, first, out);
    draft_putc(out, '}');
    return out->failed ? -ENOMEM : 0;
}

void patch_rotate(const char *record, struct draft *out)
{
    struct field field;
    const char *rest = field_read(record + 1, &field);
    if (!rest || *rest != ',') {
        draft_puts(out, record);
        return;
    }
    draft_putc(out, '{');
    draft_add(out, rest + 1, strlen(rest) - 2);
    draft_putc(out, ',');
    draft_add(out, record + 1, (size_t)(rest - record) - 1);
    draft_putc(out, '}');
}
