/* Fuzzes the layout of a record, and compares it with what cJSON reads. */
#include "fuzz.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/layout.h"
#include "json/mask.h"

#define OUTPUT_MAX ((size_t)16 << 20)

/* Masked only where something must be, and never what the structure hangs on. */
static void check_mask(const char *text, size_t size)
{
    char *masked = mask_copy(text, size);
    HOLDS(masked != NULL);
    HOLDS(masked[size] == '\0');
    for (size_t i = 0; i < size; i++) {
        if (masked[i] == text[i])
            continue;
        HOLDS(text[i] && !strchr("\"{}[]:, \t\r\n", text[i]));
        HOLDS(masked[i] && !strchr("\"{}[]:,\t\r\n", masked[i]));
    }
    char *again = mask_copy(masked, size);
    HOLDS(again != NULL);
    HOLDS(memcmp(again, masked, size + 1) == 0);
    free(again);
    free(masked);
}

/* How cJSON prints the value, with what it can't read masked. */
static char *canonical(const char *text, size_t size)
{
    char *masked = mask_copy(text, size);
    HOLDS(masked != NULL);
    cJSON *value = cJSON_ParseWithLengthOpts(masked, size + 1, NULL, 1);
    HOLDS(value != NULL);
    char *printed = cJSON_PrintUnformatted(value);
    HOLDS(printed != NULL);
    cJSON_Delete(value);
    free(masked);
    return printed;
}

static void check_same_value(const char *text, size_t size, const struct buffer *out)
{
    char *before = canonical(text, size);
    char *after = canonical(out->data, out->size);
    HOLDS(strcmp(before, after) == 0);
    free(before);
    free(after);
}

static void check_output(const struct buffer *out)
{
    const char *why;
    struct buffer again;
    buffer_init(&again, out->size);
    HOLDS(layout_append(out->data, out->size, &again, &why) == 0);
    HOLDS(again.size == out->size && memcmp(again.data, out->data, out->size) == 0);
    buffer_finish(&again);

    buffer_init(&again, out->size - 1);
    HOLDS(layout_append(out->data, out->size, &again, &why) == -EFBIG);
    HOLDS(why != NULL && again.size < out->size);
    buffer_finish(&again);

    for (size_t i = 0; i < out->size;) {
        size_t length = utf8_size(out->data + i, out->size - i);
        HOLDS(length > 0);
        HOLDS((unsigned char)out->data[i] >= ' ' || out->data[i] == '\n');
        i += length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *why;
    struct buffer out;
    check_mask(text, size);
    buffer_init(&out, OUTPUT_MAX);
    int error = layout_append(text, size, &out, &why);
    if (error) {
        HOLDS(error == -EBADMSG || error == -EFBIG);
        HOLDS(why != NULL);
    } else {
        HOLDS(why == NULL);
        check_output(&out);
        check_same_value(text, size, &out);
    }
    buffer_finish(&out);
    return 0;
}
