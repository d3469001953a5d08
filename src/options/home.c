/* Finds the home of the user, and what lies below it. */
#include "options/home.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Root may use any home. A missing one counts as ours; we may create it. */
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

char *home_state_directory(void)
{
    const char *xdg = getenv("XDG_STATE_HOME");
    char *path;
    if (xdg && *xdg == '/')
        return asprintf(&path, "%s/qpfs", xdg) < 0 ? NULL : path;
    const char *home = home_directory();
    if (!home)
        return NULL;
    return asprintf(&path, "%s/.local/state/qpfs", home) < 0 ? NULL : path;
}
