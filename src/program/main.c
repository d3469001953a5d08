#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/log.h"
#include "options/help.h"
#include "options/options.h"
#include "program/daemon.h"
#include "program/demo.h"
#include "program/mount.h"
#include "program/mount_point.h"

/* A core would hold the key and what was read with it. */
static void main_forbid_core_dumps(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

static int main_mount(struct options *options)
{
    char *mount_point = mount_point_check(options->mount_point);
    int error = mount_point ? 0 : -1;
    log_set_debug(options->debug);
    if (!error && !options->foreground) {
        error = daemon_start(mount_point);
        if (error)
            log_error("cannot go to the background: %s", strerror(-error));
    }
    if (!error && options->action == ACTION_DEMO)
        error = demo_start(options);
    if (!error)
        error = mount_run(options, mount_point, daemon_ready);
    free(mount_point);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct options options;
    bool usage;
    main_forbid_core_dumps();
    int status = EXIT_SUCCESS;
    if (options_read(&options, argc, argv, &usage)) {
        if (usage)
            fputs("qpfs --help shows how it is called\n", stderr);
        status = EXIT_FAILURE;
    } else if (options.action == ACTION_HELP) {
        help_print();
    } else if (options.action == ACTION_VERSION) {
        puts("qpfs " QPFS_VERSION);
    } else {
        status = main_mount(&options);
    }
    options_finish(&options);
    return status;
}
