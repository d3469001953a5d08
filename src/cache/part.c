/* Takes the list of a department out of that of its organization, for -o one_list. */
#include "cache/part.h"

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/number.h"
#include "base/objects.h"
#include "cache/roll.h"
#include "json/arrange.h"

/* People that are taken over in a step. */
#define PART_STEP 1024

/* The most people of a department who are compared. */
#define PART_COMPARED_MAX 4096

/* -------- what was shown last -------- */

/* The IDs of those whom a department showed. */
struct part_shown {
    uint64_t department;
    int64_t began_ms; /* that list was asked for */
    uint64_t *ids;    /* ascending */
    size_t count;
};

static struct part_shown *parts_find(const struct parts *parts, uint64_t department)
{
    const struct part_shown wanted = {.department = department};
    void *found = tfind(&wanted, &parts->shown, number_compare);
    return found ? *(struct part_shown **)found : NULL;
}

static struct part_shown *parts_get(struct parts *parts, uint64_t department)
{
    struct part_shown *shown = parts_find(parts, department);
    if (shown)
        return shown;
    shown = calloc(1, sizeof *shown);
    if (!shown)
        return NULL;
    shown->department = department;
    if (!tsearch(shown, &parts->shown, number_compare)) {
        free(shown);
        return NULL;
    }
    return shown;
}

static void part_free_shown(void *node)
{
    struct part_shown *shown = node;
    free(shown->ids);
    free(shown);
}

void parts_finish(struct parts *parts)
{
    tdestroy(parts->shown, part_free_shown);
    parts->shown = NULL;
}

bool parts_are_idle(const struct parts *parts)
{
    return !parts->shown;
}

int parts_remember(struct parts *parts, uint64_t department, const struct snapshot *snapshot)
{
    struct part_shown *shown = parts_get(parts, department);
    if (!shown)
        return -ENOMEM;
    uint64_t *ids = shown->ids;
    if (shown->count < snapshot->count) {
        ids = reallocarray(ids, snapshot->count, sizeof *ids);
        if (!ids)
            return -ENOMEM;
    }
    for (size_t i = 0; i < snapshot->count; i++)
        ids[i] = snapshot->records[i]->id;
    shown->ids = ids;
    shown->count = snapshot->count;
    shown->began_ms = snapshot->began_ms;
    return 0;
}

/* Return the first of SHOWN who is not in GROUP; 0: all are. */
static uint64_t part_missed(const struct part_shown *shown, const struct roll_group *group)
{
    size_t at = 0;
    for (size_t i = 0; i < shown->count; i++) {
        while (at < group->count && group->records[at]->id < shown->ids[i])
            at++;
        if (at == group->count || group->records[at]->id != shown->ids[i])
            return shown->ids[i];
    }
    return 0;
}

/* -------- who is in no department that is listed -------- */

void parts_log_outside(struct parts *parts, const struct snapshot *whole,
                       const struct snapshot *listed, const char *path)
{
    const struct roll *roll = roll_find(whole);
    uint64_t outside = 0;
    if (!roll || !listed || parts->outside_ms == whole->fetched_ms)
        return;
    for (const struct roll_group *group = roll_first(roll); group; group = group->next) {
        if (!snapshot_find(listed, group->department))
            outside += group->count;
    }
    if (outside > 0 && outside != parts->outside)
        log_info("%s: %" PRIu64 " people are in no department that is listed, and are to be "
                 "found there alone",
                 path, outside);
    parts->outside = outside;
    parts->outside_ms = whole->fetched_ms;
}

/* -------- what pays -------- */

static void parts_begin_ttl(struct parts *parts, const struct holding *whole)
{
    const struct fetch_source *source = whole->fetch.source;
    if (clock_ms() - parts->began_ms > source->ttl_ms)
        parts_forget_calls(parts, whole);
}

void parts_forget_calls(struct parts *parts, const struct holding *whole)
{
    parts->began_ms = clock_ms();
    parts->singles = whole->fetch.source->single_calls;
    parts->calls = 0;
}

void parts_count_calls(struct parts *parts, const struct holding *whole, uint64_t count)
{
    parts_begin_ttl(parts, whole);
    parts->calls += count;
}

bool parts_pay_whole(struct parts *parts, const struct holding *whole, uint64_t price)
{
    parts_begin_ttl(parts, whole);
    uint64_t singles = whole->fetch.source->single_calls - parts->singles;
    return price > 0 && parts->calls + singles + 1 >= price;
}

/* -------- taking it out -------- */

static void part_end(struct part *part, enum part_verdict verdict)
{
    struct snapshot *source = part->source;
    part->running = false;
    part->done(part, verdict);
    /* The owner may have begun anew meanwhile. */
    snapshot_unref(source);
}

static void part_fail(struct part *part, int error, const char *why)
{
    part->error = error;
    part->why = why;
    part_end(part, PART_FAILED);
}

/* Return whether the department has to be asked by its own list. */
static bool part_asks_own(struct part *part, const struct roll *roll,
                          const struct roll_group *group)
{
    const struct part_shown *shown = parts_find(part->parts, part->department);
    part_forget(part);
    if (!group)
        return true;
    if (shown && shown->began_ms > part->source->began_ms)
        return true;
    if (shown)
        part->missed = part_missed(shown, group);
    part->comparing = !part->parts->agree && !part->refused && roll_group(roll, 0);
    return part->missed || part->comparing;
}

