/* Starts what the command line asks for. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "options/command_line.h"
#include "program/check.h"
#include "program/daemon.h"
#include "program/demo.h"
#include "program/mount.h"
#include "program/mount_point.h"
#include "program/notify.h"
#include "program/status.h"

/* A core would hold the key and what was read with it. */
static void main_forbid_core_dumps(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

/* What is opened later must not take the place of stdin, stdout or stderr where one of them was
 * closed. And a program that ignores SIGCHLD starts others so, which then can't wait for a
 * child. */
static void main_mend_inherited(void)
{
    int null;
    do
        null = open("/dev/null", O_RDWR);
    while (null >= 0 && null <= STDERR_FILENO);
    if (null >= 0)
        close(null);
    signal(SIGCHLD, SIG_DFL);
}

static int main_mount(struct options *options)
{
    struct problem why = {.text = ""};
    char *mount_point = NULL;
    if (!problem_in_files(options, &why))
        mount_point = mount_point_check(options->mount_point, options->replace_dead, &why);
    int error = mount_point ? 0 : -EINVAL;
    if (!mount_point)
        log_error("%s; %s", why.text, why.remedy);
    if (!error && !options->foreground) {
        error = daemon_start(mount_point);
        if (error)
            log_error("cannot go to the background: %s", strerror(-error));
    }
    if (!error && options->action == ACTION_DEMO)
        error = demo_start(options);
    if (!error)
        error = mount_run(options, mount_point, daemon_ready);
    if (error)
        notify_failure(error);
    free(mount_point);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct options options;
    bool usage;
    main_mend_inherited();
    main_forbid_core_dumps();
    problem_raise_files();
    log_begin();
    notify_begin();
    int status = EXIT_SUCCESS;
    int error = command_line_read(&options, argc, argv, &usage);
    log_set_debug(options.session.debug);
    if (error) {
        notify_failure(error);
        if (usage)
            fputs("qpfs --help shows how it is called\n", stderr);
        status = EXIT_FAILURE;
    } else if (options.action == ACTION_HELP) {
        command_line_help();
    } else if (options.action == ACTION_VERSION) {
        puts("qpfs " QPFS_VERSION);
    } else if (options.action == ACTION_CHECK) {
        status = check_run(&options);
    } else if (options.action == ACTION_STATUS) {
        status = status_run(&options);
    } else {
        status = main_mount(&options);
    }
    options_finish(&options);
    return status;
}
