#include "sandbox/noise.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/input.h"
#include "sandbox/mix.h"

struct noise {
    struct faults *rules;
    uint64_t seed;
    double probability;
    uint64_t most;
    void *targets; /* a tree of struct target, by tsearch */
    uint64_t answers;
    uint64_t spoilt;
};

struct target {
    char *name;
    uint64_t calls;
    uint64_t in_a_row; /* that went wrong, as planted or spoilt */
};

struct noise *noise_create(void)
{
    struct noise *noise = calloc(1, sizeof *noise);

    if (!noise)
        return NULL;
    noise->rules = faults_create();
    if (!noise->rules) {
        free(noise);
        return NULL;
    }
    return noise;
}

static void target_free(void *data)
{
    struct target *target = data;

    free(target->name);
    free(target);
}

void noise_destroy(struct noise *noise)
{
    if (!noise)
        return;
    tdestroy(noise->targets, target_free);
    faults_destroy(noise->rules);
    free(noise);
}

int noise_set(struct noise *noise, const cJSON *input, struct text *why)
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
        text_puts(why, "give {\"seed\": N, \"probability\": P, \"most\": M, \"rules\": […]}");
        return -EINVAL;
    }
    set.rules = faults_create();
    int err = set.rules ? faults_add(set.rules, rules, why) : -ENOMEM;
    if (err < 0) {
        faults_destroy(set.rules);
        return err;
    }
    faults_destroy(noise->rules);
    noise->rules = set.rules;
    noise->seed = set.seed;
    noise->probability = set.probability;
    noise->most = set.most;
    return 0;
}

static int target_compare(const void *a, const void *b)
{
    const struct target *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* NULL: out of memory. */
static struct target *noise_target(struct noise *noise, const char *name)
{
    const struct target key = {.name = (char *)name};
    struct target **found = tfind(&key, &noise->targets, target_compare);

    if (found)
        return *found;
    struct target *target = calloc(1, sizeof *target);
    if (!target)
        return NULL;
    target->name = strdup(name);
    if (target->name && tsearch(target, &noise->targets, target_compare))
        return target;
    target_free(target);
    return NULL;
}

static uint64_t noise_draw(const struct noise *noise, const struct target *target)
{
    uint64_t drawn = mix64(noise->seed) + target->calls;

    for (const char *c = target->name; *c; c++)
        drawn = mix64(drawn ^ (unsigned char)*c);
    return drawn;
}

struct fault *noise_pick(struct noise *noise, const char *name, const struct fault *planted)
{
    size_t kinds = faults_count(noise->rules);
    struct target *target = kinds > 0 ? noise_target(noise, name) : NULL;

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
    return faults_take(noise->rules, (size_t)(mix64(drawn) % kinds));
}

int noise_write(const struct noise *noise, struct text *out)
{
    text_puts(out, "{\"answers\":");
    text_number(out, noise->answers);
    text_puts(out, ",\"spoilt\":");
    text_number(out, noise->spoilt);
    text_puts(out, ",\"rules\":");
    int err = faults_write(noise->rules, out);
    text_putc(out, '}');
    return err;
}
