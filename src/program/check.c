/* Tries what a mount needs, and tells what it would show and cost: qpfs --check. */
#include "program/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "program/account.h"
#include "program/compare.h"
#include "program/mount_point.h"
#include "program/problem.h"
#include "program/recorder.h"

/* Seconds by which clocks may differ: the service's answer takes its time, too. */
#define CHECK_CLOCK_MAX_S 120

/* -------- this machine -------- */

static void check_problem(struct account *check, const char *what,
                          const struct problem *problem)
{
    report_add(&check->report, problem->warns ? FINDING_WARNING : FINDING_PROBLEM, what,
               problem->remedy, "%s", problem->text);
}

static void check_machine(struct account *check, const char *what, problem_fn *look)
{
    struct problem problem = {.text = ""};
    if (look(check->options, &problem))
        check_problem(check, what, &problem);
    else if (*problem.text)
        report_add(&check->report, FINDING_OK, what, NULL, "%s", problem.text);
}

static void check_mount_point(struct account *check, const char *what)
{
    struct problem problem = {.text = ""};
    const char *given = check->options->mount_point;
    if (!given)
        return;
    char *path = mount_point_check(given, check->options->replace_dead, &problem);
    if (path && mount_point_is_dead(path))
        report_add(&check->report, FINDING_OK, what, NULL, "%s is a dead mount, to be replaced",
                   path);
    else if (path)
        report_add(&check->report, FINDING_OK, what, NULL, "%s is an empty directory", path);
    else
        check_problem(check, what, &problem);
    if (path && problem_in_profile(path, &problem))
        check_problem(check, "AppArmor", &problem);
    free(path);
}

/* -------- the key -------- */

static void check_key(struct account *check, const char *what)
{
    const struct options *options = check->options;
    check->answered =
        account_fetch(check, tree_trial(&check->layers.tree), what, options->client.base_url);
    if (check->answered)
        report_add(&check->report, FINDING_OK, what, NULL, "%s of %s is accepted by %s",
                   options->client.key ? "that" : "the certificate", options->key_origin,
                   options->client.base_url);
}

static void check_clock(struct account *check, const char *what)
{
    int64_t ahead = check->layers.client->clock_ahead_s;
    if (!check->layers.client->clock_known)
        return;
    if (ahead > -CHECK_CLOCK_MAX_S && ahead < CHECK_CLOCK_MAX_S)
        report_add(&check->report, FINDING_OK, what, NULL, "agrees with that of the service");
    else
        report_add(&check->report, FINDING_PROBLEM, what,
                   "set the clock, as with timedatectl set-ntp true: certificates are valid "
                   "for a time only",
                   "this machine's is %" PRId64 " s %s that of the service",
                   ahead < 0 ? -ahead : ahead, ahead < 0 ? "behind" : "ahead of");
}

/* -------- what the account holds -------- */

static void check_communities(struct account *check, const char *what)
{
    if (!check->answered || !tree_options_have_communities(&check->options->tree))
        return;
    struct dir *dir = dir_child(check->layers.tree.root, DIR_COMMUNITIES, 0);
    const struct snapshot *communities =
        account_fetch(check, dir ? dir->listing : NULL, what, "communities");
    if (communities)
        report_add(&check->report, FINDING_OK, what, NULL, "%zu", communities->count);
}

static void check_compare(struct account *check, const char *what)
{
    if (!check->options->compare || !check->answered)
        return;
    report_add(&check->report, FINDING_NOTE, what, NULL,
               "reading all users both ways costs %" PRIu64 " calls or more",
               check->one.least + check->own.least);
    account_each(check, what, compare_organization);
}

static void check_calls(struct account *check, const char *what)
{
    const struct options *options = check->options;
    uint64_t made = check->layers.client->queue.requests;
    uint64_t counted = ledger_calls(check->layers.ledger);
    if (!options->ledger.allowance) {
        report_add(&check->report, FINDING_OK, what, NULL,
                   "this check made %" PRIu64 "; %" PRIu64 " are counted in all", made,
                   counted);
        return;
    }
    uint64_t limit = options->ledger.allowance - options->ledger.reserve;
    uint64_t left = counted < limit ? limit - counted : 0;
    bool enough = check->walk.least <= left;
    report_add(&check->report, enough ? FINDING_OK : FINDING_WARNING, what,
               enough ? NULL : "raise cache_ttl, look at less, or wait for new calls",
               "this check made %" PRIu64 "; %" PRIu64 " of %" PRIu64 " are used, %" PRIu64
               " left, %" PRIu64 " in reserve",
               made, counted, options->ledger.allowance, left, options->ledger.reserve);
}

/* -------- the record of the answers -------- */

/* Return 0 or -errno. */
static int check_begin_record(struct account *check)
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

static void check_record(struct account *check, const char *what)
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

/* -------- all of it -------- */

/* In this order: the later ones use what the earlier ones have found. */
static const struct {
    const char *what;
    problem_fn *machine; /* or NULL */
    void (*run)(struct account *check, const char *what);
} checks[] = {
    {"open files", problem_in_files, NULL},
    {"/dev/fuse", problem_in_device, NULL},
    {"fusermount3", problem_in_fusermount, NULL},
    {"fuse.conf", problem_in_fuse_conf, NULL},
    {"SELinux", problem_in_context, NULL},
    {"kernel", problem_in_patience, NULL},
    {"mount point", NULL, check_mount_point},
    {"key", NULL, check_key},
    {"clock", NULL, check_clock},
    {"communities", NULL, check_communities},
    {"organization", NULL, account_look},
    {"walk", NULL, account_tell_cost},
    {"compare", NULL, check_compare},
    {"updatedb", problem_in_updatedb, NULL},
    {"calls", NULL, check_calls},
    {"record", NULL, check_record},
};

static void check_one(struct account *check, size_t row)
{
    if (checks[row].machine)
        check_machine(check, checks[row].what, checks[row].machine);
    else
        checks[row].run(check, checks[row].what);
}

static int check_begin_account(struct account *check, struct options *options)
{
    if (check->recorder) {
        options->client.heard = recorder_hear;
        options->client.heard_data = check->recorder;
    }
    int error = layers_init(&check->layers, options);
    if (error)
        report_add(&check->report, FINDING_PROBLEM, "memory", NULL, "cannot start: %s",
                   strerror(-error));
    return error;
}

int check_run(struct options *options)
{
    struct account check = {.options = options, .one_list = options->tree.one_list};
    options->tree.one_list = false; /* both ways are read, or none */
    report_begin(&check.report, options->json);
    int error = check_begin_record(&check);
    if (!error)
        error = check_begin_account(&check, options);
    for (size_t i = 0; i < sizeof checks / sizeof *checks && !error; i++)
        check_one(&check, i);
    report_number(&check.report, "calls", error ? 0 : check.layers.client->queue.requests);
    if (check.answered) {
        report_number(&check.report, "walk_least", check.walk.least);
        if (check.walk.most != COST_UNKNOWN)
            report_number(&check.report, "walk_most", check.walk.most);
    }
    error = report_end(&check.report);
    layers_finish(&check.layers);
    recorder_destroy(check.recorder);
    return error || check.report.problems > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
