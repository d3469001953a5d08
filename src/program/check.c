/* Tries what a mount needs, and tells what it would show and cost: qpfs --check. */
#include "program/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "program/layers.h"
#include "program/mount_point.h"
#include "program/problem.h"
#include "program/recorder.h"
#include "program/remedy.h"
#include "program/report.h"
#include "tree/cost.h"
#include "tree/entry.h"

/* Seconds by which clocks may differ: the service's answer takes its time, too. */
#define CHECK_CLOCK_MAX_S 120

struct check {
    const struct options *options;
    struct report report;
    struct layers layers;
    struct recorder *recorder; /* or NULL */
    bool answered;             /* the key was accepted */
    struct cost walk;          /* of a mount and a walk through everything */
    uint64_t beside;           /* calls made that no walk makes */
};

/* -------- this machine -------- */

static void check_problem(struct check *check, const char *what, const struct problem *problem)
{
    report_add(&check->report, problem->warns ? FINDING_WARNING : FINDING_PROBLEM, what,
               problem->remedy, "%s", problem->text);
}

static void check_machine(struct check *check, const char *what, problem_fn *look)
{
    struct problem problem = {.text = ""};
    if (look(check->options, &problem))
        check_problem(check, what, &problem);
    else if (*problem.text)
        report_add(&check->report, FINDING_OK, what, NULL, "%s", problem.text);
}

static void check_mount_point(struct check *check, const char *what)
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

/* A person who reads that a certificate is not valid seldom thinks of the clock. */
static void check_doubt_clock(struct check *check)
{
    char when[32];
    struct tm tm;
    time_t now = time(NULL);
    strftime(when, sizeof when, "%Y-%m-%d %H:%M", gmtime_r(&now, &tm));
    report_add(&check->report, FINDING_NOTE, "clock",
               "if this is wrong, set the clock: certificates are valid for a time only",
               "this machine says that it is %s UTC", when);
}

/* Fetch LISTING, whose path in the tree is PATH. */
static bool check_fetch(struct check *check, struct listing *listing, const char *what,
                        const char *path, struct layers_answer *answer)
{
    int error = layers_fetch(&check->layers, listing, answer);
    if (!error)
        return true;
    report_add(&check->report, FINDING_PROBLEM, what, remedy_for(&answer->failure), "%s: %s",
               path, answer->why);
    if (error == -EPROTO)
        check_doubt_clock(check);
    return false;
}

static void check_key(struct check *check, const char *what)
{
    const struct options *options = check->options;
    struct layers_answer answer;
    check->answered = check_fetch(check, tree_trial(&check->layers.tree), what,
                                  options->client.base_url, &answer);
    if (check->answered)
        report_add(&check->report, FINDING_OK, what, NULL, "%s of %s is accepted by %s",
                   options->client.key ? "that" : "the certificate", options->key_origin,
                   options->client.base_url);
}

