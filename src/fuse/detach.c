#include "fuse/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"

/*
 * A line of mountinfo, see proc(5): "36 35 98:0 /root /mount/point options … - type source
 * options". The third field is the device number of the file system, which a bind mount of it
 * shares.
 */
#define DETACH_TABLE     "/proc/self/mountinfo"
#define DETACH_TABLE_MAX ((size_t)64 << 20)

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

/* The whole table, as text. From the descriptor that is watched: there may be no other left,
 * and what is not known to be gone is taken for dead. */
static int detach_read(const struct detach *detach, struct buffer *table)
{
    char part[4096];
    ssize_t got;
    if (lseek(detach->fd, 0, SEEK_SET) < 0)
        return -errno;
    while ((got = read(detach->fd, part, sizeof part)) != 0) {
        int error = got < 0 ? -errno : buffer_append(table, part, (size_t)got);
        if (error && error != -EINTR)
            return error;
    }
    return buffer_append_byte(table, '\0', 1);
}

struct detach_search {
    uint64_t mount;     /* the number of a mount, or 0: any */
    const char *point;  /* where to look, or NULL: anywhere */
    const char *wanted; /* a device number, or NULL: any */
    unsigned found;
    char device[DETACH_DEVICE_SIZE]; /* of the last one found */
    char last[PATH_MAX];             /* and where it is */
};

/* The last mount on a point is the one that is seen there. */
static void detach_visit(struct detach_search *search, uint64_t mount, const char *device,
                         const char *point)
{
    if ((search->mount && mount != search->mount) ||
        (search->point && strcmp(point, search->point) != 0) ||
        (search->wanted && strcmp(device, search->wanted) != 0))
        return;
    search->found++;
    snprintf(search->device, sizeof search->device, "%s", device);
    snprintf(search->last, sizeof search->last, "%s", point);
}

static void detach_visit_line(struct detach_search *search, const char *line)
{
    char device[DETACH_DEVICE_SIZE], path[PATH_MAX];
    size_t device_size, point_size;
    const char *number = detach_field(line, 2, &device_size);
    const char *point = detach_field(line, 4, &point_size);
    if (!number || !point)
        return;
    snprintf(device, sizeof device, "%.*s", (int)device_size, number);
    detach_read_path(point, point_size, path);
    detach_visit(search, strtoull(line, NULL, 10), device, path);
}

/* In the order in which the mounts were made. 0 or -errno. */
static int detach_walk(const struct detach *detach, struct detach_search *search)
{
    struct buffer table;
    buffer_init(&table, DETACH_TABLE_MAX);
    int error = detach_read(detach, &table);
    for (char *line = table.data, *end; !error && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        detach_visit_line(search, line);
    }
    buffer_finish(&table);
    return error;
}

bool detach_is_seen_at(const struct detach *detach, const char *point)
{
    struct detach_search search = {.point = point};
    return detach_walk(detach, &search) == 0 && strcmp(search.device, detach->device) == 0;
}

bool detach_find_point(const struct detach *detach, char point[static PATH_MAX])
{
    struct detach_search search = {.wanted = detach->device};
    if (detach_walk(detach, &search) || search.found == 0)
        return false;
    memcpy(point, search.last, PATH_MAX);
    return true;
}

bool detach_is_mounted(const struct detach *detach)
{
    struct detach_search search = {.wanted = detach->device};
    return detach_walk(detach, &search) != 0 || search.found > 0;
}

/* The number of the mount in which FD is open, the first field of its line; 0 if that can't be
 * told. We may not wait for an answer of our own. */
static uint64_t detach_mount_of(int fd)
{
    struct statx attr;
    if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID, &attr) < 0 ||
        !(attr.stx_mask & STATX_MNT_ID))
        return 0;
    return attr.stx_mnt_id;
}

bool detach_owns(const struct detach *detach, int fd)
{
    struct detach_search search = {.mount = detach_mount_of(fd), .wanted = detach->device};
    return search.mount && detach_walk(detach, &search) == 0 && search.found > 0;
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

struct detach *detach_create(struct loop *loop, int root, void (*gone)(void *data), void *data)
{
    struct detach *detach = calloc(1, sizeof *detach);
    if (!detach)
        return NULL;
    struct detach_search search = {.mount = detach_mount_of(root)};
    detach->loop = loop;
    detach->gone = gone;
    detach->data = data;
    detach->fd = open(DETACH_TABLE, O_RDONLY | O_CLOEXEC);
    int error = detach->fd < 0 ? -errno : search.mount ? detach_walk(detach, &search) : -ENOSYS;
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
