/* The promise that counts, at random: a list that succeeds names everybody who stayed. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "fake_client.h"
#include "fake_server.h"
#include "fake_work.h"
#include "pager_run.h"
#include "plan_calls.h"

/*
 * Whatever is removed from and added to the account between any two answers, in whatever stable
 * order it is shown, and whatever old answer a cache gives: a pager that succeeds names
 * everybody who was there throughout, and nobody twice. It makes no more calls than it may.
 */
enum order { BY_ID, BY_ID_DOWN, BY_ANYTHING };

/* IDs of the first people lie so far apart that others fit between them. */
enum { GAP = 32, USERS_MAX = 400, IDS = 1 << 16, OLD_MAX = 3 };

struct world {
    enum order order;
    unsigned changes; /* of a hundred answers, so many have a change before them */
    unsigned old;     /* and so many are an old copy */
    unsigned parallel;
    size_t users;
    size_t most; /* people that there were at once */
    bool keeps_sizes;
    uint64_t too_large; /* from some answer on, pages of more than this are refused; 0: never */
};

static struct fake_server server;
static struct fake_server old[OLD_MAX]; /* as it was */
static size_t old_count;
static struct pager_run run;
static bool known[IDS], moved[IDS]; /* by ID: has ever been there; was not there throughout */
static uint64_t next_id;
static unsigned seed;

static size_t below(size_t limit)
{
    return (size_t)rand_r(&seed) % limit;
}

/* There would be thousands of lines. */
void __wrap_log_line_about(enum log_level level, const struct log_about *about,
                           const char *format, ...);

void __wrap_log_line_about(enum log_level level, const struct log_about *about,
                           const char *format, ...)
{
    (void)level;
    (void)about;
    (void)format;
}

/* -------- the account -------- */

static void someone_goes(void)
{
    if (server.count == 0)
        return;
    size_t position = below(server.count);
    moved[server.ids[position]] = true;
    fake_server_remove(&server, position);
}

/* An ID that stands at POSITION in this order, or 0 if there is no room for one. */
static uint64_t id_for(enum order order, size_t position)
{
    uint64_t before = position > 0 ? server.ids[position - 1] : 0;
    uint64_t after = position < server.count ? server.ids[position] : 0;
    if (order == BY_ANYTHING)
        return next_id++;
    if (order == BY_ID_DOWN) {
        uint64_t swap = before ? before : next_id;
        before = after;
        after = swap;
    }
    if (after == 0)
        after = next_id;
    uint64_t id = before + (after - before) / 2;
    return id > before && id < after ? id : 0;
}

static void someone_comes(const struct world *world)
{
    static const size_t ends = 2;
    size_t position = below(ends + 1) == 0   ? 0
                      : below(ends + 1) == 0 ? server.count
                                             : below(server.count + 1);
    uint64_t id = id_for(world->order, position);
    if (id == 0 || id >= IDS || server.count >= USERS_MAX * 2)
        return;
    moved[id] = known[id] = true;
    fake_server_add(&server, position, id);
}

static void change(const struct world *world)
{
    size_t kind = below(4);
    for (size_t burst = below(12) == 0 ? below(30) : 1; burst > 0; burst--) {
        if (kind != 0)
            someone_goes();
        if (kind != 1)
            someone_comes(world);
    }
}

static void remember_old(void)
{
    if (old_count < OLD_MAX)
        old[old_count++] = server;
}

static void shuffle(void)
{
    for (size_t i = server.count; i > 1; i--) {
        size_t j = below(i);
        uint64_t id = server.ids[i - 1];
        server.ids[i - 1] = server.ids[j];
        server.ids[j] = id;
    }
}

static void begin(const struct world *world)
{
    memset(known, 0, sizeof known);
    memset(moved, 0, sizeof moved);
    server.count = 0;
    for (size_t i = 0; i < world->users; i++) {
        uint64_t id = (world->order == BY_ID_DOWN ? world->users - i : i + 1) * GAP;
        known[id] = true;
        fake_server_add(&server, i, id);
    }
    next_id = (world->users + 2) * GAP;
    if (world->order == BY_ANYTHING)
        shuffle();
    old_count = 0;
    if (world->old > 0) {
        remember_old();
        change(world);
    }
}

/* -------- one list -------- */

static void answer_one(struct world *world)
{
    unsigned index = (unsigned)below(fake_calls_waiting());
    if (below(100) < world->changes) {
        if (world->old > 0 && below(3) == 0)
            remember_old();
        change(world);
    }
    if (server.count > world->most)
        world->most = server.count;
    bool is_old = old_count > 0 && below(100) < world->old;
    if (world->too_large > 0 && below(8) == 0)
        server.too_large = world->too_large;
    fake_server_answer(is_old ? &old[below(old_count)] : &server, index);
}

