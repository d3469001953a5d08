/* Moves the clocks of a qpfs and pretends that its machine is another one, for LD_PRELOAD. */

/* What to pretend stands in a file that the test and the program share. */

#define FUSE_USE_VERSION 312
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Since Linux 6.16. */
#define INCREMENT_EPOCH 8

/* So long the program waits at most before it sees that its clock was moved. */
#define SLICE_MS 5

/* In this order, eight bytes each, in the file. */
struct pretence {
    _Atomic uint64_t slept_s;    /* so long the machine slept */
    _Atomic uint64_t no_epochs;  /* the kernel knows no epochs of names */
    _Atomic uint64_t names_ms;   /* so long the kernel keeps a name at most; 0: as it is told */
    _Atomic uint64_t moved_ms;   /* so far the test has moved the clocks */
    _Atomic uint64_t began_us;   /* when this was made, by CLOCK_MONOTONIC */
    _Atomic uint64_t slowness;   /* so much slower than the real ones they go since then */
    _Atomic uint64_t no_threads; /* none more can be started */
    _Atomic uint64_t set_s;      /* so far the clock on the wall was set ahead */
};

typedef ssize_t write_fn(int fd, const void *bytes, size_t size);
typedef int create_fn(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                      void *data);
typedef int epoll_wait_fn(int fd, struct epoll_event *events, int max, int timeout_ms);
typedef int reply_entry_fn(fuse_req_t request, const struct fuse_entry_param *entry);
typedef size_t add_entry_fn(fuse_req_t request, char *buffer, size_t size, const char *name,
                            const struct fuse_entry_param *entry, off_t offset);

static const struct pretence *pretence;
static write_fn *real_write; /* a sanitizer's, if any */
static create_fn *real_create;
static epoll_wait_fn *real_epoll_wait;
static reply_entry_fn *real_reply_entry;
static add_entry_fn *real_add_entry;
static int wall_timer = -1; /* of the program, ready when the clock on the wall was set */

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("QPFS_PRETEND");
    *(void **)&real_write = dlsym(RTLD_NEXT, "write");
    *(void **)&real_create = dlsym(RTLD_NEXT, "pthread_create");
    *(void **)&real_epoll_wait = dlsym(RTLD_NEXT, "epoll_wait");
    *(void **)&real_reply_entry = dlsym(RTLD_NEXT, "fuse_reply_entry");
    *(void **)&real_add_entry = dlsym(RTLD_NEXT, "fuse_add_direntry_plus");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *shared = mmap(NULL, sizeof *pretence, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED)
        pretence = shared;
}

static int64_t real_us(clockid_t clock)
{
    struct timespec now = {0};
    syscall(SYS_clock_gettime, clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t pretended_us(clockid_t clock)
{
    static _Atomic int64_t boot_us; /* so far CLOCK_BOOTTIME is ahead by itself */
    int64_t began = (int64_t)pretence->began_us;
    if (boot_us == 0)
        boot_us = real_us(CLOCK_BOOTTIME) - real_us(CLOCK_MONOTONIC);
    int64_t now = real_us(CLOCK_MONOTONIC);
    if (pretence->slowness > 1)
        now = began + (now - began) / (int64_t)pretence->slowness;
    now += (int64_t)pretence->moved_ms * 1000;
    if (clock == CLOCK_BOOTTIME)
        now += boot_us + (int64_t)pretence->slept_s * 1000000;
    return now;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (!pretence || (clock != CLOCK_BOOTTIME && clock != CLOCK_MONOTONIC)) {
        int failed = (int)syscall(SYS_clock_gettime, clock, time);
        if (pretence && clock == CLOCK_REALTIME)
            time->tv_sec += (time_t)pretence->set_s;
        return failed;
    }
    int64_t us = pretended_us(clock);
    time->tv_sec = (time_t)(us / 1000000);
    time->tv_nsec = (long)(us % 1000000) * 1000;
    return 0;
}

/* As the kernel does, but that it cancels the timer in place of having it come due. */
static void tell_of_set_clock(void)
{
    static uint64_t told_s;
    const struct itimerspec soon = {.it_value.tv_nsec = 1};
    if (told_s == pretence->set_s)
        return;
    told_s = pretence->set_s;
    timerfd_settime(wall_timer, TFD_TIMER_ABSTIME, &soon, NULL);
}

int timerfd_create(int clock, int flags)
{
    int fd = (int)syscall(SYS_timerfd_create, clock, flags);
    if (clock == CLOCK_REALTIME)
        wall_timer = fd;
    return fd;
}

int epoll_wait(int fd, struct epoll_event *events, int max, int timeout_ms)
{
    if (!pretence)
        return real_epoll_wait(fd, events, max, timeout_ms);
    int64_t end_us = pretended_us(CLOCK_MONOTONIC) + (int64_t)timeout_ms * 1000;
    for (;;) {
        tell_of_set_clock();
        bool over = timeout_ms >= 0 && pretended_us(CLOCK_MONOTONIC) >= end_us;
        int count = real_epoll_wait(fd, events, max, over ? 0 : SLICE_MS);
        if (count || over)
            return count;
    }
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    const struct fuse_out_header *header = bytes;
    if (pretence && pretence->no_epochs && size == sizeof *header && header->unique == 0 &&
        header->error == INCREMENT_EPOCH) {
        errno = EINVAL;
        return -1;
    }
    return real_write(fd, bytes, size);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                   void *data)
{
    return pretence && pretence->no_threads ? EAGAIN : real_create(thread, attr, run, data);
}

/* The kernel has a clock of its own, and asks again when that of the program was moved. */
static struct fuse_entry_param soon_over(const struct fuse_entry_param *entry)
{
    struct fuse_entry_param shorter = *entry;
    double most = pretence ? (double)pretence->names_ms / 1000 : 0;
    if (most > 0 && shorter.entry_timeout > most)
        shorter.entry_timeout = most;
    return shorter;
}

int fuse_reply_entry(fuse_req_t request, const struct fuse_entry_param *entry)
{
    struct fuse_entry_param shorter = soon_over(entry);
    return real_reply_entry(request, &shorter);
}

size_t fuse_add_direntry_plus(fuse_req_t request, char *buffer, size_t size, const char *name,
                              const struct fuse_entry_param *entry, off_t offset)
{
    struct fuse_entry_param shorter = soon_over(entry);
    return real_add_entry(request, buffer, size, name, &shorter, offset);
}
