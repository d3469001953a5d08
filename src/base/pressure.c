/* Tells whether memory is short. */
#include "base/pressure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRESSURE_FILE_MAX      4096
#define PRESSURE_PATH_MAX      1024
#define PRESSURE_PART          16 /* of all memory: less available than one of them is short */
#define PRESSURE_STALL_PERCENT 5

/* Read the beginning of a small file into TEXT: "" if it can't be read. */
static void pressure_read(const char *path, char text[static PRESSURE_FILE_MAX])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? 0 : read(fd, text, PRESSURE_FILE_MAX - 1);
    if (fd >= 0)
        close(fd);
    text[size > 0 ? size : 0] = '\0';
}

/* Return the number behind NAME; 0 if it is not there. */
static unsigned long pressure_number(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtoul(at + strlen(name), NULL, 10) : 0;
}

bool pressure_in_meminfo(const char *text)
{
    unsigned long total = pressure_number(text, "MemTotal:");
    return total > 0 && pressure_number(text, "MemAvailable:") < total / PRESSURE_PART;
}

bool pressure_in_stalls(const char *text)
{
    return pressure_number(text, "some avg10=") >= PRESSURE_STALL_PERCENT;
}

bool pressure_group(const char *text, char *path, unsigned size)
{
    const char *at = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
    if (!at)
        return false;
    at = strchr(at, '/');
    if (!at)
        return false;
    size_t length = strcspn(at, "\n");
    if (length + 1 > size)
        return false;
    memcpy(path, at, length);
    path[length] = '\0';
    return true;
}

static bool pressure_in_group(void)
{
    char text[PRESSURE_FILE_MAX];
    char group[PRESSURE_PATH_MAX];
    char path[PRESSURE_PATH_MAX + 64];
    pressure_read("/proc/self/cgroup", text);
    if (!pressure_group(text, group, sizeof group))
        return false;
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.pressure", group);
    pressure_read(path, text);
    return pressure_in_stalls(text);
}

bool pressure_is_high(void)
{
    char text[PRESSURE_FILE_MAX];
    pressure_read("/proc/meminfo", text);
    if (pressure_in_meminfo(text))
        return true;
    pressure_read("/proc/pressure/memory", text);
    return pressure_in_stalls(text) || pressure_in_group();
}
