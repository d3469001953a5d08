/* Compares the list of everybody of an organization with those of its departments. */
#include "program/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cache/roll.h"
#include "json/arrange.h"

/* How a person can stand in one list and not so in the other. */
enum compare_kind {
    COMPARE_LEFT_OUT,
    COMPARE_NOWHERE,
    COMPARE_ELSEWHERE,
    COMPARE_FORM,
    COMPARE_VALUE,
    COMPARE_ONLY_THERE,
    COMPARE_OUTSIDE,
    COMPARE_KINDS
};

static const char *const compare_texts[COMPARE_KINDS] = {
    [COMPARE_LEFT_OUT] = "the list of all users leaves out people of a department",
    [COMPARE_NOWHERE] = "the list of all users puts people of a department into none",
    [COMPARE_ELSEWHERE] = "the list of all users says another department than the list of that",
    [COMPARE_FORM] = "the list of all users writes people in another form",
    [COMPARE_VALUE] = "the list of all users says something else of people",
    [COMPARE_ONLY_THERE] = "the list of all users says a department whose list has them not",
    [COMPARE_OUTSIDE] = "people are in no department that is listed",
};

/* One whom both lists do not show alike. */
struct compare_person {
    uint64_t id;
    uint64_t department; /* whose list it is about; 0: none */
};

struct compare_people {
    struct compare_person *at;
    size_t count, room;
};

struct compare {
    struct account *account;
    const char *what;
    struct dir *organization;
    struct snapshot *all; /* held */
    bool *seen;           /* of each of them: a department has them */
    struct compare_people kinds[COMPARE_KINDS];
    bool failed; /* something could not be read, or memory is out */
};

static void compare_note(struct compare *compare, enum compare_kind kind, uint64_t id,
                         uint64_t department)
{
    struct compare_people *people = &compare->kinds[kind];
    if (people->count == people->room) {
        size_t room = people->room ? 2 * people->room : 64;
        struct compare_person *at = reallocarray(people->at, room, sizeof *at);
        if (!at) {
            compare->failed = true;
            return;
        }
        people->at = at;
        people->room = room;
    }
    people->at[people->count++] = (struct compare_person){id, department};
}

/* -------- reading -------- */

static void compare_record(struct compare *compare, uint64_t department,
                           const struct record *own)
{
    size_t index;
    if (!snapshot_place(compare->all, own->id, &index)) {
        compare_note(compare, COMPARE_LEFT_OUT, own->id, department);
        return;
    }
    const struct record *other = compare->all->records[index];
    uint64_t said = roll_department(other);
    compare->seen[index] = true;
    if (said == 0)
        compare_note(compare, COMPARE_NOWHERE, own->id, department);
    else if (said != department)
        compare_note(compare, COMPARE_ELSEWHERE, own->id, department);
    else if (!arrange_same_shape(own, other))
        compare_note(compare, COMPARE_FORM, own->id, department);
    else if (!record_equals(own, other))
        compare_note(compare, COMPARE_VALUE, own->id, department);
}

static void compare_department(struct compare *compare, struct dir *department)
{
    struct dir *users = dir_child(department, DIR_USERS, 0);
    struct snapshot *own =
        account_fetch(compare->account, users ? users->listing : NULL, compare->what, NULL);
    if (!own) {
        compare->failed = true;
        return;
    }
    snapshot_ref(own);
    for (size_t i = 0; i < own->count; i++)
        compare_record(compare, department->ids[1], own->records[i]);
    snapshot_unref(own);
}

/* Who is in the list of all users alone. */
static void compare_rest(struct compare *compare, const struct dir *departments,
                         const struct snapshot *listed)
{
    for (size_t i = 0; i < compare->all->count; i++) {
        const struct record *record = compare->all->records[i];
        uint64_t said = roll_department(record);
        if (compare->seen[i])
            continue;
        bool known = said && dir_lists_id(departments, listed, said) == 0;
        compare_note(compare, known ? COMPARE_ONLY_THERE : COMPARE_OUTSIDE, record->id, said);
    }
}

