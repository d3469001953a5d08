/* What a mount needs of the limits of this machine. */
#include <sys/resource.h>

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
    const rlim_t needed = OBSTACLE_FILES_BASE + options->parallel;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= needed)
        return false;
    obstacle_say(obstacle,
                 "only %llu files may be open at a time, and %llu are needed (%d, and one for "
                 "each call of parallel=%u)",
                 (unsigned long long)files.rlim_cur, (unsigned long long)needed,
                 OBSTACLE_FILES_BASE, options->parallel);
    return obstacle_advise(obstacle, "raise the limit, to 1024 say: ulimit -n 1024 as root, "
                                     "nofile in /etc/security/limits.conf for a user, "
                                     "LimitNOFILE=1024 in a unit");
}
