#include "options/state.h"

#include <stdio.h>
#include <stdlib.h>

#include "options/home.h"

char *state_directory(void)
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
