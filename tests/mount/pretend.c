/* Pretends that the machine slept, or that the kernel is an older one, for LD_PRELOAD. */

/* What to pretend stands in a file that the test and the program share. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Since Linux 6.16. */
#define INCREMENT_EPOCH 8

/* In this order, eight bytes each, in the file. */
struct pretence {
    _Atomic uint64_t slept_s;   /* so long the machine slept */
    _Atomic uint64_t no_epochs; /* the kernel knows no epochs of names */
};

static const struct pretence *pretence;
static ssize_t (*real_write)(int fd, const void *bytes,
                             size_t size); /* a sanitizer's, if any */

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("QPFS_PRETEND");
    *(void **)&real_write = dlsym(RTLD_NEXT, "write");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *shared = mmap(NULL, sizeof *pretence, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED)
        pretence = shared;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int failed = (int)syscall(SYS_clock_gettime, clock, time);
    if (!failed && clock == CLOCK_BOOTTIME && pretence)
        time->tv_sec += (time_t)pretence->slept_s;
    return failed;
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