static void compare_listed(struct compare *compare, struct dir *departments,
                           const struct snapshot *listed)
{
    int64_t count = dir_listed_count(departments, listed);
    compare->failed = count < 0;
    for (int64_t i = 0; i < count && !compare->failed; i++) {
        uint64_t id;
        struct dir *department = dir_listed_id(departments, listed, (size_t)i, &id) == 0
                                     ? dir_child(departments, DIR_DEPARTMENT, id)
                                     : NULL;
        if (department)
            compare_department(compare, department);
        else
            compare->failed = true;
    }
    if (!compare->failed)
        compare_rest(compare, departments, listed);
}

/* The list of all users may have taken so long that the one of departments is not held any
 * more. */
static void compare_departments(struct compare *compare)
{
    struct dir *departments = dir_child(compare->organization, DIR_DEPARTMENTS, 0);
    struct listing *listing = departments ? departments->listing : NULL;
    struct snapshot *held = listing ? cache_held(listing) : NULL;
    if (listing && !held)
        held = account_fetch(compare->account, listing, compare->what, NULL);
    if (!departments || (listing && !held)) {
        compare->failed = true;
        return;
    }
    if (held)
        snapshot_ref(held);
    compare_listed(compare, departments, held);
    snapshot_unref(held);
}

/* -------- what was found -------- */

/* A finding has room for so many, however long their IDs are. */
#define COMPARE_LINE 16

static void compare_tell_people(const struct compare *compare, enum compare_kind kind)
{
    const struct compare_people *people = &compare->kinds[kind];
    enum finding_state bad = compare->account->one_list ? FINDING_PROBLEM : FINDING_WARNING;
    for (size_t from = 0; from < people->count; from += COMPARE_LINE) {
        char text[COMPARE_LINE * 48], *out = text;
        for (size_t i = from; i < people->count && i < from + COMPARE_LINE; i++) {
            const struct compare_person *one = &people->at[i];
            out += sprintf(out, " %" PRIu64, one->id);
            if (one->department)
                out += sprintf(out, " (in %" PRIu64 ")", one->department);
        }
        report_add(&compare->account->report, kind == COMPARE_OUTSIDE ? FINDING_NOTE : bad,
                   compare->what, NULL, "%" PRIu64 ": %s:%s", compare->organization->ids[0],
                   compare_texts[kind], text);
    }
}

static void compare_tell_verdict(const struct compare *compare)
{
    struct report *report = &compare->account->report;
    uint64_t id = compare->organization->ids[0];
    size_t different = 0;
    for (int kind = 0; kind < COMPARE_OUTSIDE; kind++)
        different += compare->kinds[kind].count;
    if (compare->failed)
        report_add(report, FINDING_WARNING, compare->what, "leave one_list out until it can be",
                   "%" PRIu64 ": not all could be read, so nothing was compared to its end",
                   id);
    else if (different == 0)
        report_add(report, FINDING_OK, compare->what, NULL,
                   "%" PRIu64 ": both ways show the same; one_list may be used here", id);
    else
        report_add(report, compare->account->one_list ? FINDING_PROBLEM : FINDING_WARNING,
                   compare->what,
                   "leave one_list out; if the account has changed meanwhile, compare again",
                   "%" PRIu64
                   ": the two ways differ in %zu people; one_list may not be used here",
                   id, different);
}

static void compare_read(struct compare *compare, struct snapshot *all)
{
    compare->all = snapshot_ref(all);
    compare->seen = calloc(all->count + 1, sizeof *compare->seen);
    compare->failed = !compare->seen;
    if (!compare->failed)
        compare_departments(compare);
    for (int kind = 0; kind < COMPARE_KINDS; kind++) {
        compare_tell_people(compare, (enum compare_kind)kind);
        free(compare->kinds[kind].at);
    }
    compare_tell_verdict(compare);
    free(compare->seen);
    snapshot_unref(compare->all);
}

void compare_organization(struct account *account, struct dir *organization, const char *what)
{
    struct compare compare = {.account = account, .what = what, .organization = organization};
    struct dir *everybody = dir_child(organization, DIR_EVERYBODY, 0);
    struct snapshot *all =
        account_fetch(account, everybody ? everybody->listing : NULL, what, NULL);
    if (all)
        compare_read(&compare, all);
}
