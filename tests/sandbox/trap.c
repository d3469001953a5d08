/* Plants faults: rules that pick calls, and what goes wrong with those. */
#include "trap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/mix.h"
#include "trap_rule.h"

#define RULES_MAX 10000

struct traps {
    struct trap **rules;
    size_t count;
};

struct traps *traps_create(void)
{
    return calloc(1, sizeof(struct traps));
}

void trap_release(struct trap *trap)
{
    if (!trap || --trap->references > 0)
        return;
    cJSON_Delete(trap->source);
    free(trap);
}

void traps_clear(struct traps *traps)
{
    for (size_t i = 0; i < traps->count; i++)
        trap_release(traps->rules[i]);
    free(traps->rules);
    *traps = (struct traps){0};
}

void traps_destroy(struct traps *traps)
{
    if (!traps)
        return;
    traps_clear(traps);
    free(traps);
}

static int rule_add(struct traps *traps, const cJSON *source, struct draft *why)
{
    struct trap *rule = calloc(1, sizeof *rule);
    if (!rule)
        return -ENOMEM;
    int error = trap_rule_parse(rule, source, why);
    if (error < 0) {
        cJSON_Delete(rule->source);
        free(rule);
        return error;
    }
    traps->rules[traps->count++] = rule;
    return 0;
}

static int traps_grow(struct traps *traps, const cJSON *rules, struct draft *why)
{
    size_t more = (size_t)cJSON_GetArraySize(rules);
    if (!cJSON_IsArray(rules) || more > RULES_MAX - traps->count) {
        draft_printf(why, "the rules must be an array, and all together %d at most", RULES_MAX);
        return -EINVAL;
    }
    if (more == 0)
        return 0;
    struct trap **grown =
        reallocarray(traps->rules, traps->count + more, sizeof(struct trap *));
    if (!grown)
        return -ENOMEM;
    traps->rules = grown;
    return 0;
}

int traps_add(struct traps *traps, const cJSON *rules, struct draft *why)
{
    size_t before = traps->count;
    int error = traps_grow(traps, rules, why);
    const cJSON *source;
    if (error < 0)
        return error;
    cJSON_ArrayForEach(source, rules) {
        error = rule_add(traps, source, why);
        if (error < 0)
            break;
    }
    if (error < 0) {
        draft_printf(why, " (rule %zu of the array, counted from 0)", traps->count - before);
        while (traps->count > before)
            trap_release(traps->rules[--traps->count]);
    }
    return error;
}

size_t traps_count(const struct traps *traps)
{
    return traps->count;
}

static int rule_write(const struct trap *rule, struct draft *out)
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
    draft_puts(out, printed);
    cJSON_free(printed);
    return 0;
}

int traps_write(const struct traps *traps, struct draft *out)
{
    draft_putc(out, '[');
    for (size_t i = 0; i < traps->count; i++) {
        if (i > 0)
            draft_putc(out, ',');
        if (rule_write(traps->rules[i], out) < 0)
            return -ENOMEM;
    }
    draft_putc(out, ']');
    return 0;
}

static bool rule_matches(const struct trap *rule, const char *path, const char *query)
{
    const char *prefix = rule->path_prefix;
    return (!rule->path || strcmp(rule->path, path) == 0) &&
           (!prefix || strncmp(prefix, path, strlen(prefix)) == 0) &&
           (!rule->query || strstr(query, rule->query));
}

/* Counts the call, and draws for every call past `after`, so that a seed decides them all. */
static bool rule_due(struct trap *rule)
{
    rule->matched++;
    if (rule->matched <= rule->after)
        return false;
    double draw = (double)(mix64(rule->seed + rule->matched) >> 11) * 0x1p-53;
    return draw < rule->probability && rule->hit < rule->times;
}

static struct trap *rule_hold(struct trap *rule)
{
    rule->hit++;
    rule->references++;
    return rule;
}

struct trap *traps_pick(struct traps *traps, const char *path, const char *query)
{
    struct trap *picked = NULL;
    for (size_t i = 0; i < traps->count; i++) {
        struct trap *rule = traps->rules[i];
        if (rule_matches(rule, path, query) && rule_due(rule) && !picked)
            picked = rule;
    }
    return picked ? rule_hold(picked) : NULL;
}

struct trap *traps_take(struct traps *traps, size_t index)
{
    return rule_hold(traps->rules[index]);
}

const struct trap_effect *trap_effect(const struct trap *trap)
{
    return &trap->effect;
}

bool trap_header(const struct trap_effect *effect, int i, const char **name, const char **value)
{
    const cJSON *header = cJSON_GetArrayItem(effect->headers, i);
    if (!header)
        return false;
    *name = header->string;
    *value = header->valuestring;
    return true;
}

void trap_problem(struct trap *trap, const char *problem)
{
    snprintf(trap->problem, sizeof trap->problem, "%s", problem);
}
