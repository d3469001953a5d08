/* Fuzzes how JSON is read and laid out, and compares it with what cJSON reads. */
#include "fuzz.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/scanner.h"
#include "view/csv.h"

#define OUTPUT_MAX ((size_t)16 << 20)

/* How cJSON prints the value. */
static char *canonical(const char *text, size_t size)
{
    char *copy = strndup(text, size);
    HOLDS(copy != NULL);
    cJSON *value = cJSON_ParseWithOpts(copy, NULL, 1);
    HOLDS(value != NULL);
    char *printed = cJSON_PrintUnformatted(value);
    HOLDS(printed != NULL);
    cJSON_Delete(value);
    free(copy);
    return printed;
}

/* An escape that cJSON reads another way is still one in what is laid out. */
static void check_same_value(const char *text, size_t size, const struct buffer *out)
{
    if (fuzz_is_beyond_cjson(out->data, out->size))
        return;
    char *before = canonical(text, size);
    char *after = canonical(out->data, out->size);
    HOLDS(strcmp(before, after) == 0);
    free(before);
    free(after);
}

/* What is only checked is taken as well, and as far. */
static void check_skipped(const char *text, size_t size)
{
    struct scanner scanner = scanner_of(text, size);
    HOLDS(scanner_value(&scanner, NULL) == 0);
    HOLDS(scanner_is_at_end(&scanner));
}

static void check_output(const struct buffer *out)
{
    struct buffer again;
    buffer_init(&again, out->size);
    HOLDS(fuzz_lay_out(out->data, out->size, &again) == 0);
    HOLDS(again.size == out->size && memcmp(again.data, out->data, out->size) == 0);
    buffer_finish(&again);

    buffer_init(&again, out->size - 1);
    HOLDS(fuzz_lay_out(out->data, out->size, &again) == -EFBIG);
    HOLDS(again.size < out->size);
    buffer_finish(&again);

    for (size_t i = 0; i < out->size;) {
        size_t length = utf8_size(out->data + i, out->size - i);
        HOLDS(length > 0);
        HOLDS((unsigned char)out->data[i] >= ' ' || out->data[i] == '\n');
        i += length;
    }
}

/* A cell of a CSV is not larger than is said before. */
static void check_cell(const struct buffer *out)
{
    struct buffer spare, cell;
    buffer_init(&spare, OUTPUT_MAX);
    buffer_init(&cell, 3 * OUTPUT_MAX);
    HOLDS(csv_append_value(out->data, out->size, &spare, &cell) == 0);
    HOLDS(cell.size <= csv_value_max(out->data, out->size));
    buffer_finish(&cell);
    buffer_finish(&spare);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct buffer out;
    buffer_init(&out, OUTPUT_MAX);
    int error = fuzz_lay_out(text, size, &out);
    if (error) {
        HOLDS(error == -EBADMSG || error == -EFBIG);
    } else {
        check_output(&out);
        check_same_value(text, size, &out);
        check_skipped(text, size);
        check_cell(&out);
    }
    buffer_finish(&out);
    return 0;
}
