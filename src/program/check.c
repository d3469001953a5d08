#include "program/check.h"

#include <errno.h>
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
    {"record", check_record},
};

/* Return 0 or -errno. */
static int check_begin_record(struct check *check)
{
    char why[256];
    if (!check->options->record)
        return 0;
    check->recorder = recorder_create(check->options, why);
    if (check->recorder)
        return 0;
    report_add(&check->report, FINDING_PROBLEM, "record",
               "name a directory that is not there, or an empty one of yours", "%s", why);
    return -EINVAL;
}

static int check_begin_account(struct check *check, struct options *options)
{
    int error = account_init(&check->account, options);
    if (error)
        report_add(&check->report, FINDING_PROBLEM, "memory", NULL, "cannot start: %s",
                   strerror(-error));
    else if (check->recorder)
        client_listen(check->account.client, recorder_hear, check->recorder);
    return error;
}

void check_record(struct check *check, const char *what)
{
    const char *directory = check->options->record;
    unsigned count;
    if (!check->recorder)
        return;
    int error = recorder_end(check->recorder, &count);
    if (error)
        report_add(&check->report, FINDING_PROBLEM, what, "try again with another directory",
                   "%s: %s", directory, strerror(-error));
    else
        report_add(&check->report, FINDING_OK, what, NULL,
                   "%u answers are in %s, with every value replaced; look through them before "
                   "you pass them on",
                   count, directory);
}

int check_run(struct options *options)
{
    struct check check = {.options = options};
    report_begin(&check.report, options->json);
    int error = check_begin_record(&check);
    if (!error)
        error = check_begin_account(&check, options);
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
    recorder_destroy(check.recorder);
    return error || check.report.problems > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
