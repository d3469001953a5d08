/* Starts what the command line asks for. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "options/command_line.h"
#include "program/check.h"
#include "program/mount.h"
#include "program/mount_point.h"
#include "program/notify.h"
#include "program/status_reader.h"

#define DEMO_USER_ID 1234567
#define DEMO_PROGRAM "qpfs-sandbox"

/* -------- the background -------- */

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

/* Close what the caller had open beside stdin, stdout and stderr: a lock would be held, and a
 * pipe kept from its end, for as long as the mount lives. What this program opens itself is
 * close-on-exec, and what it was given is not. */
static void daemon_close_inherited(void)
{
    DIR *entries = opendir("/proc/self/fd");
    const struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        int fd = (int)strtol(entry->d_name, NULL, 10);
        int flags = fd > STDERR_FILENO ? fcntl(fd, F_GETFD) : -1;
        if (flags >= 0 && !(flags & FD_CLOEXEC))
            close(fd);
    }
    if (entries)
        closedir(entries);
}

/* Fork. Return 0 in the child, whose stderr is still that of the caller; or -errno. The parent
 * does not return: it waits for daemon_ready() in the child, and until MOUNT_POINT answers, and
 * exits with 0; or with 1 if the child ends before. */
static int daemon_start(const char *mount_point)
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
    daemon_close_inherited();
    return chdir("/") < 0 ? -errno : 0;
}

/* In the child: let the parent exit, and let go of the terminal. From here on the log goes to
 * the journal or to syslog. Do nothing where daemon_start() was not called. */
static void daemon_ready(void)
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

/* -------- the sample account -------- */

static int demo_fail(int error)
{
    log_error("the sample account can't be served: %s", strerror(-error));
    return error;
}

static int demo_make_key(struct options *options)
{
    unsigned char random[16];
    char *key = calloc(1, 2 * sizeof random + 1);
    options->client.key = key;
    options->key_origin = "the demo";
    if (!key)
        return -ENOMEM;
    if (getrandom(random, sizeof random, 0) != sizeof random)
        return -errno;
    for (size_t i = 0; i < sizeof random; i++)
        sprintf(key + 2 * i, "%02x", random[i]);
    log_redact(key);
    return 0;
}

/* Become the sandbox, in the child. It gets a key in the environment, and a pipe as stdin that
 * closes when we are gone. In the background it must not hold on to the caller's stderr, or
 * $(qpfs --demo … 2>&1) would not return. In the foreground ^C is for us: we unmount before it
 * ends. */
static void demo_exec(const char *key, int input, int output, bool foreground)
{
    char path[PATH_MAX];
    char *arguments[] = {DEMO_PROGRAM, "--until-eof", NULL};
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - sizeof DEMO_PROGRAM);
    setenv("QPFS_SANDBOX_KEY", key, 1);
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    int null = foreground ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDERR_FILENO);
    setsid();
    if (size > 0) {
        path[size] = '\0';
        char *name = strrchr(path, '/') + 1;
        snprintf(name, sizeof path - (size_t)(name - path), "%s", DEMO_PROGRAM);
        execv(path, arguments);
        snprintf(name, sizeof path - (size_t)(name - path), "sandbox/%s", DEMO_PROGRAM);
        execv(path, arguments);
    }
    execv(QPFS_LIBEXECDIR "/" DEMO_PROGRAM, arguments);
    execvp(DEMO_PROGRAM, arguments);
    _exit(127);
}

/* The sandbox's first line is its URL. */
static int demo_read_url(struct options *options, int fd)
{
    char line[256];
    FILE *output = fdopen(fd, "r");
    bool got = output && fgets(line, sizeof line, output);
    if (output)
        fclose(output);
    else
        close(fd);
    if (!got) {
        log_error(
            "the sample account can't be served: %s did not start. It belongs to qpfs: in "
            "%s, beside it, or in the PATH; install qpfs anew",
            DEMO_PROGRAM, QPFS_LIBEXECDIR);
        return -ENOENT;
    }
    line[strcspn(line, "\n")] = '\0';
    options->client.base_url = strdup(line);
    return options->client.base_url ? 0 : demo_fail(-ENOMEM);
}

/* Start qpfs-sandbox, which lies beside this program, in QPFS_LIBEXECDIR or in the PATH. Fill
 * in the account, key and URL of OPTIONS. The sandbox ends when this process does, however that
 * happens. Return 0, or -errno after the reason was logged. */
static int demo_start(struct options *options)
{
    int input[2], output[2];
    pid_t child = -1;
    int error = demo_make_key(options);
    if (!error && pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0)
        child = fork();
    if (child < 0)
        return demo_fail(error ? error : -errno);
    if (child == 0)
        demo_exec(options->client.key, input[0], output[1], options->foreground);
    close(input[0]); /* the other end stays open for as long as this process lives */
    close(output[1]);
    options->tree.user_id = DEMO_USER_ID;
    return demo_read_url(options, output[0]);
}

/* -------- a mount -------- */

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

/* -------- all that there is -------- */

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
        status = status_reader_run(&options);
    } else {
        status = main_mount(&options);
    }
    options_finish(&options);
    return status;
}
