/* The command line. */
#ifndef SANDBOX_FLAGS_H
#define SANDBOX_FLAGS_H

#include "sandbox/blueprint.h"

struct flags {
    uint16_t port;   /* 0: any free one */
    const char *key; /* borrowed from the command line or the environment */
    uint64_t page_max;
    bool page_max_silent;
    uint64_t rate;      /* calls in 60 seconds, 0: no limit */
    uint64_t allowance; /* calls in all, 0: no limit */
    uint64_t latency_ms;
    struct blueprint plan;
    bool until_eof;
};

enum flags_verdict {
    FLAGS_RUN,
    FLAGS_HELP,  /* was asked for, and printed */
    FLAGS_WRONG, /* what is wrong was printed to standard error */
};

enum flags_verdict flags_parse(struct flags *flags, int argc, char *argv[]);

#endif
