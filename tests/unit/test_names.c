/* Tests the names of all links of a list, and how equal ones are told apart. */
#include "unit.h"

#include <stdio.h>

#include "base/loop.h"
#include "laid_out.h"
#include "view/name.h"
#include "view/names.h"

#define MEMBER "\"name\""

static const struct names_kind kind = {NAMES_BY("name")};

static struct loop *loop;
static struct snapshot *snapshot;
static struct names *names;
static struct derived_waiter waiter;
static bool made;

static int set_up(void **state)
{
    (void)state;
    loop = loop_create();
    snapshot = NULL;
    waiter = (struct derived_waiter){.derived = NULL};
    return loop ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    snapshot_unref(snapshot);
    loop_destroy(loop);
    return 0;
}

static void on_made(struct derived_waiter *of, int error)
{
    (void)of;
    assert_int_equal(error, 0);
    made = true;
}

static void begin(struct record **records, size_t count)
{
    struct record **held = calloc(count + 1, sizeof(struct record *));
    memcpy(held, records, count * sizeof(struct record *));
    snapshot_unref(snapshot);
    snapshot = snapshot_create(held, count, 0, 0);
    waiter.made = on_made;
    made = false;
    assert_int_equal(derived_wait(loop, snapshot, &kind.derived, &waiter), 0);
}

static void finish(void)
{
    while (!made)
        assert_int_equal(loop_turn(loop, 0), 0);
    names = names_find(snapshot, &kind);
    assert_non_null(names);
}

/* The snapshot of records with these names (NULL: none more), and IDs from 1 on. */
static void make(const char *const *texts)
{
    struct record *records[64];
    size_t count = 0;
    for (; texts[count]; count++)
        records[count] = laid_out_name(count + 1, texts[count]);
    begin(records, count);
    finish();
}

/* EXPECTED: names and IDs, in order. */
static void assert_names(const char *expected)
{
    char shown[2048] = "", one[NAME_SIZE + 32];
    for (size_t i = 0; i < names->count; i++) {
        const char *name;
        const struct record *record = names_at(names, i, &name);
        snprintf(one, sizeof one, "%s%s=%d", i ? " " : "", name, (int)record->id);
        strcat(shown, one);
        assert_ptr_equal(names_record(names, name), record);
    }
    assert_string_equal(shown, expected);
}

#define NAMES(...)                                                                             \
    (const char *const[])                                                                      \
    {                                                                                          \
        __VA_ARGS__, NULL                                                                      \
    }

TEST(names_are_in_order_of_their_bytes)
{
    make(NAMES("b", "a", "B", "a b", "\\u00e9", "a~", "aa", "-"));
    assert_names("-=8 B=3 a=2 a b=4 aa=7 a~=6 b=1 \xc3\xa9=5");
    assert_null(names_record(names, "c"));
    assert_null(names_record(names, "A"));
    assert_null(names_record(names, ""));
}

TEST(names_lack_records_without_a_name)
{
    make(NAMES("", "a", ""));
    assert_names("a=2");
    make(NAMES("", ""));
    assert_names("");
    make(NAMES(NULL));
    assert_names("");
}

TEST(names_that_are_the_same_all_get_their_id)
{
    make(NAMES("x", "y", "x", "x"));
    assert_names("x~1=1 x~3=3 x~4=4 y=2");
    make(NAMES("x", "X"));
    assert_names("X=2 x=1");
}

TEST(names_are_the_same_after_they_were_escaped)
{
    make(NAMES("a/b", "a%2Fb", ".", "%2E"));
    assert_names("%2E~3=3 %2E~4=4 a%2Fb~1=1 a%2Fb~2=2");
}

TEST(names_that_an_id_makes_the_same_are_told_apart_too)
{
    make(NAMES("x", "x", "x~1"));
    assert_names("x~1=1 x~1~3=3 x~2=2");
    make(NAMES("x", "x", "x~1", "x~1~3", "x~1~3~4", "x~1~3~4~6"));
    assert_names("x~1=1 x~1~3=3 x~1~3~4=4 x~1~3~4~5=5 x~1~3~4~6=6 x~2=2");
    make(NAMES("x~3", "x~3", "x", "x"));
    assert_names("x~3=3 x~3~1=1 x~3~2=2 x~4=4");
}

/* -------- beside a simple model -------- */

#define MODEL_MAX 200

struct model_name {
    uint64_t id;
    bool apart;
    char text[NAME_SIZE];
};

static void model_name_set(struct model_name *name)
{
    const struct record *record = snapshot_find(snapshot, name->id);
    if (name->apart)
        name_of_link_with_id(record, MEMBER, name->text);
    else
        name_of_link(record, MEMBER, NAME_SIZE - 1, name->text);
}

