#include "sandbox/fault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/fault_rule.h"
#include "sandbox/mix.h"

#define RULES_MAX 10000

struct faults {
    struct fault **rules;
    size_t count;
};

struct faults *faults_create(void)
{
    return calloc(1, sizeof(struct faults));
}

void fault_release(struct fault *fault)
{
    if (!fault || --fault->references > 0)
        return;
    cJSON_Delete(fault->source);
    free(fault);
}

void faults_clear(struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        fault_release(faults->rules[i]);
    free(faults->rules);
    *faults = (struct faults){0};
}

void faults_destroy(struct faults *faults)
{
    if (!faults)
        return;
    faults_clear(faults);
    free(faults);
}

static int rule_add(struct faults *faults, const cJSON *source, struct text *why)
{
    struct fault *rule = calloc(1, sizeof *rule);

    if (!rule)
        return -ENOMEM;
    int err = fault_rule_parse(rule, source, why);
    if (err < 0) {
        cJSON_Delete(rule->source);
        free(rule);
        return err;
    }
    faults->rules[faults->count++] = rule;
    return 0;
}

static int faults_grow(struct faults *faults, const cJSON *rules, struct text *why)
{
    size_t more = (size_t)cJSON_GetArraySize(rules);

    if (!cJSON_IsArray(rules) || more > RULES_MAX - faults->count) {
        text_printf(why, "the rules must be an array, and all together %d at most", RULES_MAX);
        return -EINVAL;
    }
    if (more == 0)
        return 0;
    struct fault **grown =
        reallocarray(faults->rules, faults->count + more, sizeof(struct fault *));
    if (!grown)
        return -ENOMEM;
    faults->rules = grown;
    return 0;
}

int faults_add(struct faults *faults, const cJSON *rules, struct text *why)
{
    size_t before = faults->count;
    int err = faults_grow(faults, rules, why);
    const cJSON *source;

    if (err < 0)
        return err;
    cJSON_ArrayForEach(source, rules) {
        err = rule_add(faults, source, why);
        if (err < 0)
            break;
    }
    if (err < 0) {
        text_printf(why, " (rule %zu of the array, counted from 0)", faults->count - before);
        while (faults->count > before)
            fault_release(faults->rules[--faults->count]);
    }
    return err;
}

size_t faults_count(const struct faults *faults)
{
    return faults->count;
}

static int rule_write(const struct fault *rule, struct text *out)
{
    cJSON *shown = cJSON_Duplicate(rule->source, true);
    char *printed = NULL;

    if (cJSON_AddNumberToObject(shown, "matched", (double)rule->matched) &&
        cJSON_AddNumberToObject(shown, "hit", (double)rule->hit) &&
        (!rule->problem[0] || cJSON_AddStringToObject(shown, "problem", rule->problem)))
        printed = cJSON_PrintUnformatted(shown);
    cJSON_Delete(shown);
    if (!printed)
        return -ENOMEM;
    text_puts(out, printed);
    cJSON_free(printed);
    return 0;
}

int faults_write(const struct faults *faults, struct text *out)
{
    text_putc(out, '[');
    for (size_t i = 0; i < faults->count; i++) {
        if (i > 0)
            text_putc(out, ',');
        if (rule_write(faults->rules[i], out) < 0)
            return -ENOMEM;
    }
    text_putc(out, ']');
    return 0;
}

static bool rule_matches(const struct fault *rule, const char *path, const char *query)
{
    const char *prefix = rule->path_prefix;

    return (!rule->path || strcmp(rule->path, path) == 0) &&
           (!prefix || strncmp(prefix, path, strlen(prefix)) == 0) &&
           (!rule->query || strstr(query, rule->query));
}

/* Counts the call, and draws for every call past `after`, so that a seed decides them all. */
static bool rule_due(struct fault *rule)
{
    rule->matched++;
    if (rule->matched <= rule->after)
        return false;
    double draw = (double)(mix64(rule->seed + rule->matched) >> 11) * 0x1p-53;
    return draw < rule->probability && rule->hit < rule->times;
}

static struct fault *rule_hold(struct fault *rule)
{
    rule->hit++;
    rule->references++;
    return rule;
}

struct fault *faults_pick(struct faults *faults, const char *path, const char *query)
{
    struct fault *picked = NULL;

    for (size_t i = 0; i < faults->count; i++) {
        struct fault *rule = faults->rules[i];
        if (rule_matches(rule, path, query) && rule_due(rule) && !picked)
            picked = rule;
    }
    return picked ? rule_hold(picked) : NULL;
}

struct fault *faults_take(struct faults *faults, size_t index)
{
    return rule_hold(faults->rules[index]);
}

const struct fault_effect *fault_effect(const struct fault *fault)
{
    return &fault->effect;
}

bool fault_header(const struct fault_effect *effect, int i, const char **name,
                  const char **value)
{
    const cJSON *header = cJSON_GetArrayItem(effect->headers, i);

    if (!header)
        return false;
    *name = header->string;
    *value = header->valuestring;
    return true;
}

void fault_problem(struct fault *fault, const char *problem)
{
    snprintf(fault->problem, sizeof fault->problem, "%s", problem);
}
