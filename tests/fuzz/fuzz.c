/* Helps the fuzz targets: reports a finding, lays out and decodes, silences the log. */
#include "fuzz.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json/scanner.h"

/* Shorter than what cJSON 1.7.15 splits. */
#define FUZZ_NUMBER_MAX 40

void fuzz_fail(const char *file, int line, const char *condition)
{
    dprintf(STDERR_FILENO, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

char *fuzz_string(const uint8_t *data, size_t size)
{
    char *string = strndup(size ? (const char *)data : "", size);
    HOLDS(string != NULL);
    return string;
}

int fuzz_lay_out(const char *text, size_t size, struct buffer *out)
{
    struct scanner scanner = scanner_of(text, size);
    int error = scanner_value(&scanner, out);
    HOLDS((error != 0) == (scanner.why != NULL));
    return error || scanner_is_at_end(&scanner) ? error : -EBADMSG;
}

struct record *fuzz_record(uint64_t id, const char *text, size_t size, size_t max)
{
    struct buffer out;
    struct record *record = NULL;
    buffer_init(&out, max);
    if (!fuzz_lay_out(text, size, &out) && !buffer_append(&out, "\n", 1))
        record = record_create(id, MTIME_DEFAULT_DAY, out.data, out.size);
    buffer_finish(&out);
    return record;
}

static struct record *fuzz_beside(void *data, uint64_t id, bool below, size_t *hint)
{
    const struct envelope *before = data;
    struct record *found = NULL;
    (void)hint;
    for (size_t i = 0; i < before->count; i++) {
        struct record *record = before->records[i];
        bool beside = below ? record->id < id : record->id > id;
        if (beside && (!found || (record->id < found->id) != below))
            found = record;
    }
    return found;
}

int fuzz_decode(struct envelope *envelope, const char *body, size_t size,
                enum envelope_shape shape)
{
    return fuzz_decode_again(envelope, body, size, shape, NULL);
}

int fuzz_decode_again(struct envelope *envelope, const char *body, size_t size,
                      enum envelope_shape shape, struct envelope *before)
{
    int left = 1;
    const struct decoder_past past = {fuzz_beside, before};
    struct decoder *decoder =
        decoder_create(envelope, body, size, shape, "id", before ? &past : NULL);
    HOLDS(decoder != NULL);
    while (left > 0)
        left = decoder_step(decoder);
    decoder_destroy(decoder);
    return left;
}

bool fuzz_is_beyond_cjson(const char *text, size_t size)
{
    size_t digits = 0;
    for (size_t i = 0; i < size; i++) {
        digits = isalnum((unsigned char)text[i]) || strchr("+-.", text[i]) ? digits + 1 : 0;
        if (digits > FUZZ_NUMBER_MAX)
            return true;
    }
    return memmem(text, size, "\\u", 2) != NULL;
}

void fuzz_silence_log(void)
{
    static FILE *silent;
    if (silent)
        return;
    silent = fopen("/dev/null", "we");
    HOLDS(silent != NULL);
    stderr = silent; /* libFuzzer took its own copy before, and ASan writes to the descriptor */
}
