/* Makes a directory of a test's own, with files in it. */
#include "scratch.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_dir[64];

int scratch_set_up(void **state)
{
    static const char *const variables[] = {"QUESTIONPRO_API_KEY", "QUESTIONPRO_USER_ID",
                                            "QUESTIONPRO_ENV", "QUESTIONPRO_API_URL"};
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    strcpy(scratch_dir, "/tmp/qpfs-unit-XXXXXX");
    if (!mkdtemp(scratch_dir))
        return -1;
    return setenv("XDG_CONFIG_HOME", scratch_dir, 1);
}

int scratch_tear_down(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", scratch_dir);
    return system(command);
}

const char *scratch_path(const char *name)
{
    static char paths[4][160];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_dir, name);
    return path;
}

const char *scratch_write(const char *name, const char *bytes, size_t size, mode_t mode)
{
    const char *path = scratch_path(name);
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert(fd >= 0);
    ssize_t written = write(fd, bytes, size);
    assert(written == (ssize_t)size);
    (void)written;
    int failed = fchmod(fd, mode);
    assert(!failed);
    (void)failed;
    close(fd);
    return path;
}
