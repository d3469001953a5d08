#include "options/home.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* To root every home is his; one that is not there yet may become ours. */
static bool home_is_ours(const char *path)
{
    struct stat attr;
    if (geteuid() == 0)
        return true;
    if (stat(path, &attr) < 0)
        return errno == ENOENT;
    return attr.st_uid == geteuid() || access(path, W_OK | X_OK) == 0;
}

const char *home_directory(void)
{
    const char *home = getenv("HOME");
    if (home && *home == '/' && home_is_ours(home))
        return home;
    const struct passwd *user = getpwuid(geteuid());
    return user && *user->pw_dir == '/' ? user->pw_dir : NULL;
}
