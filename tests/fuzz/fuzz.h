/* Declares what each fuzz target has, and what helps it. */
#ifndef QPFS_TESTS_FUZZ_H
#define QPFS_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "json/decoder.h"

/* What libFuzzer calls with each input: a block of just this size, so that ASan sees a read
 * past its end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run with a finding unless CONDITION, a property of what is tested, holds. */
#define HOLDS(condition)                                                                       \
    do {                                                                                       \
        if (!(condition))                                                                      \
            fuzz_fail(__FILE__, __LINE__, #condition);                                         \
    } while (0)

_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/* DATA as a string, up to its first NUL if it has one. The caller frees it. */
char *fuzz_string(const uint8_t *data, size_t size);

/* Lay out the one value that TEXT is. Return 0; or -EBADMSG, -EFBIG. */
int fuzz_lay_out(const char *text, size_t size, struct buffer *out);

/* Return the record that TEXT is, which is laid out. NULL if TEXT is no value, or has more than
 * MAX bytes then. */
struct record *fuzz_record(uint64_t id, const char *text, size_t size, size_t max);

/* Decode BODY, with the IDs in "id". Return what the last step does. */
int fuzz_decode(struct envelope *envelope, const char *body, size_t size,
                enum envelope_shape shape);

/* The same where the records of BEFORE came the last time. */
int fuzz_decode_again(struct envelope *envelope, const char *body, size_t size,
                      enum envelope_shape shape, struct envelope *before);

/* Return whether cJSON may read TEXT, which is JSON, as something else, or not at all: it cuts
 * a string at \u0000, and knows neither half a pair of surrogates nor numbers of 64 digits. */
bool fuzz_is_beyond_cjson(const char *text, size_t size);

/* Sends what log_line() prints to /dev/null; the reports of libFuzzer and ASan stay. */
void fuzz_silence_log(void);

#endif