static void check_clock(struct check *check, const char *what)
{
    int64_t ahead;
    if (!client_clock_ahead(check->layers.client, &ahead))
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

static void check_communities(struct check *check, const char *what)
{
    struct layers_answer answer;
    if (!check->answered || !tree_options_have_communities(&check->options->tree))
        return;
    struct dir *dir = dir_child(check->layers.tree.root, DIR_COMMUNITIES, 0);
    if (check_fetch(check, dir ? dir->listing : NULL, what, "communities", &answer))
        report_add(&check->report, FINDING_OK, what, NULL, "%zu", answer.snapshot->count);
}

/* Return how many users an organization says it has; COST_UNKNOWN if that can't be read. */
static uint64_t check_user_count(struct check *check, struct dir *organization,
                                 const char *what, const char *path)
{
    struct layers_answer answer;
    const struct snapshot *held = cache_fresh(organization->owner, 0);
    if (!held && check_fetch(check, organization->owner, what, path, &answer))
        held = answer.snapshot;
    return held ? cost_user_count(held->records[0]) : COST_UNKNOWN;
}

/* Write the number of departments to COUNT. */
static bool check_department_count(struct check *check, struct dir *organization,
                                   const char *what, const char *path, uint64_t *count)
{
    struct layers_answer answer;
    uint64_t first;
    char below[80];
    *count = tree_options_departments(&check->options->tree, organization->ids, 0, &first);
    if (*count > 0)
        return true;
    struct dir *dir = dir_child(organization, DIR_DEPARTMENTS, 0);
    snprintf(below, sizeof below, "%s/departments", path);
    if (!check_fetch(check, dir ? dir->listing : NULL, what, below, &answer))
        return false;
    *count = answer.snapshot->count;
    return true;
}

/* Where no list has shown how large a page is, it may be as small as documented. */
static struct cost check_users_cost(const struct check *check, uint64_t departments,
                                    uint64_t users, bool partly)
{
    const struct quirks *quirks = &cache_source(check->layers.cache)->quirks;
    enum plan_sizes sizes = quirks_sizes(quirks);
    uint64_t page = quirks->page_size ? quirks->page_size : quirks_per_page(quirks);
    struct cost cost = cost_of_users(departments, users, partly, page, sizes);
    if (!quirks->page_size && page > QUIRKS_PER_PAGE_SAFE)
        cost.most = cost_of_users(departments, users, partly, QUIRKS_PER_PAGE_SAFE, sizes).most;
    return cost;
}

/* People in no department are in no list but that of the organization. A key that may not read
 * it loses nothing else. Return how many it has, COST_UNKNOWN if that is not known. */
static uint64_t check_everybody(struct check *check, const struct dir *dir, uint64_t users)
{
    const struct target list = target_make(ENDPOINT_EVERYBODY, dir->ids[0], 0);
    uint64_t made = client_requests(check->layers.client), count = COST_UNKNOWN;
    struct layers_answer answer;
    int error = layers_count(&check->layers, &list, &count, &answer);
    check->beside += client_requests(check->layers.client) - made;
    if (error)
        report_add(&check->report, FINDING_NOTE, "people", remedy_for(&answer.failure),
                   "%" PRIu64 ": the list of all users can't be read, so people in no "
                   "department can't be shown: %s",
                   dir->ids[0], answer.why);
    else if (count == COST_UNKNOWN)
        report_add(&check->report, FINDING_NOTE, "people", NULL,
                   "%" PRIu64 ": the list of all users does not say how many they are",
                   dir->ids[0]);
    else if (count == users)
        report_add(&check->report, FINDING_OK, "people", NULL,
                   "%" PRIu64 ": the list of all users has %" PRIu64 ", as userCount says",
                   dir->ids[0], count);
    else
        report_add(&check->report, FINDING_NOTE, "people",
                   "there may be people in no department: show_organization_users lists all, "
                   "and qpfs --check --compare tells who is where",
                   "%" PRIu64 ": the list of all users has %" PRIu64
                   ", which is not what userCount says",
                   dir->ids[0], count);
    return error ? COST_UNKNOWN : count;
}

static void check_organization(struct check *check, struct dir *dir, const char *what)
{
    char path[48], users_text[48] = "an unknown number of";
    uint64_t departments, first;
    snprintf(path, sizeof path, "organizations/%" PRIu64, dir->ids[0]);
    uint64_t users = check_user_count(check, dir, what, path);
    if (!check_department_count(check, dir, what, path, &departments)) {
        check->walk.most = COST_UNKNOWN;
        return;
    }
    bool given = tree_options_departments(&check->options->tree, dir->ids, 0, &first) > 0;
    struct cost cost = check_users_cost(check, departments, users, given);
    cost_add(&check->walk, &cost);
    /* Each department that is given costs one call for its record. */
    if (given)
        cost_add(&check->walk, &(struct cost){departments, departments});
    if (users != COST_UNKNOWN)
        snprintf(users_text, sizeof users_text, "%" PRIu64, users);
    report_add(&check->report, FINDING_OK, what, NULL,
               "%" PRIu64 ": %" PRIu64 " department%s%s, %s users in all", dir->ids[0],
               departments, departments == 1 ? "" : "s", given ? " shown" : "", users_text);
    uint64_t everybody = check_everybody(check, dir, users);
    if (check->options->tree.show_everybody) {
        cost = check_users_cost(check, 1, everybody, false);
        cost_add(&check->walk, &cost);
    }
}

static void check_organizations(struct check *check, const char *what)
{
    struct dir *dir = dir_child(check->layers.tree.root, DIR_ORGANIZATIONS, 0);
    if (!check->answered || !dir)
        return;
    /* Its time may be over by now, but it is what the key was tried with. */
    const struct snapshot *snapshot = dir->listing ? cache_held(dir->listing) : NULL;
    struct layers_answer answer;
    if (dir->listing && !snapshot) {
        if (!check_fetch(check, dir->listing, what, "organizations", &answer)) {
            check->walk.most = COST_UNKNOWN;
            return;
        }
        snapshot = answer.snapshot;
    }
    int64_t count = entry_count(dir, snapshot);
    if (count < 0)
        report_add(&check->report, FINDING_PROBLEM, what, "give organizations=N",
                   "the record of the user says none");
    for (int64_t i = 0; i < count; i++) {
        struct dir_entry entry;
        if (entry_at(dir, snapshot, (size_t)i, &entry) == 0)
            check_organization(check, entry.child, what);
    }
}

/* -------- what it costs -------- */

/* The calls made here are those of a mount and a walk, but for the lists of users. The trial of
 * a mount of given departments is the record of one of them, which is counted with those. */
static void check_walk(struct check *check, const char *what)
{
    struct cost *walk = &check->walk;
    if (!check->answered)
        return;
    uint64_t made = client_requests(check->layers.client);
    made -= check->beside + (check->options->tree.department_count > 0);
    cost_add(walk, &(struct cost){made, made});
    if (walk->most == COST_UNKNOWN)
        report_add(&check->report, FINDING_NOTE, what, NULL,
                   "a mount and a walk through everything (ls -R, rsync) cost at least %" PRIu64
                   " calls",
                   walk->least);
    else if (walk->least == walk->most)
        report_add(&check->report, FINDING_OK, what, NULL,
                   "a mount and a walk through everything (ls -R, rsync) cost %" PRIu64
                   " calls",
                   walk->least);
    else
        report_add(&check->report, FINDING_OK, what, NULL,
                   "a mount and a walk through everything (ls -R, rsync) cost %" PRIu64
                   " to %" PRIu64 " calls",
                   walk->least, walk->most);
}

static void check_calls(struct check *check, const char *what)
{
    const struct options *options = check->options;
    uint64_t made = client_requests(check->layers.client);
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

static void check_record(struct check *check, const char *what)
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
    void (*run)(struct check *check, const char *what);
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
    {"organization", NULL, check_organizations},
    {"walk", NULL, check_walk},
    {"updatedb", problem_in_updatedb, NULL},
    {"calls", NULL, check_calls},
    {"record", NULL, check_record},
};

static void check_one(struct check *check, size_t row)
{
    if (checks[row].machine)
        check_machine(check, checks[row].what, checks[row].machine);
    else
        checks[row].run(check, checks[row].what);
}

static int check_begin_account(struct check *check, struct options *options)
{
    int error = layers_init(&check->layers, options);
    if (error)
        report_add(&check->report, FINDING_PROBLEM, "memory", NULL, "cannot start: %s",
                   strerror(-error));
    else if (check->recorder)
        client_listen(check->layers.client, recorder_hear, check->recorder);
    return error;
}

int check_run(struct options *options)
{
    struct check check = {.options = options};
    report_begin(&check.report, options->json);
    int error = check_begin_record(&check);
    if (!error)
        error = check_begin_account(&check, options);
    for (size_t i = 0; i < sizeof checks / sizeof *checks && !error; i++)
        check_one(&check, i);
    report_number(&check.report, "calls", error ? 0 : client_requests(check.layers.client));
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
