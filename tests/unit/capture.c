/* Captures what a test makes the program write to stderr. */
#include "capture.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static int capture_file = -1;
static int capture_stderr = -1;
static char capture_text[16384];

void capture_begin(void)
{
    fflush(stderr);
    capture_file = memfd_create("stderr", MFD_CLOEXEC);
    capture_stderr = dup(STDERR_FILENO);
    dup2(capture_file, STDERR_FILENO);
}

const char *capture_end(void)
{
    fflush(stderr);
    dup2(capture_stderr, STDERR_FILENO);
    close(capture_stderr);
    ssize_t size = pread(capture_file, capture_text, sizeof capture_text - 1, 0);
    close(capture_file);
    capture_text[size > 0 ? size : 0] = '\0';
    return capture_text;
}
