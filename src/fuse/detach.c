/* Notices that a mount was taken away while somebody still uses it. */
#include "fuse/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mount_table.h"

#define DETACH_DEVICE_SIZE 32

struct detach {
    struct loop *loop;
    int table; /* a descriptor of the table of mounts; -1: none */
    char device[DETACH_DEVICE_SIZE];
    void (*gone)(void *data);
    void *data;
};

struct detach_search {
    uint64_t mount;     /* the number of a mount, or 0: any */
    const char *point;  /* where to look, or NULL: anywhere */
    const char *wanted; /* a device number, or NULL: any */
    unsigned found;
    char device[DETACH_DEVICE_SIZE]; /* of the last one found */
    char last[PATH_MAX];             /* and where it is */
};

static void detach_visit(void *data, const struct mount_table_entry *entry)
{
    struct detach_search *search = data;
    if ((search->mount && entry->id != search->mount) ||
        (search->point && strcmp(entry->point, search->point) != 0) ||
        (search->wanted && strcmp(entry->device, search->wanted) != 0))
        return;
    search->found++;
    snprintf(search->device, sizeof search->device, "%s", entry->device);
    snprintf(search->last, sizeof search->last, "%s", entry->point);
}

/* Read from the descriptor that is watched, for there may be none left to open another. Return
 * 0 or -errno. */
static int detach_look(const struct detach *detach, struct detach_search *search)
{
    return mount_table_visit(detach->table, detach_visit, search);
}

bool detach_is_seen_at(const struct detach *detach, const char *point)
{
    struct detach_search search = {.point = point};
    return detach_look(detach, &search) == 0 && strcmp(search.device, detach->device) == 0;
}

bool detach_find_point(const struct detach *detach, char point[static PATH_MAX])
{
    struct detach_search search = {.wanted = detach->device};
    if (detach_look(detach, &search) || search.found == 0)
        return false;
    memcpy(point, search.last, PATH_MAX);
    return true;
}

bool detach_is_mounted(const struct detach *detach)
{
    struct detach_search search = {.wanted = detach->device};
    return detach_look(detach, &search) != 0 || search.found > 0;
}

/* Return the number of the mount in which FD is open, as the table has it; 0 if that can't be
 * told. This may not ask the file system, which would wait for us. */
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
    return search.mount && detach_look(detach, &search) == 0 && search.found > 0;
}

static void detach_on_change(void *data, int fd, uint32_t events)
{
    struct detach *detach = data;
    (void)events;
    if (!detach_is_mounted(detach)) {
        loop_fd_remove(detach->loop, fd);
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
    detach->table = mount_table_open();
    int error = detach->table < 0 ? detach->table : 0;
    if (!error)
        error = search.mount ? detach_look(detach, &search) : -ENOSYS;
    if (!error && search.found == 0)
        error = -ENOENT;
    memcpy(detach->device, search.device, sizeof detach->device);
    if (!error)
        error = loop_fd_set(loop, detach->table, EPOLLPRI, detach_on_change, detach);
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
    if (detach->table >= 0) {
        loop_fd_remove(detach->loop, detach->table);
        close(detach->table);
    }
    free(detach);
}
