/* Strict reading of the control endpoint's JSON. */
#include "input.h"

#include <string.h>

bool input_integer(const cJSON *item, uint64_t *number)
{
    if (!cJSON_IsNumber(item) || item->valuedouble < 0 ||
        item->valuedouble > (double)INPUT_MAX_INTEGER)
        return false;
    *number = (uint64_t)item->valuedouble;
    return (double)*number >= item->valuedouble;
}

const char *input_string(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static bool word_in(const char *words, const char *word)
{
    size_t length = strlen(word);
    while (*words) {
        size_t span = strcspn(words, " ");
        if (span == length && memcmp(words, word, length) == 0)
            return true;
        words += span;
        words += *words == ' ';
    }
    return false;
}

const char *input_unknown(const cJSON *object, const char *names)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        if (!word_in(names, item->string))
            return item->string;
    }
    return NULL;
}
