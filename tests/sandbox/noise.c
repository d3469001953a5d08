/* Answers that are spoilt at random, over and above the planted faults, which win. */
#include "noise.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "sandbox/mix.h"

struct noise {
    struct traps *rules;
    uint64_t seed;
    double probability;
    uint64_t most;
    void *targets; /* a tree of struct noise_target, by tsearch */
    uint64_t answers;
    uint64_t spoilt;
};

struct noise_target {
    char *name;
    uint64_t calls;
    uint64_t in_a_row; /* that went wrong, as planted or spoilt */
};

struct noise *noise_create(void)
{
    struct noise *noise = calloc(1, sizeof *noise);
    if (!noise)
        return NULL;
    noise->rules = traps_create();
    if (!noise->rules) {
        free(noise);
        return NULL;
    }
    return noise;
}

static void target_free(void *data)
{
    struct noise_target *target = data;
    free(target->name);
    free(target);
}

void noise_destroy(struct noise *noise)
{
    if (!noise)
        return;
    tdestroy(noise->targets, target_free);
    traps_destroy(noise->rules);
    free(noise);
}

int noise_set(struct noise *noise, const cJSON *input, struct draft *why)
{
    const cJSON *seed = cJSON_GetObjectItemCaseSensitive(input, "seed");
    const cJSON *most = cJSON_GetObjectItemCaseSensitive(input, "most");
    const cJSON *rules = cJSON_GetObjectItemCaseSensitive(input, "rules");
    double probability =
        cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(input, "probability"));
    struct noise set = {.probability = probability};
    if (!input_integer(seed, &set.seed) || !input_integer(most, &set.most) ||
        !(probability >= 0 && probability <= 1) ||
        input_unknown(input, "seed probability most rules")) {
        draft_puts(why, "give {\"seed\": N, \"probability\": P, \"most\": M, \"rules\": […]}");
        return -EINVAL;
    }
    set.rules = traps_create();
    int error = set.rules ? traps_add(set.rules, rules, why) : -ENOMEM;
    if (error < 0) {
        traps_destroy(set.rules);
        return error;
    }
    traps_destroy(noise->rules);
    noise->rules = set.rules;
    noise->seed = set.seed;
    noise->probability = set.probability;
    noise->most = set.most;
    return 0;
}

static int target_compare(const void *a, const void *b)
{
    const struct noise_target *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* NULL: out of memory. */
static struct noise_target *noise_target(struct noise *noise, const char *name)
{
    const struct noise_target key = {.name = (char *)name};
    struct noise_target **found = tfind(&key, &noise->targets, target_compare);
    if (found)
        return *found;
    struct noise_target *target = calloc(1, sizeof *target);
    if (!target)
        return NULL;
    target->name = strdup(name);
    if (target->name && tsearch(target, &noise->targets, target_compare))
        return target;
    target_free(target);
    return NULL;
}

static uint64_t noise_draw(const struct noise *noise, const struct noise_target *target)
{
    uint64_t drawn = mix64(noise->seed) + target->calls;
    for (const char *c = target->name; *c; c++)
        drawn = mix64(drawn ^ (unsigned char)*c);
    return drawn;
}

struct trap *noise_pick(struct noise *noise, const char *name, const struct trap *planted)
{
    size_t kinds = traps_count(noise->rules);
    struct noise_target *target = kinds > 0 ? noise_target(noise, name) : NULL;
    if (!target)
        return NULL;
    if (planted) {
        target->in_a_row++;
        return NULL;
    }
    uint64_t drawn = noise_draw(noise, target);
    target->calls++;
    noise->answers++;
    if ((double)(drawn >> 11) * 0x1p-53 >= noise->probability ||
        target->in_a_row >= noise->most) {
        target->in_a_row = 0;
        return NULL;
    }
    target->in_a_row++;
    noise->spoilt++;
    return traps_take(noise->rules, (size_t)(mix64(drawn) % kinds));
}

int noise_write(const struct noise *noise, struct draft *out)
{
    draft_puts(out, "{\"answers\":");
    draft_number(out, noise->answers);
    draft_puts(out, ",\"spoilt\":");
    draft_number(out, noise->spoilt);
    draft_puts(out, ",\"rules\":");
    int error = traps_write(noise->rules, out);
    draft_putc(out, '}');
    return error;
}
