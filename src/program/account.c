/* Tells what an account holds, and what reading it costs, for qpfs --check. */
#include "program/account.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "program/remedy.h"
#include "tree/entry.h"

/* A person who reads that a certificate is not valid seldom thinks of the clock. */
static void account_doubt_clock(struct account *account)
{
    char when[32];
    struct tm tm;
    time_t now = time(NULL);
    strftime(when, sizeof when, "%Y-%m-%d %H:%M", gmtime_r(&now, &tm));
    report_add(&account->report, FINDING_NOTE, "clock",
               "if this is wrong, set the clock: certificates are valid for a time only",
               "this machine says that it is %s UTC", when);
}

struct snapshot *account_fetch(struct account *account, struct listing *listing,
                               const char *what, const char *path)
{
    struct layers_answer answer;
    char own[ENDPOINT_PATH_MAX] = "a list";
    int error = layers_fetch(&account->layers, listing, &answer);
    if (!error)
        return answer.snapshot;
    if (listing)
        cache_path(listing, own);
    report_add(&account->report, FINDING_PROBLEM, what, remedy_for(&answer.failure), "%s: %s",
               path ? path : own, answer.why);
    if (error == -EPROTO)
        account_doubt_clock(account);
    return NULL;
}

/* Return how many users an organization says it has; COST_UNKNOWN if that can't be read. */
static uint64_t account_user_count(struct account *account, struct dir *organization,
                                   const char *what)
{
    const struct snapshot *held = cache_fresh(organization->owner, 0);
    if (!held)
        held = account_fetch(account, organization->owner, what, NULL);
    return held ? cost_user_count(held->records[0]) : COST_UNKNOWN;
}

/* Write the number of departments to COUNT. */
static bool account_department_count(struct account *account, struct dir *organization,
                                     const char *what, uint64_t *count)
{
    uint64_t first;
    *count = tree_options_departments(&account->options->tree, organization->ids, 0, &first);
    if (*count > 0)
        return true;
    struct dir *dir = dir_child(organization, DIR_DEPARTMENTS, 0);
    const struct snapshot *listed =
        account_fetch(account, dir ? dir->listing : NULL, what, NULL);
    *count = listed ? listed->count : 0;
    return listed != NULL;
}

/* Where no list has shown how large a page is, it may be as small as documented. */
static struct cost account_users_cost(const struct account *account, uint64_t departments,
                                      uint64_t users, bool partly)
{
    const struct quirks *quirks = &cache_source(account->layers.cache)->quirks;
    enum plan_sizes sizes = quirks_sizes(quirks);
    uint64_t page = quirks->page_size ? quirks->page_size : quirks_per_page(quirks);
    struct cost cost = cost_of_users(departments, users, partly, page, sizes);
    if (!quirks->page_size && page > QUIRKS_PER_PAGE_SAFE)
        cost.most = cost_of_users(departments, users, partly, QUIRKS_PER_PAGE_SAFE, sizes).most;
    return cost;
}

/* -------- everybody -------- */

struct account_tally {
    struct fetch fetch;
    struct loop *loop;
    int error;
    uint64_t count;         /* COST_UNKNOWN: the service does not say */
    char why[384];          /* for people, after an error */
    struct failure failure; /* what else is known of that error */
};

static void account_on_counted(void *data, struct pager_result *result)
{
    struct account_tally *tally = data;
    record_unref_all(result->records, result->count);
    tally->error = result->error == -E2BIG ? 0 : result->error;
    tally->count = result->error != -E2BIG ? result->count
                   : result->total > 0     ? result->total
                                           : COST_UNKNOWN;
    if (tally->error)
        fetch_fill_failure(&tally->fetch, result, &tally->failure);
    snprintf(tally->why, sizeof tally->why, "%s", tally->error ? result->why : "");
    loop_stop(tally->loop);
}

/* Run the loop until it is known how many records LIST has, by one call. Nothing is held of it.
 * Return as layers_fetch(). */
static int account_count(struct account *account, const struct target *list,
                         struct account_tally *tally)
{
    static const struct fetch_owner owner = {.ended = account_on_counted};
    *tally = (struct account_tally){
        .loop = account->layers.loop, .error = -EINTR, .why = "out of memory"};
    fetch_init(&tally->fetch, cache_source(account->layers.cache), list, &owner, tally);
    int error = fetch_start(&tally->fetch, 1);
    if (!error)
        error = loop_run(tally->loop);
    fetch_finish(&tally->fetch);
    return error ? error : tally->error;
}

/* People in no department are in no list but that of the organization. A key that may not read
 * it loses nothing else. Return how many it has, COST_UNKNOWN if that is not known. */
static uint64_t account_everybody(struct account *account, const struct dir *dir,
                                  uint64_t users)
{
    const struct target list = target_make(ENDPOINT_EVERYBODY, dir->ids[0], 0);
    uint64_t made = account->layers.client->queue.requests;
    struct account_tally tally;
    int error = account_count(account, &list, &tally);
    uint64_t count = error ? COST_UNKNOWN : tally.count;
    account->beside += account->layers.client->queue.requests - made;
    if (error)
        report_add(&account->report, FINDING_NOTE, "people", remedy_for(&tally.failure),
                   "%" PRIu64 ": the list of all users can't be read, so people in no "
                   "department can't be shown: %s",
                   dir->ids[0], tally.why);
    else if (count == COST_UNKNOWN)
        report_add(&account->report, FINDING_NOTE, "people", NULL,
                   "%" PRIu64 ": the list of all users does not say how many they are",
                   dir->ids[0]);
    else if (count == users)
        report_add(&account->report, FINDING_OK, "people", NULL,
                   "%" PRIu64 ": the list of all users has %" PRIu64 ", as userCount says",
                   dir->ids[0], count);
    else
        report_add(&account->report, FINDING_NOTE, "people",
                   "there may be people in no department: show_organization_users lists all, "
                   "and qpfs --check --compare tells who is where",
                   "%" PRIu64 ": the list of all users has %" PRIu64 ", %s", dir->ids[0], count,
                   users == COST_UNKNOWN ? "and no userCount is known"
                                         : "which is not what userCount says");
    return count;
}

