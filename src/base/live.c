/* Counts what there is of each kind, so that a leak is logged at the end of a mount. */
#include "base/live.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/log.h"

static size_t live_counts[LIVE_KINDS];

static const char *const live_names[LIVE_KINDS] = {
    [LIVE_RECORD] = "records",   [LIVE_SNAPSHOT] = "snapshots",
    [LIVE_LISTING] = "listings", [LIVE_DIRECTORY] = "directories",
    [LIVE_HANDLE] = "handles",   [LIVE_WALKER] = "walkers",
    [LIVE_MAKING] = "makings",   [LIVE_WAITING] = "waiting",
    [LIVE_CALL] = "calls",       [LIVE_TRANSFER] = "transfers",
};

void live_born(enum live_kind kind)
{
    live_counts[kind]++;
}

void live_gone(enum live_kind kind)
{
    live_counts[kind]--;
}

void live_log_left(void)
{
    char text[LIVE_KINDS * 40];
    size_t size = 0;
    bool any = false;
    for (int kind = 0; kind < LIVE_KINDS; kind++) {
        any = any || live_counts[kind] > 0;
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%zu %s", kind ? ", " : "",
                                 live_counts[kind], live_names[kind]);
    }
    log_line(any ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, "left: %s", text);
}