/* Until nothing waits: answers come, and those that came are decoded, in any order. */
static void go_on(struct world *world)
{
    fake_work_hold(below(2) == 0);
    while (fake_calls_waiting() > 0 || fake_work_step()) {
        if (fake_calls_waiting() == 0 || (below(3) > 0 && fake_work_step()))
            continue;
        answer_one(world);
    }
    fake_work_hold(false);
}

static bool is_in_result(uint64_t id)
{
    size_t low = 0, high = run.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (run.records[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < run.count && run.records[low]->id == id;
}

/* Where pages can't overlap, each is read up to three times, beside what was tried before. */
static bool was_read_twice(void)
{
    return run.quirks.sizes == PLAN_ONE_SIZE || strstr(run.why, "can't overlap");
}

/* Where pages can't overlap, twice.h says who can be missed. */
static void check_people(const struct world *world, unsigned began)
{
    assert_int_equal(run.done, 1);
    for (size_t i = 1; i < run.count; i++)
        assert_true(run.records[i - 1]->id < run.records[i]->id);
    for (size_t i = 0; i < run.count; i++)
        assert_true(known[run.records[i]->id]);
    if (run.error || was_read_twice())
        return;
    for (uint64_t id = 1; id < next_id && id < IDS; id++) {
        if (known[id] && !moved[id] && !is_in_result(id))
            fail_msg("user %u of %zu is missing, in order %d, with seed %u", (unsigned)id,
                     world->users, world->order, began);
    }
}

static void check_calls(const struct world *world, uint64_t per_page, unsigned began)
{
    uint64_t size = server.clamp < per_page ? server.clamp : per_page;
    if (server.too_large > 0 && server.too_large < size)
        size = server.too_large / 2 + 1; /* halved, and the largest window was smaller */
    /* Rounder sizes, which were tried in vain or not, take more windows. */
    uint64_t planned = plan_calls(world->most + 2 * size, size, PLAN_ANY_SIZE) * 3 / 2;
    uint64_t most = planned + planned / 2 + 10 + (world->keeps_sizes ? 0 : 3);
    if (was_read_twice())
        most += 3 * (plan_pages(world->most, size) + 1);
    if (server.too_large > 0) /* each time it is halved, what is in flight is given up */
        most += 6 * world->parallel;
    if (fake_calls_made() > most)
        fail_msg("%u calls for %zu users by %u, of at most %u, with seed %u", fake_calls_made(),
                 world->most, (unsigned)size, (unsigned)most, began);
}

/* Returns whether it succeeded. */
static bool play(struct world *world, uint64_t per_page)
{
    unsigned began = seed;
    begin(world);
    world->most = world->users > server.count ? world->users : server.count;
    fake_client_reset();
    pager_run_start(&run, ENDPOINT_USERS, per_page, world->parallel);
    go_on(world);
    check_people(world, began);
    check_calls(world, per_page, began);
    bool success = run.error == 0;
    pager_run_finish(&run);
    return success;
}

/* -------- many of them -------- */

/* The sanitizers make a round ten times as slow, and look for other things than rare ones. */
#ifdef __SANITIZE_ADDRESS__
#define ROUNDS_DIVISOR 8
#else
#define ROUNDS_DIVISOR 1
#endif

/* QPFS_MODEL_ROUNDS times as many, from a seed of its own: for a soak. */
static unsigned rounds_of(unsigned rounds)
{
    const char *more = getenv("QPFS_MODEL_ROUNDS");
    unsigned times = more ? (unsigned)strtoul(more, NULL, 10) : 1;
    if (times > 1)
        seed += times * 7919;
    return rounds / ROUNDS_DIVISOR * (times > 0 ? times : 1);
}

static void draw_manners(bool keeps_sizes)
{
    static const uint64_t clamps[] = {8, 9, 10, 20, 33, 50};
    static const uint64_t steps[] = {0, 5, 10, 25};
    memset(&server, 0, sizeof server);
    server.clamp = clamps[below(LENGTH(clamps))];
    server.silent = below(2) == 0;
    server.no_totals = below(3) == 0;
    if (!keeps_sizes) {
        server.step = steps[below(LENGTH(steps))];
        server.rounds_down = below(2) == 0;
        if (server.step > server.clamp || server.clamp % (server.step ? server.step : 1))
            server.step = 0;
    }
}

/* Returns how many of a hundred lists succeeded. */
static unsigned play_shrinking(unsigned rounds, bool keeps_sizes, unsigned changes,
                               unsigned olds, bool shrinks)
{
    unsigned successes = 0;
    for (unsigned round = 0; round < rounds; round++) {
        draw_manners(keeps_sizes);
        struct world world = {
            .order = (enum order)below(3),
            .changes = changes ? (unsigned)below(changes) : 0,
            .old = olds ? (unsigned)below(olds) : 0,
            .keeps_sizes = keeps_sizes,
            .parallel = 1 + (unsigned)below(6),
            .users = below(below(4) ? 120 : USERS_MAX),
            .too_large = shrinks ? 6 + below(30) : 0,
        };
        /* A service that clamps without a word is asked for no more than it gives, where it
         * says no totals: nobody could tell its clamp from the end. */
        uint64_t per_page = server.silent ? server.clamp : server.clamp + below(100);
        successes += play(&world, per_page);
    }
    return successes * 100 / rounds;
}

static unsigned play_many(unsigned rounds, bool keeps_sizes, unsigned changes, unsigned olds)
{
    return play_shrinking(rounds, keeps_sizes, changes, olds, false);
}

TEST(pager_misses_nobody_who_stays_while_few_change)
{
    seed = 11;
    assert_between(play_many(rounds_of(40000), true, 10, 0), 90, 99);
}

TEST(pager_misses_nobody_who_stays_while_many_change)
{
    seed = 13;
    assert_between(play_many(rounds_of(30000), true, 70, 0), 40, 99);
}

TEST(pager_misses_nobody_where_a_cache_gives_old_answers)
{
    seed = 17;
    assert_between(play_many(rounds_of(30000), true, 20, 30), 40, 99);
}

TEST(pager_misses_nobody_where_sizes_are_not_kept)
{
    seed = 19;
    assert_between(play_many(rounds_of(20000), false, 10, 10), 40, 99);
}

TEST(pager_misses_nobody_where_pages_become_too_large)
{
    seed = 31;
    assert_between(play_shrinking(rounds_of(20000), true, 10, 10, true), 40, 99);
}

TEST(pager_brings_everyone_though_pages_become_too_large)
{
    seed = 37;
    assert_int_equal(play_shrinking(rounds_of(5000), true, 0, 0, true), 100);
}

TEST(pager_brings_everyone_where_nobody_comes_or_goes)
{
    seed = 23;
    assert_int_equal(play_many(rounds_of(5000), true, 0, 0), 100);
}

/* 30,000 people at 100 a page, of which somebody comes each 40 seconds at 300 calls a minute,
 * is a change each 200 calls. Here is one each 20. */
TEST(pager_reads_a_busy_list_with_few_calls_more)
{
    enum { PEOPLE = 6000, SIZE = 20 };
    seed = 29;
    for (int round = 0; round < 3; round++) {
        struct world world = {.order = BY_ANYTHING, .parallel = 4, .changes = 0, .users = 0};
        memset(&server, 0, sizeof server);
        server.clamp = SIZE;
        begin(&world);
        for (size_t place = 0; place < PEOPLE; place++)
            fake_server_add(&server, place, place + 1);
        fake_client_reset();
        pager_run_start(&run, ENDPOINT_USERS, SIZE, 4);
        for (unsigned calls = 0; fake_calls_waiting() > 0; calls++) {
            if (calls % 20 == 19)
                fake_server_add(&server, below(server.count), PEOPLE + 1 + calls);
            fake_server_answer(&server, 0);
        }
        assert_string_equal(run.why, "");
        assert_true(run.count >= PEOPLE);
        assert_true(fake_calls_made() <= 13 * plan_calls(PEOPLE, SIZE, PLAN_ANY_SIZE) / 10);
        pager_run_finish(&run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pager_misses_nobody_who_stays_while_few_change),
        cmocka_unit_test(pager_misses_nobody_who_stays_while_many_change),
        cmocka_unit_test(pager_misses_nobody_where_a_cache_gives_old_answers),
        cmocka_unit_test(pager_misses_nobody_where_sizes_are_not_kept),
        cmocka_unit_test(pager_misses_nobody_where_pages_become_too_large),
        cmocka_unit_test(pager_brings_everyone_though_pages_become_too_large),
        cmocka_unit_test(pager_brings_everyone_where_nobody_comes_or_goes),
        cmocka_unit_test(pager_reads_a_busy_list_with_few_calls_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
