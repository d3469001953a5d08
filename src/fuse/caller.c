/* Finds the process that a request comes from. */
#include "fuse/caller.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

/* A thread's number is not used for another one sooner. */
#define CALLER_KNOWN_MS 500

#define CALLER_ID_BITS 22 /* of a process ID, at most */

/* Words before that one in /proc/PROCESS/stat, behind the name of the program. */
#define CALLER_BEGAN_WORD 20

static void caller_read(pid_t id, const char *file, char text[static 512])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)id, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, text, 511) : -1;
    if (fd >= 0)
        close(fd);
    text[size > 0 ? size : 0] = '\0';
}

/* When PROCESS began, in clock ticks since the machine did; 0 if it hides. */
static uint64_t caller_began(pid_t process)
{
    char text[512];
    caller_read(process, "stat", text);
    const char *at = strrchr(text, ')');
    for (int i = 0; at && i < CALLER_BEGAN_WORD; i++)
        at = strchr(at + 1, ' ');
    return at ? strtoull(at, NULL, 10) : 0;
}

/* From /proc/THREAD/status, which has a line "Tgid:\t1234"; of a process that hides there the
 * thread has to do. */
static uint64_t caller_look_up(pid_t thread)
{
    char text[512];
    caller_read(thread, "status", text);
    const char *line = strstr(text, "\nTgid:");
    long id = line ? strtol(line + strlen("\nTgid:"), NULL, 10) : 0;
    pid_t process = id > 0 ? (pid_t)id : thread;
    return caller_began(process) << CALLER_ID_BITS | (uint64_t)process;
}

uint64_t callers_process(struct callers *callers, fuse_req_t req)
{
    pid_t thread = fuse_req_ctx(req)->pid;
    if (thread <= 0)
        return 0;
    struct caller *caller = &callers->known[(unsigned)thread % CALLERS_KNOWN];
    int64_t now = clock_ms();
    if (caller->thread != thread || now - caller->seen_ms > CALLER_KNOWN_MS)
        *caller = (struct caller){thread, caller_look_up(thread), now};
    return caller->process;
}