static int part_take_step(struct part *part, const struct roll_group *group)
{
    if (!part->records) {
        part->records = calloc(group->count, sizeof(struct record *));
        if (!part->records)
            return -ENOMEM;
    }
    for (int i = 0; i < PART_STEP && part->count < group->count; i++) {
        struct record *record = record_ref(group->records[part->count]);
        part->records[part->count++] = holding_keep(&part->own->fetch, record);
    }
    return part->count < group->count;
}

static void part_take(void *data)
{
    struct part *part = data;
    const struct roll *roll = roll_find(part->source);
    const struct roll_group *group = roll_group(roll, part->department);
    if (!part->records && part_asks_own(part, roll, group)) {
        part_end(part, PART_OWN);
        return;
    }
    int more = part_take_step(part, group);
    if (more > 0)
        loop_work_start(part->whole->fetch.source->loop, &part->work, part_take, part);
    else if (more < 0)
        part_fail(part, more, "out of memory");
    else
        part_end(part, PART_TAKEN);
}

static void part_on_sorted(struct derived_waiter *waiter, int error)
{
    struct part *part = container_of(waiter, struct part, derived);
    if (error)
        part_fail(part, error, "out of memory");
    else
        part_take(part);
}

static void part_sort(void *data)
{
    struct part *part = data;
    struct loop *loop = part->whole->fetch.source->loop;
    part->derived.made = part_on_sorted;
    if (roll_find(part->source))
        part_take(part);
    else if (derived_wait(loop, part->source, &roll_kind, &part->derived))
        part_fail(part, -ENOMEM, "out of memory");
}

static void part_on_whole(struct waiter *waiter, struct snapshot *snapshot, int error,
                          const char *why)
{
    struct part *part = container_of(waiter, struct part, waiter);
    if (error) {
        part_fail(part, error, why);
        return;
    }
    part->source = snapshot_ref(snapshot);
    part_sort(part);
}

/* The list of everybody has only just failed. */
static void part_fail_later(void *data)
{
    struct part *part = data;
    part_fail(part, part->error, "the list of all users has only just failed");
}

void part_start(struct part *part)
{
    struct loop *loop = part->whole->fetch.source->loop;
    struct snapshot *held = holding_fresh(part->whole);
    part->running = true;
    part->source = NULL;
    part->records = NULL;
    part->count = 0;
    part->waiter.done = part_on_whole;
    part->waiter.id = 0;
    if (held) {
        part->source = snapshot_ref(held);
        loop_work_start(loop, &part->work, part_sort, part);
        return;
    }
    part->error = holding_join(part->whole, &part->waiter, 0);
    if (part->error)
        loop_work_start(loop, &part->work, part_fail_later, part);
}

void part_stop(struct part *part, bool abandon)
{
    if (!part->running)
        return;
    part->running = false;
    waiter_cancel(&part->waiter, abandon);
    derived_waiter_cancel(&part->derived, abandon);
    loop_work_stop(&part->work);
    part_drop(part);
    snapshot_unref(part->source);
    part->source = NULL;
}

void part_drop(struct part *part)
{
    record_unref_all(part->records, part->count);
    part->records = NULL;
    part->count = 0;
}

void part_forget(struct part *part)
{
    part->comparing = false;
    part->missed = 0;
}

/* -------- do both lists say the same? -------- */

/* What was found of those who are compared. */
struct part_tally {
    size_t same, changed;
    const char *wrong; /* what can't be a change; or NULL */
};

/* Return whether the department was asked by its own list because somebody was missing, and ID
 * was shown before. */
static bool part_was_shown(const struct part *part, uint64_t id)
{
    const struct part_shown *shown =
        part->missed ? parts_find(part->parts, part->department) : NULL;
    return shown && shown->count > 0 &&
           bsearch(&id, shown->ids, shown->count, sizeof id, number_compare);
}

static void part_compare_one(const struct part *part, const struct record *own,
                             const struct record *other, struct part_tally *tally)
{
    bool shown_before = own->id == part->missed || part_was_shown(part, own->id);
    if (!other) {
        if (part->comparing || shown_before)
            tally->wrong = "it leaves out people who are in a department";
    } else if (record_equals(own, other)) {
        tally->same++;
    } else if (!arrange_same_shape(own, other)) {
        tally->wrong = "it writes people in another form than the list of their department";
    } else if (roll_department(other) == 0 && roll_department(own) != 0) {
        tally->wrong = "it says of people in a department that they are in none";
    } else if (shown_before) {
        tally->wrong = "it says another department than the list of that";
    } else {
        tally->changed++;
    }
}

const char *part_compare(struct part *part, const struct snapshot *own)
{
    const struct snapshot *whole = holding_fresh(part->whole);
    struct part_tally tally = {.wrong = NULL};
    size_t hint = 0, step = own->count / PART_COMPARED_MAX + 1;
    if (!whole)
        return NULL;
    const struct record *missed = part->missed ? snapshot_find(own, part->missed) : NULL;
    if (missed)
        part_compare_one(part, missed, snapshot_find(whole, missed->id), &tally);
    for (size_t i = 0; i < own->count && !tally.wrong; i += step) {
        const struct record *record = own->records[i];
        part_compare_one(part, record, snapshot_find_next(whole, record->id, &hint), &tally);
    }
    if (!tally.wrong && tally.changed > tally.same)
        tally.wrong = "it says of most people something else than the list of their department";
    /* Where nobody is the same, nothing was compared. */
    part->parts->agree |= part->comparing && !tally.wrong && tally.same > 0;
    part_forget(part);
    part->refused = false;
    return tally.wrong;
}
