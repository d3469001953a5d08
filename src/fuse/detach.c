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

#define DETACH_DEVICE_SIZE 32

struct detach {
    struct loop *loop;
    int fd;
    char device[DETACH_DEVICE_SIZE];
    void (*gone)(void *data);
    void *data;
};

/* In mountinfo, blanks and backslashes of a path are written as \ and three octal digits. */
static void detach_read_path(const char *field, size_t size, char path[static PATH_MAX])
{
    const char *end = field + size;
    size_t length = 0;
    while (field < end && length < PATH_MAX - 1) {
        char c = *field++;
        if (c == '\\' && end - field >= 3) {
            c = (char)((field[0] - '0') * 64 + (field[1] - '0') * 8 + (field[2] - '0'));
            field += 3;
        }
        path[length++] = c;
    }
    path[length] = '\0';
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

/* Calls VISIT for the device number and the mount point of each mount, in the order in which
 * they were made. 0 or -errno. */
static int detach_walk(void (*visit)(void *data, const char *device, const char *point),
                       void *data)
{
    char *line = NULL, device[DETACH_DEVICE_SIZE], path[PATH_MAX];
    size_t room = 0;
    FILE *table = fopen(DETACH_TABLE, "re");
    if (!table)
        return -errno;
    while (getline(&line, &room, table) > 0) {
        size_t device_size, point_size;
        const char *number = detach_field(line, 2, &device_size);
        const char *point = detach_field(line, 4, &point_size);
        if (!number || !point)
            continue;
        snprintf(device, sizeof device, "%.*s", (int)device_size, number);
        detach_read_path(point, point_size, path);
        visit(data, device, path);
    }
    free(line);
    fclose(table);
    return 0;
}

struct detach_search {
    const char *point;  /* where to look, or NULL: anywhere */
    const char *wanted; /* a device number, or NULL: any */
    unsigned found;
    char device[DETACH_DEVICE_SIZE]; /* of the last one found */
    char last[PATH_MAX];             /* and where it is */
};

/* The last mount on a point is the one that is seen there. */
static void detach_visit(void *data, const char *device, const char *point)
{
    struct detach_search *search = data;
    if ((search->point && strcmp(point, search->point) != 0) ||
        (search->wanted && strcmp(device, search->wanted) != 0))
        return;
    search->found++;
    snprintf(search->device, sizeof search->device, "%s", device);
    snprintf(search->last, sizeof search->last, "%s", point);
}

bool detach_is_seen_at(const struct detach *detach, const char *point)
{
    struct detach_search search = {.point = point};
    return detach_walk(detach_visit, &search) == 0 &&
           strcmp(search.device, detach->device) == 0;
}

bool detach_find_point(const struct detach *detach, char point[static PATH_MAX])
{
    struct detach_search search = {.wanted = detach->device};
    if (detach_walk(detach_visit, &search) || search.found == 0)
        return false;
    memcpy(point, search.last, PATH_MAX);
    return true;
}

bool detach_is_mounted(const struct detach *detach)
{
    struct detach_search search = {.wanted = detach->device};
    return detach_walk(detach_visit, &search) != 0 || search.found > 0;
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
    struct detach_search search = {.point = mount_point};
    detach->loop = loop;
    detach->gone = gone;
    detach->data = data;
    detach->fd = open(DETACH_TABLE, O_RDONLY | O_CLOEXEC);
    int error = detach->fd < 0 ? -errno : detach_walk(detach_visit, &search);
    if (!error && search.found == 0)
        error = -ENOENT;
    memcpy(detach->device, search.device, sizeof detach->device);
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
