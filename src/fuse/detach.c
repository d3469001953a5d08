#include "fuse/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/*
 * A line of mountinfo, see proc(5): "36 35 98:0 /root /mount/point options … - type source
 * options". The third field is the device number of the file system, which a bind mount of it
 * shares.
 */
#define DETACH_TABLE "/proc/self/mountinfo"

struct detach {
    struct loop *loop;
    int fd;
    char device[32];
    void (*gone)(void *data);
    void *data;
};

/* In mountinfo, blanks and backslashes of a path are written as \ and three octal digits. */
static bool detach_path_is(const char *field, size_t size, const char *path)
{
    const char *end = field + size;
    while (field < end && *path) {
        char c = *field++;
        if (c == '\\' && end - field >= 3) {
            c = (char)((field[0] - '0') * 64 + (field[1] - '0') * 8 + (field[2] - '0'));
            field += 3;
        }
        if (c != *path++)
            return false;
    }
    return field == end && *path == '\0';
}

/* Field INDEX (from 0) of LINE, and its size. */
static const char *detach_field(const char *line, int index, size_t *size)
{
    while (index-- > 0 && line) {
        line = strchr(line, ' ');
        line = line ? line + 1 : NULL;
    }
    *size = line ? strcspn(line, " \n") : 0;
    return line;
}

/* Calls VISIT for the device number and the mount point of each mount. 0 or -errno. */
static int detach_walk(void (*visit)(void *data, const char *device, size_t device_size,
                                     const char *point, size_t point_size),
                       void *data)
{
    char *line = NULL;
    size_t room = 0;
    FILE *table = fopen(DETACH_TABLE, "re");
    if (!table)
        return -errno;
    while (getline(&line, &room, table) > 0) {
        size_t device_size, point_size;
        const char *device = detach_field(line, 2, &device_size);
        const char *point = detach_field(line, 4, &point_size);
        if (device && point)
            visit(data, device, device_size, point, point_size);
    }
    free(line);
    fclose(table);
    return 0;
}

struct detach_search {
    const char *mount_point;
    char *device;
    size_t room;
};

/* The last mount on a point is the one that is seen there. */
static void detach_find(void *data, const char *device, size_t device_size, const char *point,
                        size_t point_size)
{
    const struct detach_search *search = data;
    if (detach_path_is(point, point_size, search->mount_point))
        snprintf(search->device, search->room, "%.*s", (int)device_size, device);
}

struct detach_count {
    const char *device;
    unsigned mounts;
};

static void detach_count_mounts(void *data, const char *device, size_t device_size,
                                const char *point, size_t point_size)
{
    struct detach_count *count = data;
    (void)point;
    (void)point_size;
    if (strlen(count->device) == device_size && memcmp(count->device, device, device_size) == 0)
        count->mounts++;
}

bool detach_is_mounted(const struct detach *detach)
{
    struct detach_count count = {.device = detach->device};
    return detach_walk(detach_count_mounts, &count) != 0 || count.mounts > 0;
}

static void detach_on_change(void *data, uint32_t events)
{
    struct detach *detach = data;
    (void)events;
    if (!detach_is_mounted(detach)) {
        loop_fd_remove(detach->loop, detach->fd);
        detach->gone(detach->data);
    }
}

struct detach *detach_create(struct loop *loop, const char *mount_point,
                             void (*gone)(void *data), void *data)
{
    struct detach *detach = calloc(1, sizeof *detach);
    if (!detach)
        return NULL;
    struct detach_search search = {mount_point, detach->device, sizeof detach->device};
    detach->loop = loop;
    detach->gone = gone;
    detach->data = data;
    detach->fd = open(DETACH_TABLE, O_RDONLY | O_CLOEXEC);
    int error = detach->fd < 0 ? -errno : detach_walk(detach_find, &search);
    if (!error && !*detach->device)
        error = -ENOENT;
    if (!error)
        error = loop_fd_set(loop, detach->fd, EPOLLPRI, detach_on_change, detach);
    if (error) {
        detach_destroy(detach);
        errno = -error;
        return NULL;
    }
    return detach;
}

void detach_destroy(struct detach *detach)
{
    if (!detach)
        return;
    if (detach->fd >= 0) {
        loop_fd_remove(detach->loop, detach->fd);
        close(detach->fd);
    }
    free(detach);
}
