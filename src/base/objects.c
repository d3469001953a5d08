/* Counts objects of each kind, to log a leak, and finds the one that another is a part of. */
#include "base/objects.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/log.h"

static size_t objects_counts[OBJECTS_KINDS];

static const char *const objects_names[OBJECTS_KINDS] = {
    [OBJECTS_RECORD] = "records",        [OBJECTS_SNAPSHOT] = "snapshots",
    [OBJECTS_LISTING] = "listings",      [OBJECTS_SINGLE] = "singles",
    [OBJECTS_DIRECTORY] = "directories", [OBJECTS_HANDLE] = "handles",
    [OBJECTS_WALKER] = "walkers",        [OBJECTS_DERIVED] = "derived",
    [OBJECTS_WAITING] = "waiting",       [OBJECTS_CALL] = "calls",
    [OBJECTS_TRANSFER] = "transfers",
};

void objects_add(enum objects_kind kind)
{
    objects_counts[kind]++;
}

void objects_remove(enum objects_kind kind)
{
    objects_counts[kind]--;
}

void objects_log_left(void)
{
    char text[OBJECTS_KINDS * 40];
    size_t size = 0;
    bool any = false;
    for (int kind = 0; kind < OBJECTS_KINDS; kind++) {
        any = any || objects_counts[kind] > 0;
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%zu %s", kind ? ", " : "",
                                 objects_counts[kind], objects_names[kind]);
    }
    log_line(any ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, "left: %s", text);
}