/* In rounds, until no two are the same. */
static bool model_round(struct model_name *model, size_t count)
{
    bool same[MODEL_MAX] = {false}, changed = false;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++)
            same[i] |= i != j && strcmp(model[i].text, model[j].text) == 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (!same[i] || model[i].apart)
            continue;
        model[i].apart = true;
        changed = true;
        model_name_set(&model[i]);
    }
    return changed;
}

static int model_compare(const void *a, const void *b)
{
    return strcmp(((const struct model_name *)a)->text, ((const struct model_name *)b)->text);
}

static void assert_names_as_in_the_model(void)
{
    static struct model_name model[MODEL_MAX];
    size_t count = 0;
    for (size_t i = 0; i < snapshot->count; i++) {
        model[count] = (struct model_name){.id = snapshot->records[i]->id};
        model_name_set(&model[count]);
        count += model[count].text[0] != '\0';
    }
    while (model_round(model, count))
        continue;
    qsort(model, count, sizeof *model, model_compare);
    assert_int_equal(names->count, count);
    for (size_t i = 0; i < count; i++) {
        const char *name;
        const struct record *record = names_at(names, i, &name);
        assert_string_equal(name, model[i].text);
        assert_int_equal(record->id, model[i].id);
        assert_true(i == 0 || strcmp(model[i - 1].text, name) < 0);
        assert_true(strlen(name) < NAME_SIZE && name_may_be_link(name));
    }
}

/* Few letters, so that names meet; at times behind so many that they are cut. */
static void random_text(char *text, size_t size)
{
    static const char *const letters[] = {"a", "~",   "1",   "2",       "3",
                                          "/", "%2F", "\\n", "\xc3\xa9"};
    size_t length = (size_t)rand() % 5;
    text[0] = '\0';
    if (rand() % 4 == 0) {
        memset(text, 'x', size - 32);
        text[size - 32 - (size_t)rand() % 8] = '\0';
    }
    for (size_t i = 0; i < length; i++)
        strcat(text, letters[(size_t)rand() % LENGTH(letters)]);
}

TEST(names_are_those_of_the_model)
{
    for (unsigned seed = 0; seed < 300; seed++) {
        struct record *records[MODEL_MAX];
        char text[NAME_SIZE + 32];
        srand(seed);
        size_t count = (size_t)rand() % 60;
        for (size_t i = 0; i < count; i++) {
            random_text(text, sizeof text);
            records[i] = laid_out_name(i + 1, text);
        }
        begin(records, count);
        finish();
        assert_names_as_in_the_model();
    }
}

/* -------- steps -------- */

#define MANY 20000

static void begin_many(const char *format)
{
    static struct record *records[MANY];
    char text[64];
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, format, i * 7919 % MANY);
        records[i] = laid_out_name((uint64_t)i + 1, text);
    }
    begin(records, MANY);
}

static unsigned turns_to_finish(void)
{
    unsigned turns = 0;
    for (; !made; turns++)
        assert_int_equal(loop_turn(loop, 0), 0);
    finish();
    return turns;
}

TEST(names_of_many_are_made_in_many_turns)
{
    begin_many("user%d@example.com");
    assert_true(turns_to_finish() > 4);
    assert_int_equal(names->count, MANY);
    for (size_t i = 1; i < MANY; i++) {
        const char *before, *name;
        names_at(names, i - 1, &before);
        names_at(names, i, &name);
        assert_true(strcmp(before, name) < 0);
    }
}

TEST(names_that_are_all_the_same_are_made_in_steps)
{
    begin_many("x");
    assert_true(turns_to_finish() > 4);
    assert_int_equal(names_record(names, "x~20000")->id, MANY);
    assert_int_equal(names->count, MANY);
}

TEST(names_can_be_given_up_at_any_step)
{
    for (int turns = 0; turns < 40; turns++) {
        begin_many("x%d");
        for (int i = 0; i < turns && !made; i++)
            assert_int_equal(loop_turn(loop, 0), 0);
        derived_waiter_cancel(&waiter, true);
    }
}

#define NAMES_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NAMES_TEST(names_are_in_order_of_their_bytes),
        NAMES_TEST(names_lack_records_without_a_name),
        NAMES_TEST(names_that_are_the_same_all_get_their_id),
        NAMES_TEST(names_are_the_same_after_they_were_escaped),
        NAMES_TEST(names_that_an_id_makes_the_same_are_told_apart_too),
        NAMES_TEST(names_are_those_of_the_model),
        NAMES_TEST(names_of_many_are_made_in_many_turns),
        NAMES_TEST(names_that_are_all_the_same_are_made_in_steps),
        NAMES_TEST(names_can_be_given_up_at_any_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
