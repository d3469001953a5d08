/* Holds what the requests of one mount share. */
#include "fuse/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

/* A thread's number is not used for another one sooner. */
#define CALLER_KNOWN_MS 500

#define CALLER_ID_BITS 22 /* of a process ID, at most */

/* What is read of a file of /proc. */
#define CALLER_TEXT_MAX 4096

/* Words before the time of its beginning in /proc/PROCESS/stat, behind the program's name. */
#define CALLER_BEGAN_WORD 20

/* The kernel numbers callers as the PID namespace of the mount does. A /proc of another
 * namespace has other processes under these numbers. */
static bool fs_sees_callers(void)
{
    char self[32] = "";
    if (readlink("/proc/self", self, sizeof self - 1) < 0)
        return false;
    return strtol(self, NULL, 10) == (long)getpid();
}

void fs_init(struct fs *fs, struct loop *loop, struct tree *tree,
             const struct fs_options *options)
{
    *fs = (struct fs){
        .loop = loop,
        .tree = tree,
        .options = *options,
        .sees_callers = fs_sees_callers(),
    };
    TAILQ_INIT(&fs->waitings);
    LIST_INIT(&fs->known);
    LIST_INIT(&fs->handles);
}

struct worker *fs_worker(struct fs *fs)
{
    if (!fs->worker)
        fs->worker = worker_create(fs->loop);
    return fs->worker;
}

struct fs *fs_of(fuse_req_t req)
{
    return fuse_req_userdata(req);
}

/* -------- who asks -------- */

static void caller_read(pid_t id, const char *file, char text[static CALLER_TEXT_MAX])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)id, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, text, CALLER_TEXT_MAX - 1) : -1;
    if (fd >= 0)
        close(fd);
    text[size > 0 ? size : 0] = '\0';
}

/* Return when PROCESS began, in clock ticks since the machine did; 0 if it hides. */
static uint64_t caller_began(pid_t process)
{
    char text[CALLER_TEXT_MAX];
    caller_read(process, "stat", text);
    const char *at = strrchr(text, ')');
    for (int i = 0; at && i < CALLER_BEGAN_WORD; i++)
        at = strchr(at + 1, ' ');
    return at ? strtoull(at, NULL, 10) : 0;
}

/* Look into /proc/THREAD/status, which has a line "Tgid:\t1234". Where a process hides there,
 * its thread stands for it. */
static uint64_t caller_look_up(pid_t thread)
{
    char text[CALLER_TEXT_MAX];
    caller_read(thread, "status", text);
    const char *line = strstr(text, "\nTgid:");
    long id = line ? strtol(line + strlen("\nTgid:"), NULL, 10) : 0;
    pid_t process = id > 0 ? (pid_t)id : thread;
    return caller_began(process) << CALLER_ID_BITS | (uint64_t)process;
}

/* Return a number for the process that REQ comes from. Its ID may be that of another process
 * later, this number may not. Return 0 if the process is not known. */
static uint64_t caller_process(fuse_req_t req)
{
    pid_t thread = fuse_req_ctx(req)->pid;
    if (thread <= 0)
        return 0;
    struct caller *caller = &fs_of(req)->callers[(unsigned)thread % FS_CALLERS];
    int64_t now = clock_ms();
    if (caller->thread != thread || now - caller->seen_ms > CALLER_KNOWN_MS)
        *caller = (struct caller){thread, caller_look_up(thread), now};
    return caller->process;
}

enum {
    SIGNALS_OF_THREAD,
    SIGNALS_OF_PROCESS,
    SIGNALS_BLOCKED,
    SIGNALS_IGNORED,
    SIGNALS_CAUGHT
};

static const char *const signals_names[] = {
    "SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:"};

#define SIGNALS_COUNT (sizeof signals_names / sizeof *signals_names)

/* Look into /proc/THREAD/status. Return false if it hides. The line of its groups may be longer
 * than any buffer. It comes in parts then, and none of them begins with such a name. */
static bool caller_read_signals(pid_t thread, uint64_t signals[static SIGNALS_COUNT])
{
    char path[64], line[256];
    size_t found = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)thread);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) {
        for (size_t i = 0; i < SIGNALS_COUNT; i++) {
            size_t size = strlen(signals_names[i]);
            if (strncmp(line, signals_names[i], size) != 0)
                continue;
            signals[i] = strtoull(line + size, NULL, 16);
            found++;
        }
    }
    if (file)
        fclose(file);
    return found == SIGNALS_COUNT;
}

static uint64_t caller_bit(int signal)
{
    return UINT64_C(1) << (signal - 1);
}

enum caller_wish fs_caller_wish(fuse_req_t req)
{
    const uint64_t asks = caller_bit(SIGHUP) | caller_bit(SIGINT) | caller_bit(SIGQUIT) |
                          caller_bit(SIGTERM) | caller_bit(SIGKILL);
    const uint64_t harmless = caller_bit(SIGSTOP) | caller_bit(SIGTSTP) | caller_bit(SIGTTIN) |
                              caller_bit(SIGTTOU) | caller_bit(SIGCONT) | caller_bit(SIGCHLD) |
                              caller_bit(SIGURG) | caller_bit(SIGWINCH);
    uint64_t signals[SIGNALS_COUNT];
    if (!fs_of(req)->sees_callers || !caller_read_signals(fuse_req_ctx(req)->pid, signals))
        return CALLER_HIDES;
    uint64_t pending = (signals[SIGNALS_OF_THREAD] | signals[SIGNALS_OF_PROCESS]) &
                       ~signals[SIGNALS_BLOCKED] & ~signals[SIGNALS_IGNORED];
    uint64_t caught = signals[SIGNALS_CAUGHT];
    return pending & (asks | ~(caught | harmless)) ? CALLER_ENDS : CALLER_WAITS;
}

struct walker *fs_walker(fuse_req_t req)
{
    struct fs *fs = fs_of(req);
    return walker_find(cache_walkers(fs->tree->cache), caller_process(req));
}

struct walker *fs_walker_make(fuse_req_t req)
{
    struct fs *fs = fs_of(req);
    return walker_make(cache_walkers(fs->tree->cache), caller_process(req));
}

void fs_reply_error(fuse_req_t req, int error)
{
    fuse_reply_err(req, -error);
}

void fs_reply_names_error(fuse_req_t req, int error)
{
    fs_reply_error(req, error == -ENOENT ? -ESTALE : error);
}
