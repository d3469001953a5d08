/* What a mount needs of the limits of this machine. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/number.h"
#include "program/obstacle.h"

/* Without those of calls: the log, the loop, the kernel's, the ledger's, and some to spare. */
#define OBSTACLE_FILES_BASE 32

/* As many listings may be fetched at a time as people look at. */
#define OBSTACLE_FILES_WANTED 4096

void obstacle_raise_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= OBSTACLE_FILES_WANTED)
        return;
    files.rlim_cur =
        files.rlim_max < OBSTACLE_FILES_WANTED ? files.rlim_max : OBSTACLE_FILES_WANTED;
    setrlimit(RLIMIT_NOFILE, &files);
}

bool obstacle_in_files(const struct options *options, struct obstacle *obstacle)
{
    struct rlimit files;
    const rlim_t needed = OBSTACLE_FILES_BASE + options->cache.parallel;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= needed)
        return false;
    obstacle_say(obstacle,
                 "only %llu files may be open at a time, and %llu are needed (%d, and one for "
                 "each call of parallel=%u)",
                 (unsigned long long)files.rlim_cur, (unsigned long long)needed,
                 OBSTACLE_FILES_BASE, options->cache.parallel);
    return obstacle_advise(obstacle, "raise the limit, to 1024 say: ulimit -n 1024 as root, "
                                     "nofile in /etc/security/limits.conf for a user, "
                                     "LimitNOFILE=1024 in a unit");
}

/* -------- the kernel's patience, since Linux 6.14 -------- */

/* Some hundred thousand people, when others use up most of the rate. */
#define OBSTACLE_LONG_LIST_S 3600

#define OBSTACLE_SYSCTLS "/proc/sys/fs/fuse/"

/* 0: the kernel waits for ever, or is too old for such a limit. */
static unsigned obstacle_sysctl(const char *path)
{
    char line[16];
    uint64_t seconds = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (!fgets(line, sizeof line, file) ||
        !number_parse(line, strcspn(line, "\n"), UINT32_MAX, &seconds))
        seconds = 0;
    fclose(file);
    return (unsigned)seconds;
}

/* The smaller one counts, as it is at the time of the mount. */
bool obstacle_in_patience(const struct options *options, struct obstacle *obstacle)
{
    const unsigned standard = obstacle_sysctl(OBSTACLE_SYSCTLS "default_request_timeout");
    const unsigned most = obstacle_sysctl(OBSTACLE_SYSCTLS "max_request_timeout");
    const unsigned limit = standard && (!most || standard < most) ? standard : most;
    if (!limit || (limit >= OBSTACLE_LONG_LIST_S && limit >= options->client.timeout_ms / 1000))
        return false;
    obstacle_say(
        obstacle,
        "the kernel ends a mount that lets someone wait for more than %u s; a long list "
        "may take an hour, and one page %lld s (timeout)",
        limit, (long long)options->client.timeout_ms / 1000);
    return obstacle_advise(obstacle, "do as root, and mount anew: sysctl%s%s",
                           standard ? " fs.fuse.default_request_timeout=0" : "",
                           most ? " fs.fuse.max_request_timeout=0" : "");
}
