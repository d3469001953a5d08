/* One rule of planted faults, for the files trap*.c alone. */
#include "trap_rule.h"

#include <errno.h>
#include <string.h>

#include "input.h"

#define MAX_SECONDS 86400.0

enum kind {
    KIND_STRING,
    KIND_COUNT,
    KIND_POSITIVE,
    KIND_STATUS,
    KIND_CHANCE,
    KIND_SECONDS,
    KIND_FLAG,
    KIND_CHANGES,
    KIND_HEADERS,
    KIND_STALL,
};

static const char *const kind_wanted[] = {
    [KIND_STRING] = "a string",
    [KIND_COUNT] = "an integer from 0 on",
    [KIND_POSITIVE] = "an integer from 1 on",
    [KIND_STATUS] = "an HTTP status from 200 to 599",
    [KIND_CHANCE] = "a number from 0 to 1",
    [KIND_SECONDS] = "a number of seconds, a day at most",
    [KIND_FLAG] = "true or false",
    [KIND_CHANGES] = "an array of changes",
    [KIND_HEADERS] = "an object of strings",
    [KIND_STALL] = "an object {\"at\": BYTES, \"seconds\": SECONDS}",
};

#define RULE(member)   offsetof(struct trap, member)
#define EFFECT(member) offsetof(struct trap, effect.member)

static const struct rule_field {
    const char *name;
    enum kind kind;
    size_t offset;
    bool effect;
} fields[] = {
    {"path", KIND_STRING, RULE(path), false},
    {"path_prefix", KIND_STRING, RULE(path_prefix), false},
    {"query", KIND_STRING, RULE(query), false},
    {"after", KIND_COUNT, RULE(after), false},
    {"times", KIND_COUNT, RULE(times), false},
    {"probability", KIND_CHANCE, RULE(probability), false},
    {"seed", KIND_COUNT, RULE(seed), false},
    {"status", KIND_STATUS, EFFECT(status), true},
    {"body", KIND_STRING, EFFECT(body), true},
    {"headers", KIND_HEADERS, EFFECT(headers), true},
    {"cut", KIND_COUNT, EFFECT(cut), true},
    {"close", KIND_FLAG, EFFECT(close), true},
    {"stall", KIND_SECONDS, EFFECT(stall), true},
    {"stall_body", KIND_STALL, 0, true},
    {"drip", KIND_POSITIVE, EFFECT(drip), true},
    {"lie_total", KIND_COUNT, EFFECT(lie_total), true},
    {"lie_pages", KIND_COUNT, EFFECT(lie_pages), true},
    {"ignore_page", KIND_FLAG, EFFECT(ignore_page), true},
    {"ignore_per_page", KIND_POSITIVE, EFFECT(ignore_per_page), true},
    {"change", KIND_CHANGES, EFFECT(change), true},
    {"change_after", KIND_CHANGES, EFFECT(change_after), true},
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

static const struct rule_field *rule_field_find(const char *name)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    }
    return NULL;
}

static bool effect_number(const cJSON *item, double max, double *number)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= max))
        return false;
    *number = item->valuedouble;
    return true;
}

static bool count_parse(const cJSON *item, uint64_t min, uint64_t max, uint64_t *count)
{
    return input_integer(item, count) && *count >= min && *count <= max;
}

static bool stall_parse(const cJSON *item, struct trap_effect *effect)
{
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(item, "at");
    const cJSON *seconds = cJSON_GetObjectItemCaseSensitive(item, "seconds");
    return cJSON_IsObject(item) && !input_unknown(item, "at seconds") &&
           input_integer(at, &effect->stall_at) &&
           effect_number(seconds, MAX_SECONDS, &effect->stall_body);
}

static bool headers_parse(const cJSON *item, const cJSON **headers)
{
    const cJSON *header;
    cJSON_ArrayForEach(header, item) {
        if (!cJSON_IsString(header))
            return false;
    }
    *headers = item;
    return cJSON_IsObject(item);
}

/* The table says of which type the member at `to` is. */
static bool trap_parse_value(const cJSON *item, enum kind kind, void *to,
                             struct trap_effect *effect)
{
    switch (kind) {
    case KIND_STRING:
        *(const char **)to = cJSON_GetStringValue(item);
        return cJSON_IsString(item);
    case KIND_COUNT:
        return count_parse(item, 0, INPUT_MAX_INTEGER, to);
    case KIND_POSITIVE:
        return count_parse(item, 1, INPUT_MAX_INTEGER, to);
    case KIND_STATUS:
        return count_parse(item, 200, 599, to);
    case KIND_CHANCE:
        return effect_number(item, 1.0, to);
    case KIND_SECONDS:
        return effect_number(item, MAX_SECONDS, to);
    case KIND_FLAG:
        *(bool *)to = cJSON_IsTrue(item);
        return cJSON_IsBool(item);
    case KIND_CHANGES:
        *(const cJSON **)to = item;
        return cJSON_IsArray(item);
    case KIND_HEADERS:
        return headers_parse(item, to);
    case KIND_STALL:
        return stall_parse(item, effect);
    }
    return false;
}

static int members_parse(struct trap *rule, struct draft *why)
{
    const cJSON *item;
    bool effect = false;
    cJSON_ArrayForEach(item, rule->source) {
        const struct rule_field *field = rule_field_find(item->string);
        if (!field) {
            draft_printf(why, "a rule takes no member \"%s\"", item->string);
            return -EINVAL;
        }
        if (!trap_parse_value(item, field->kind, (char *)rule + field->offset, &rule->effect)) {
            draft_printf(why, "\"%s\" must be %s", field->name, kind_wanted[field->kind]);
            return -EINVAL;
        }
        effect = effect || field->effect;
    }
    if (!effect)
        draft_puts(why, "a rule without any effect");
    return effect ? 0 : -EINVAL;
}

int trap_rule_parse(struct trap *rule, const cJSON *source, struct draft *why)
{
    if (!cJSON_IsObject(source)) {
        draft_puts(why, "a rule must be an object");
        return -EINVAL;
    }
    *rule = (struct trap){
        .source = cJSON_Duplicate(source, true),
        .references = 1,
        .times = TRAP_UNSET,
        .probability = 1.0,
        .effect = {.status = TRAP_UNSET,
                   .cut = TRAP_UNSET,
                   .stall_at = TRAP_UNSET,
                   .drip = TRAP_UNSET,
                   .lie_total = TRAP_UNSET,
                   .lie_pages = TRAP_UNSET,
                   .ignore_per_page = TRAP_UNSET},
    };
    return rule->source ? members_parse(rule, why) : -ENOMEM;
}
