#include "program/check.h"

#include <stdlib.h>
#include <string.h>

#include "program/check_parts.h"

/* In this order: the later ones use what the earlier ones have found. */
static const struct {
    const char *what;
    check_fn *run;
} checks[] = {
    {"open files", check_files},
    {"/dev/fuse", check_device},
    {"fusermount3", check_fusermount},
    {"fuse.conf", check_fuse_conf},
    {"SELinux", check_selinux},
    {"kernel", check_patience},
    {"mount point", check_mount_point},
    {"key", check_key},
    {"clock", check_clock},
    {"communities", check_communities},
    {"organization", check_organizations},
    {"walk", check_walk},
    {"updatedb", check_updatedb},
    {"calls", check_calls},
};

int check_run(struct options *options)
{
    struct check check = {.options = options};
    report_begin(&check.report, options->json);
    int error = account_init(&check.account, options);
    if (error)
        report_add(&check.report, FINDING_PROBLEM, "memory", NULL, "cannot start: %s",
                   strerror(-error));
    for (size_t i = 0; i < sizeof checks / sizeof *checks && !error; i++)
        checks[i].run(&check, checks[i].what);
    report_number(&check.report, "calls", error ? 0 : client_requests(check.account.client));
    if (check.answered) {
        report_number(&check.report, "walk_least", check.walk.least);
        if (check.walk.most != WALK_COST_UNKNOWN)
            report_number(&check.report, "walk_most", check.walk.most);
    }
    error = report_end(&check.report);
    account_finish(&check.account);
    return error || check.report.problems > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
