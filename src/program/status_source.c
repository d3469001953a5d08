#include "program/status_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/mount_point.h"

/* Larger than any mount writes it. */
#define STATUS_SOURCE_MAX ((off_t)16 << 20)

static int status_source_read_fd(struct status_source *source, int fd)
{
    struct stat attr;
    if (fstat(fd, &attr) < 0)
        return -errno;
    if (!S_ISREG(attr.st_mode) || attr.st_size > STATUS_SOURCE_MAX)
        return -EBADMSG;
    source->text = malloc((size_t)attr.st_size + 1);
    if (!source->text)
        return -ENOMEM;
    while (source->size < (size_t)attr.st_size) {
        ssize_t got =
            read(fd, source->text + source->size, (size_t)attr.st_size - source->size);
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got == 0)
            return -EBADMSG;
        source->size += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

static int status_source_read(struct status_source *source)
{
    char path[4096];
    int size = snprintf(path, sizeof path, "%s/.qpfs/status.json", source->mount_point);
    if (size < 0 || (size_t)size >= sizeof path)
        return -ENAMETOOLONG;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int error = status_source_read_fd(source, fd);
    close(fd);
    return error;
}

static void status_source_run(struct worker_job *job, const atomic_bool *cancelled)
{
    struct status_source *source = (struct status_source *)job;
    (void)cancelled;
    source->error = status_source_read(source);
    source->fuse = mount_point_answers(source->mount_point);
}

static void status_source_done(struct worker_job *job)
{
    struct status_source *source = (struct status_source *)job;
    source->done(source);
}

void status_source_start(struct status_source *source, struct worker *worker)
{
    status_source_finish(source);
    source->job.run = status_source_run;
    source->job.done = status_source_done;
    worker_add(worker, &source->job);
}

void status_source_finish(struct status_source *source)
{
    free(source->text);
    source->text = NULL;
    source->size = 0;
}

void status_source_explain(const struct status_source *source,
                           char why[static STATUS_SOURCE_WHY_SIZE])
{
    const char *path = source->mount_point;
    const size_t size = STATUS_SOURCE_WHY_SIZE;
    switch (-source->error) {
    case ENOTCONN:
    case ECONNABORTED:
    case ECONNREFUSED:
        snprintf(why, size,
                 "%s: the program of this mount %s; do: fusermount3 -u %s, and mount it "
                 "again",
                 path,
                 source->error == -ECONNREFUSED ? "was refused by the kernel" : "has died",
                 path);
        break;
    case EACCES:
    case EPERM:
        snprintf(why, size,
                 "%s: only whoever mounted it may look: do it as that user, or mount with -o "
                 "allow_other,umask=022",
                 path);
        break;
    case ENOENT:
    case ENOTDIR:
        if (source->fuse)
            snprintf(
                why, size,
                "%s: something is mounted there, but not by qpfs, or by one that is too old "
                "to tell; mount shows what it is",
                path);
        else if (access(path, F_OK) < 0)
            snprintf(why, size, "%s: there is no such directory; mount lists what is mounted",
                     path);
        else
            snprintf(
                why, size,
                "%s: nothing is mounted there by qpfs; give the mount point itself, or do: "
                "qpfs -o ... %s",
                path, path);
        break;
    default:
        snprintf(why, size, "%s: cannot read the status: %s", path, strerror(-source->error));
    }
}
