/* Starts the sample account of qpfs --demo. */
#include "program/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/log.h"

#define DEMO_USER_ID 1234567
#define DEMO_PROGRAM "qpfs-sandbox"

static int demo_make_key(struct options *options)
{
    unsigned char random[16];
    char *key = calloc(1, 2 * sizeof random + 1);
    options->client.key = key;
    options->key_origin = strdup("the demo");
    if (!key || !options->key_origin)
        return -ENOMEM;
    if (getrandom(random, sizeof random, 0) != sizeof random)
        return -errno;
    for (size_t i = 0; i < sizeof random; i++)
        sprintf(key + 2 * i, "%02x", random[i]);
    log_redact(key);
    return 0;
}

/* The child: a key in the environment, a pipe as stdin that closes when we are gone. In the
 * background it must not hold on to the caller's stderr, or $(qpfs --demo … 2>&1) would not
 * return. In the foreground ^C is for us: we unmount before it ends. */
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
    return options->client.base_url ? 0 : -ENOMEM;
}

int demo_start(struct options *options)
{
    int input[2], output[2];
    int error = demo_make_key(options);
    if (error)
        return error;
    if (pipe2(input, O_CLOEXEC) < 0 || pipe2(output, O_CLOEXEC) < 0)
        return -errno;
    pid_t child = fork();
    if (child < 0)
        return -errno;
    if (child == 0)
        demo_exec(options->client.key, input[0], output[1], options->foreground);
    close(input[0]); /* the other end stays open for as long as this process lives */
    close(output[1]);
    options->tree.user_id = DEMO_USER_ID;
    return demo_read_url(options, output[0]);
}
