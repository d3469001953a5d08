/* Helps the fuzz targets: reports a finding, makes strings, silences the log. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

void fuzz_silence_log(void)
{
    static FILE *silent;
    if (silent)
        return;
    silent = fopen("/dev/null", "we");
    HOLDS(silent != NULL);
    stderr = silent; /* libFuzzer took its own copy before, and ASan writes to the descriptor */
}
