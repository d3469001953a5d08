/* Declares what each fuzz target has, and what helps it. */
#ifndef QPFS_TESTS_FUZZ_H
#define QPFS_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Sends what log_line() prints to /dev/null; the reports of libFuzzer and ASan stay. */
void fuzz_silence_log(void);

#endif