/* -------- the organizations -------- */

static void account_organization(struct account *account, struct dir *dir, const char *what)
{
    char users_text[48] = "an unknown number of";
    uint64_t departments, first;
    uint64_t users = account_user_count(account, dir, what);
    if (!account_department_count(account, dir, what, &departments)) {
        account->own.most = account->one.most = COST_UNKNOWN;
        return;
    }
    bool given = tree_options_departments(&account->options->tree, dir->ids, 0, &first) > 0;
    struct cost own = account_users_cost(account, departments, users, given);
    cost_add(&account->own, &own);
    /* Each department that is given costs one call for its record. */
    if (given)
        cost_add(&account->walk, &(struct cost){departments, departments});
    if (users != COST_UNKNOWN)
        snprintf(users_text, sizeof users_text, "%" PRIu64, users);
    report_add(&account->report, FINDING_OK, what, NULL,
               "%" PRIu64 ": %" PRIu64 " department%s%s, %s users in all", dir->ids[0],
               departments, departments == 1 ? "" : "s", given ? " shown" : "", users_text);
    uint64_t everybody = account_everybody(account, dir, users);
    struct cost one = account_users_cost(account, 1, everybody, false);
    if (account->options->tree.show_everybody)
        cost_add(&account->walk, &one);
    cost_add(&account->one, &one);
    /* A department without users is asked for itself. */
    cost_add(&account->one, &(struct cost){0, departments > 0 ? departments - 1 : 0});
}

bool account_each(struct account *account, const char *what,
                  void (*look)(struct account *account, struct dir *organization,
                               const char *what))
{
    struct dir *dir = dir_child(account->layers.tree.root, DIR_ORGANIZATIONS, 0);
    if (!account->answered || !dir)
        return false;
    /* Its time may be over by now, but it is what the key was tried with. */
    const struct snapshot *snapshot = dir->listing ? cache_held(dir->listing) : NULL;
    if (dir->listing && !snapshot) {
        snapshot = account_fetch(account, dir->listing, what, "organizations");
        if (!snapshot)
            return false;
    }
    int64_t count = entry_count(dir, snapshot);
    if (count < 0)
        report_add(&account->report, FINDING_PROBLEM, what, "give organizations=N",
                   "the record of the user says none");
    dir->uses++; /* a look may take long, and the tree lets go of what nothing needs */
    for (int64_t i = 0; i < count; i++) {
        struct dir_entry entry;
        if (entry_at(dir, snapshot, (size_t)i, &entry))
            continue;
        entry.child->uses++;
        look(account, entry.child, what);
        entry.child->uses--;
    }
    dir->uses--;
    return count >= 0;
}

void account_look(struct account *account, const char *what)
{
    if (!account_each(account, what, account_organization))
        account->own.most = account->one.most = COST_UNKNOWN;
}

/* What the other way of reading the users would cost, if that is less; else NULL. */
static const char *account_cheaper(const struct account *account, char text[static 256])
{
    const struct cost *one = &account->one, *own = &account->own;
    if (one->most == COST_UNKNOWN || own->most == COST_UNKNOWN)
        return NULL;
    if (!account->one_list && 2 * one->least <= own->least) {
        snprintf(text, 256,
                 "with one_list the users take %" PRIu64 " calls in place of %" PRIu64
                 ", and one for each department without users; qpfs --check --compare tells "
                 "whether it may be used",
                 one->least, own->least);
        return text;
    }
    if (account->one_list && own->most < one->least) {
        snprintf(text, 256,
                 "without one_list the users take %" PRIu64 " calls at most, and not %" PRIu64,
                 own->most, one->least);
        return text;
    }
    return NULL;
}

/* The calls made here are those of a mount and a walk, but for the lists of users. The trial of
 * a mount of given departments is the record of one of them, which is counted with those. */
void account_tell_cost(struct account *account, const char *what)
{
    struct cost *walk = &account->walk;
    char text[256], range[32] = "";
    const char *cheaper = account_cheaper(account, text);
    if (!account->answered)
        return;
    cost_add(walk, account->one_list ? &account->one : &account->own);
    uint64_t made = account->layers.client->queue.requests;
    made -= account->beside + (account->options->tree.department_count > 0);
    cost_add(walk, &(struct cost){made, made});
    bool known = walk->most != COST_UNKNOWN;
    if (known && walk->most != walk->least)
        snprintf(range, sizeof range, " to %" PRIu64, walk->most);
    report_add(&account->report, known ? FINDING_OK : FINDING_NOTE, what, cheaper,
               "a mount and a walk through everything (ls -R, rsync) cost %s%" PRIu64
               "%s calls",
               known ? "" : "at least ", walk->least, range);
}
