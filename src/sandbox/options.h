/* The command line. */
#ifndef SANDBOX_OPTIONS_H
#define SANDBOX_OPTIONS_H

#include "sandbox/plan.h"

struct options {
    uint16_t port;   /* 0: any free one */
    const char *key; /* borrowed from the command line or the environment */
    uint64_t page_max;
    bool page_max_silent;
    uint64_t rate;      /* calls in 60 seconds, 0: no limit */
    uint64_t allowance; /* calls in all, 0: no limit */
    uint64_t latency_ms;
    struct plan plan;
    bool until_eof;
};

enum options_verdict {
    OPTIONS_RUN,
    OPTIONS_HELP,  /* was asked for, and printed */
    OPTIONS_WRONG, /* what is wrong was printed to standard error */
};

enum options_verdict options_parse(struct options *options, int argc, char *argv[]);

#endif
