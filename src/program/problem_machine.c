/* Finds what limits, security modules and settings of this machine have against a mount. */
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/number.h"
#include "program/problem.h"

/* Without those of calls: the log, the loop, the kernel's, the ledger's, and some to spare. */
#define PROBLEM_FILES_BASE 32

/* Each call in flight takes one, and people may look at many listings at a time. */
#define PROBLEM_FILES_WANTED 4096

/* A list of some hundred thousand people takes so long where others use up most of the rate. */
#define PROBLEM_LONG_LIST_S 3600

#define PROBLEM_SYSCTLS       "/proc/sys/fs/fuse/"
#define PROBLEM_FUSE_CONF     "/etc/fuse.conf"
#define PROBLEM_UPDATEDB_CONF "/etc/updatedb.conf"
#define PROBLEM_FS_TYPE       "fuse.qpfs"

/* -------- how many files may be open -------- */

void problem_raise_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= PROBLEM_FILES_WANTED)
        return;
    files.rlim_cur =
        files.rlim_max < PROBLEM_FILES_WANTED ? files.rlim_max : PROBLEM_FILES_WANTED;
    setrlimit(RLIMIT_NOFILE, &files);
}

bool problem_in_files(const struct options *options, struct problem *problem)
{
    struct rlimit files;
    const rlim_t needed = PROBLEM_FILES_BASE + options->cache.parallel;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= needed)
        return false;
    problem_say(problem,
                "only %llu files may be open at a time, and %llu are needed (%d, and one for "
                "each call of parallel=%u)",
                (unsigned long long)files.rlim_cur, (unsigned long long)needed,
                PROBLEM_FILES_BASE, options->cache.parallel);
    return problem_advise(problem, "raise the limit, to 1024 say: ulimit -n 1024 as root, "
                                   "nofile in /etc/security/limits.conf for a user, "
                                   "LimitNOFILE=1024 in a unit");
}

/* -------- the kernel's patience, since Linux 6.14 -------- */

/* Return the number in PATH; 0: the kernel waits for ever, or is too old for such a limit. */
static unsigned problem_sysctl(const char *path)
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

/* The smaller limit counts, as it is at the time of the mount. */
bool problem_in_patience(const struct options *options, struct problem *problem)
{
    const unsigned preset = problem_sysctl(PROBLEM_SYSCTLS "default_request_timeout");
    const unsigned most = problem_sysctl(PROBLEM_SYSCTLS "max_request_timeout");
    const unsigned limit = preset && (!most || preset < most) ? preset : most;
    if (!limit || (limit >= PROBLEM_LONG_LIST_S && limit >= options->client.timeout_ms / 1000))
        return false;
    problem->warns = true;
    problem_say(problem,
                "the kernel ends a mount that lets someone wait for more than %u s; a long "
                "list may take an hour, and one page %lld s (timeout)",
                limit, (long long)options->client.timeout_ms / 1000);
    return problem_advise(problem, "do as root, and mount anew: sysctl%s%s",
                          preset ? " fs.fuse.default_request_timeout=0" : "",
                          most ? " fs.fuse.max_request_timeout=0" : "");
}

/* -------- SELinux and AppArmor -------- */

/* Return 1 if a line of FILE begins with BEGIN and holds TEXT; else 0, or -1 if there is none.
 */
static int problem_file_has(const char *file, const char *begin, const char *text)
{
    char *line = NULL;
    size_t room = 0;
    int found = 0;
    FILE *stream = fopen(file, "re");
    if (!stream)
        return -1;
    while (!found && getline(&line, &room, stream) > 0)
        found = strncmp(line, begin, strlen(begin)) == 0 && strstr(line, text);
    free(line);
    fclose(stream);
    return found;
}

bool problem_in_context(const struct options *options, struct problem *problem)
{
    if (!strstr(options->session.mount_options, "context=") ||
        problem_file_has("/proc/filesystems", "", "\tselinuxfs\n") != 0)
        return false;
    problem_say(problem,
                "this kernel does not use SELinux, and takes no context= and the like");
    return problem_advise(problem, "leave it out");
}

bool problem_in_failed_context(const struct options *options, struct problem *problem)
{
    if (!strstr(options->session.mount_options, "context="))
        return false;
    problem_say(problem, "SELinux does not take the context, or not from you");
    return problem_advise(problem, "write it as in context=\"system_u:object_r:nfs_t:s0\"; do "
                                   "as root, to see why: ausearch -m avc,selinux_err -ts "
                                   "recent");
}

/* Where the profile, as it is installed, lets users mount. Here a * stands for slashes, too. */
static const char *const problem_profile_places[] = {
    "/home/*/*", "/root/*", "/mnt", "/mnt/*", "/media/*", "/run/user/*/*", "/tmp/*",
};

