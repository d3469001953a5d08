/* Goes to the background. */
#include "program/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "program/mount_point.h"

static int daemon_pipe = -1; /* to the parent; in the child, until it is ready */

/* The child says "ready" before it answers the kernel's first request, so the mount is asked
 * itself: success here means that the next command finds an account. */
static void daemon_parent(int pipe, pid_t child, const char *mount_point)
{
    char ready;
    ssize_t got;
    do
        got = read(pipe, &ready, 1);
    while (got < 0 && errno == EINTR);
    if (got == 1 && mount_point_answers(mount_point))
        _exit(0);
    int status;
    if (got == 1)
        log_error("mounted on %s, but it does not answer", mount_point);
    else if (waitpid(child, &status, 0) == child && WIFSIGNALED(status))
        log_error("ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    _exit(1);
}

int daemon_start(const char *mount_point)
{
    int pipe[2];
    if (pipe2(pipe, O_CLOEXEC) < 0)
        return -errno;
    pid_t child = fork();
    if (child < 0)
        return -errno;
    if (child > 0) {
        close(pipe[1]);
        daemon_parent(pipe[0], child, mount_point);
    }
    close(pipe[0]);
    daemon_pipe = pipe[1];
    return chdir("/") < 0 ? -errno : 0;
}

void daemon_ready(void)
{
    if (daemon_pipe < 0)
        return;
    /* Not before: below an automount of systemd, a process outside of its process group waits
     * for the mount that it is to make itself. */
    setsid();
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        if (null > STDERR_FILENO)
            close(null);
    }
    log_to_background();
    if (write(daemon_pipe, "r", 1) != 1)
        log_warning("the process that asked for this mount has gone");
    close(daemon_pipe);
    daemon_pipe = -1;
}
