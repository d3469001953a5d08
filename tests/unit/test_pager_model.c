#include "unit.h"

#include <stdlib.h>

#include "base/log.h"
#include "fake_client.h"
#include "fake_server.h"
#include "fake_work.h"
#include "pager_run.h"

/*
 * The promise that counts: whatever is removed from and added to the account between any two
 * answers, a pager that succeeds names everyone who was there throughout, and nobody twice.
 */
enum { USERS_MAX = 400, PAGE = 20 };

static struct fake_server server;
static struct pager_run run;
static bool left[1 << 16]; /* by ID: was not there throughout */
static uint64_t next_id;
static unsigned seed;
static bool says_no_totals;

static size_t below(size_t limit)
{
    return (size_t)rand_r(&seed) % limit;
}

/* There would be thousands of lines. */
void __wrap_log_line(enum log_level level, const char *format, ...);

void __wrap_log_line(enum log_level level, const char *format, ...)
{
    (void)level;
    (void)format;
}

enum place { AT_FRONT, AT_END, ANYWHERE };

static void someone_goes(enum place place)
{
    if (server.count == 0)
        return;
    size_t position = place == AT_FRONT ? 0
                      : place == AT_END ? server.count - 1
                                        : below(server.count);
    left[server.ids[position]] = true;
    fake_server_remove(&server, position);
}

static void someone_comes(enum place place)
{
    size_t position = place == AT_FRONT ? 0
                      : place == AT_END ? server.count
                                        : below(server.count + 1);
    left[next_id] = true;
    fake_server_add(&server, position, next_id++);
}

/* Someone goes, someone comes, both or neither. */
static void change(unsigned percent, enum place place)
{
    if (below(100) >= percent)
        return;
    size_t kind = below(4);
    if (kind != 0)
        someone_goes(place == ANYWHERE ? ANYWHERE : (enum place)below(3));
    if (kind != 1)
        someone_comes(place);
}

static void begin(size_t users)
{
    memset(left, 0, sizeof left);
    fake_server_init(&server, users, PAGE);
    server.no_totals = says_no_totals;
    next_id = users + 1;
}

static bool is_in_result(uint64_t id)
{
    for (size_t i = 0; i < run.count; i++) {
        if (run.records[i]->id == id)
            return true;
    }
    return false;
}

static void check_result(size_t users)
{
    assert_int_equal(run.done, 1);
    for (size_t i = 1; i < run.count; i++)
        assert_true(run.records[i - 1]->id < run.records[i]->id);
    for (uint64_t id = 1; id <= users && !run.error; id++) {
        if (!left[id] && !is_in_result(id))
            fail_msg("user %u of %zu is missing, with seed %u", (unsigned)id, users, seed);
    }
}

/* Until nothing waits: answers come, and those that came are decoded, in any order. */
static void go_on(unsigned percent, enum place place)
{
    fake_work_hold(below(2) == 0);
    while (fake_calls_waiting() > 0 || fake_work_step()) {
        if (fake_calls_waiting() == 0 || (below(3) > 0 && fake_work_step()))
            continue;
        change(percent, place);
        fake_server_answer(&server, (unsigned)below(fake_calls_waiting()));
    }
    fake_work_hold(false);
}

/* Runs a pager to its end; returns whether it succeeded. */
static bool play(size_t users, unsigned percent, enum place place)
{
    begin(users);
    fake_client_reset();
    pager_run_start(&run, ENDPOINT_USERS, PAGE, 1 + (unsigned)below(6));
    go_on(percent, place);
    check_result(users);
    bool success = run.error == 0;
    pager_run_finish(&run);
    return success;
}

/* The sanitizers make a round ten times as slow, and look for other things than rare ones. */
#ifdef __SANITIZE_ADDRESS__
#define ROUNDS_DIVISOR 6
#else
#define ROUNDS_DIVISOR 1
#endif

static void play_many(unsigned rounds, size_t least, size_t most, unsigned percent,
                      enum place place)
{
    unsigned successes = 0, failures = 0;
    seed = 11 + (unsigned)place;
    rounds /= ROUNDS_DIVISOR;
    for (unsigned round = 0; round < rounds; round++) {
        bool success = play(least + below(most - least), (unsigned)below(percent), place);
        successes += success;
        failures += !success;
    }
    assert_true(successes > rounds / 6); /* or nothing would have been seen */
    assert_true(failures > rounds / 100);
}

/* Lists short enough for pages that overlap: whoever comes, wherever, nobody is missed. */
TEST(pager_misses_nobody_who_stays_when_people_come_at_the_end)
{
    play_many(6000, 1, 70, 60, AT_END);
}

TEST(pager_misses_nobody_who_stays_when_people_come_at_the_front)
{
    play_many(6000, 1, 70, 60, AT_FRONT);
}

TEST(pager_misses_nobody_who_stays_when_people_come_anywhere)
{
    play_many(6000, 1, 70, 60, ANYWHERE);
}

/* Longer ones, of plain pages: that is promised where people come at one end. */
TEST(pager_misses_nobody_on_many_pages_when_people_come_at_the_end)
{
    play_many(3000, 200, USERS_MAX, 12, AT_END);
}

TEST(pager_misses_nobody_on_many_pages_when_people_come_at_the_front)
{
    play_many(3000, 200, USERS_MAX, 12, AT_FRONT);
}

/* The same where no total is said. */
TEST(pager_misses_nobody_without_totals_when_people_come_at_the_end)
{
    says_no_totals = true;
    play_many(3000, 1, 200, 20, AT_END);
    says_no_totals = false;
}

TEST(pager_brings_everyone_where_nobody_comes_or_goes)
{
    seed = 23;
    for (int round = 0; round < 1000; round++) {
        size_t users = below(USERS_MAX);
        assert_true(play(users, 0, ANYWHERE));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pager_misses_nobody_who_stays_when_people_come_at_the_end),
        cmocka_unit_test(pager_misses_nobody_who_stays_when_people_come_at_the_front),
        cmocka_unit_test(pager_misses_nobody_who_stays_when_people_come_anywhere),
        cmocka_unit_test(pager_misses_nobody_on_many_pages_when_people_come_at_the_end),
        cmocka_unit_test(pager_misses_nobody_on_many_pages_when_people_come_at_the_front),
        cmocka_unit_test(pager_misses_nobody_without_totals_when_people_come_at_the_end),
        cmocka_unit_test(pager_brings_everyone_where_nobody_comes_or_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