/* In most systems only root may read the list of the profiles that are loaded. */
static bool problem_has_profile(void)
{
    int loaded = problem_file_has("/sys/kernel/security/apparmor/profiles", "fusermount3 (",
                                  "(enforce)");
    if (loaded >= 0)
        return loaded == 1;
    return problem_file_has("/sys/module/apparmor/parameters/enabled", "Y", "") == 1 &&
           access("/etc/apparmor.d/fusermount3", F_OK) == 0 &&
           access("/etc/apparmor.d/disable/fusermount3", F_OK) < 0;
}

/* fusermount3 has a profile since Ubuntu 24.10 or 25.04. Root mounts without fusermount3. */
bool problem_in_profile(const char *mount_point, struct problem *problem)
{
    const size_t count = sizeof problem_profile_places / sizeof *problem_profile_places;
    if (geteuid() == 0 || !problem_has_profile())
        return false;
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(problem_profile_places[i], mount_point, 0) == 0)
            return false;
    }
    problem->warns = true;
    problem_say(problem,
                "AppArmor lets fusermount3 mount below homes, /mnt, /media, /tmp and "
                "/run/user/%u alone, if its profile is as it came; not on %s",
                (unsigned)geteuid(), mount_point);
    return problem_advise(
        problem,
        "use a directory in your home, or as root write in /etc/apparmor.d/local/fusermount3: "
        "mount fstype=fuse.qpfs options=(nosuid,nodev,ro) -> %s/, umount %s/, and do: "
        "apparmor_parser -r /etc/apparmor.d/fusermount3",
        mount_point, mount_point);
}

/* -------- fuse.conf and updatedb.conf -------- */

/* Return what stands behind the word NAME in the first line of PATH that begins with it,
 * without blanks before it and without what follows a "#"; the caller frees it. NULL: there is
 * none. */
static char *problem_conf_value(const char *path, const char *name)
{
    const size_t size = strlen(name);
    char *line = NULL, *value = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "re");
    while (file && !value && getline(&line, &room, file) >= 0) {
        line[strcspn(line, "#\n")] = '\0';
        const char *text = line + strspn(line, " \t");
        if (strcspn(text, " \t=") == size && strncmp(text, name, size) == 0)
            value = strdup(text + size + strspn(text + size, " \t"));
    }
    free(line);
    if (file)
        fclose(file);
    return value;
}

static bool problem_lets_others_in(const struct options *options)
{
    return options->session.allow_other || options->session.allow_root;
}

static bool problem_fuse_conf_allows(void)
{
    char *behind = problem_conf_value(PROBLEM_FUSE_CONF, "user_allow_other");
    bool allows = behind && !*behind;
    free(behind);
    return allows;
}

bool problem_in_fuse_conf(const struct options *options, struct problem *problem)
{
    if (geteuid() == 0 || !problem_lets_others_in(options))
        return false;
    if (problem_fuse_conf_allows()) {
        problem_say(problem, "allows allow_other and allow_root");
        return false;
    }
    problem_say(problem,
                PROBLEM_FUSE_CONF " does not let users give allow_other and allow_root");
    return problem_advise(problem, "add to " PROBLEM_FUSE_CONF " a line: user_allow_other");
}

/* Return PRUNEFS, between its quotes; the caller frees it. NULL: it is not said. */
static char *problem_pruned(void)
{
    char *value = problem_conf_value(PROBLEM_UPDATEDB_CONF, "PRUNEFS"), *types = NULL;
    if (value && *value == '=') {
        const char *text = value + 1 + strspn(value + 1, " \t\"");
        types = strndup(text, strcspn(text, "\""));
    }
    free(value);
    return types;
}

static bool problem_types_have_ours(const char *types)
{
    for (const char *at = types; (at = strstr(at, PROBLEM_FS_TYPE)); at++) {
        bool begins = at == types || at[-1] == ' ' || at[-1] == '\t';
        char after = at[strlen(PROBLEM_FS_TYPE)];
        if (begins && (!after || after == ' ' || after == '\t'))
            return true;
    }
    return false;
}

/* updatedb reads, each day and as root, every file system that is not in PRUNEFS. */
bool problem_in_updatedb(const struct options *options, struct problem *problem)
{
    if (access(PROBLEM_UPDATEDB_CONF, R_OK) < 0)
        return false;
    char *types = problem_pruned();
    if (types && problem_types_have_ours(types)) {
        problem_say(problem, "passes over " PROBLEM_FS_TYPE);
    } else if (geteuid() != 0 && !problem_lets_others_in(options)) {
        problem_say(problem, "can't look into a mount of yours");
    } else {
        problem->warns = true;
        problem_say(problem, "would walk through a mount every day, and cost its calls");
        problem_advise(
            problem, "write in " PROBLEM_UPDATEDB_CONF ": PRUNEFS=\"%s%s" PROBLEM_FS_TYPE "\"",
            types ? types : "", types && *types ? " " : "");
    }
    free(types);
    return problem->warns;
}
