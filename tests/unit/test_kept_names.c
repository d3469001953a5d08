/* Tests what the kernel may keep of the names of a directory, beside a model of the kernel. */
#include "unit.h"

#include <errno.h>
#include <linux/fuse.h>
#include <stdlib.h>
#include <string.h>

#include "base/worker.h"
#include "fake_clock.h"
#include "fake_pager.h"
#include "fuse/node.h"
#include "fuse/requests.h"

#define TTL     60000
#define OVER_MS 1000 /* see HANDLE_OVER_MS */

static struct loop *loop;
static struct cache *cache;
static struct tree tree;
static struct tree_options options;
static struct fs fs;
static struct dir *users;

static unsigned seed;

static unsigned noise(unsigned below)
{
    return (unsigned)rand_r(&seed) % below;
}

/* Return true one time of so many; 0: never. */
static bool chance(unsigned one_in)
{
    return one_in > 0 && noise(one_in) == 0;
}

/* -------- the lists of the account -------- */

/* No two lists share a name. Some of the lists have longer names than others. */
#define NAMES_MAX 10
#define WIDE      ((uint64_t)1 << 40)
#define LISTS     4096 /* whose time is remembered */

static uint32_t shown;         /* the number of the last list, from 1 */
static int64_t over_at[LISTS]; /* clock_ms() at which its time was over */

static unsigned list_count(uint32_t list)
{
    return 1 + (list * 2654435761U >> 20) % NAMES_MAX;
}

static uint64_t list_id(uint32_t list, unsigned index)
{
    return ((list * 2654435761U >> 10) % 2 ? WIDE : 0) + list * 16 + index;
}

static uint32_t list_of(uint64_t id)
{
    return (uint32_t)(id % WIDE / 16);
}

/* The next list comes. */
static void list_bring(void)
{
    struct fake_record records[NAMES_MAX];
    shown++;
    for (unsigned i = 0; i < list_count(shown); i++)
        records[i] = (struct fake_record){list_id(shown, i), "a"};
    fake_pager_bring(0, records, list_count(shown));
    over_at[shown % LISTS] = fake_now + TTL;
}

static bool list_is_fresh(void)
{
    return cache_fresh(users->listing, 0);
}

static void list_is_over(void)
{
    cache_expire(cache);
    fs_recall_names(&fs);
    over_at[shown % LISTS] = fake_now;
}

/* -------- the kernel's list -------- */

/* This is what Linux does in fs/fuse/readdir.c and fuse_dir_open(), with small pages. Names
 * have 40 or 48 bytes, "." and ".." 32 each: so some lists fill their last page to its end. */
#define PAGE  160
#define PAGES 8

struct name {
    uint64_t id;  /* of ".": 0; of "..": 1 */
    off_t behind; /* the offset that came with it */
    size_t size;
};

struct page {
    bool there;
    unsigned locks;
    unsigned count;
    struct name names[PAGE / 32];
};

static struct {
    bool whole;
    size_t size;
    off_t pos; /* behind the last name */
    uint64_t version;
    struct page pages[PAGES];
    int64_t whole_at;
} kept;

static bool kept_is_locked(void)
{
    for (int i = 0; i < PAGES; i++) {
        if (kept.pages[i].locks > 0)
            return true;
    }
    return false;
}

static void kept_drop(unsigned from)
{
    for (unsigned i = from; i < PAGES; i++)
        kept.pages[i].there = false;
}

/* Memory is short. */
static void kept_lose_page(void)
{
    struct page *page = &kept.pages[noise(PAGES)];
    if (page->locks == 0)
        page->there = false;
}

static void kept_reset(void)
{
    kept.whole = false;
    kept.version++;
    kept.size = 0;
    kept.pos = 0;
}

static void kept_add(off_t pos, const struct name *name)
{
    size_t at = kept.size % PAGE, index = kept.size / PAGE;
    if (kept.whole || pos != kept.pos)
        return;
    if (at + name->size > PAGE) {
        index++;
        at = 0;
    }
    assert_true(index < PAGES);
    struct page *page = &kept.pages[index];
    if (at > 0 && !page->there)
        return;
    if (at == 0)
        *page = (struct page){.there = true};
    page->names[page->count++] = *name;
    kept.size = index * PAGE + at + name->size;
    kept.pos = name->behind;
}

static void kept_end(off_t pos)
{
    if (kept.pos != pos)
        return;
    kept.whole = true;
    kept.whole_at = fake_now;
    kept_drop((unsigned)((kept.size + PAGE - 1) / PAGE));
}

/* -------- readers -------- */

enum reader_state {
    CLOSED,
    OPENING,  /* the kernel waits for the answer */
    OPENED,   /* it has it */
    IDLE,     /* the program does something else */
    COPYING,  /* the kernel has a page locked */
    ASKING,   /* it waits for an answer */
    ANSWERED, /* it has it */
    RELEASING,
};

struct reader {
    enum reader_state state;
    struct fuse_file_info info;
    int error; /* that was answered last */

    /* What the kernel knows of the open directory. */
    off_t pos;
    size_t list_at;
    off_t list_pos;
    uint64_t list_version;
    struct page *page; /* that it has locked */
    size_t page_size;
    struct name names[NAMES_MAX + 2];
    unsigned count, taken; /* names in the answer; and how many of them it took */

    /* What the program knows. */
    unsigned room, got; /* names that its buffer can take, and that are in it */
    bool begun;         /* it got a name */
    unsigned next;      /* the index of the name that should come next */
    uint32_t list;      /* whose names it gets; 0: it got none so far */
    uint32_t least;     /* the oldest list that it may get */
    int64_t began_at;   /* when it read from what was kept; 0: a recall was under way */
    off_t places[NAMES_MAX + 3]; /* of the names that it got */

    void (*interrupt)(fuse_req_t req, void *data);
    void *interrupt_data;
};

#define READERS 5

static struct reader readers[READERS];

/* How many readers there are, how long a step takes, and how often something is done: once in
 * so many steps, or never. */
static struct habits {
    unsigned readers, tick;
    unsigned bring, over, lose, drop, job, forget, close, rewind, seek, sleep, refuse;
} habits;

static struct {
    unsigned kept, late, begun_anew, full;
} seen;

/* Which list must be shown to who asks now. */
static uint32_t list_now(void)
{
    return list_is_fresh() ? shown : shown + 1;
}

/* -------- what stands in for libfuse and the worker -------- */

#define JOBS 1024

static struct worker_job *jobs[JOBS];
static unsigned job_count;
static bool job_runs;
static int64_t refused_at; /* there could be no thread */
static unsigned drops;     /* that did not wait for the worker */

int __wrap_fuse_lowlevel_notify_inval_inode(struct fuse_session *fuse, fuse_ino_t ino,
                                            off_t offset, off_t size);
int __wrap_fuse_reply_buf(fuse_req_t req, const char *bytes, size_t size);
int __wrap_fuse_reply_err(fuse_req_t req, int error);
int __wrap_fuse_reply_open(fuse_req_t req, const struct fuse_file_info *info);
const struct fuse_ctx *__wrap_fuse_req_ctx(fuse_req_t req);
void __wrap_fuse_req_interrupt_func(fuse_req_t req, fuse_interrupt_func_t func, void *data);
int __wrap_fuse_req_interrupted(fuse_req_t req);
void *__wrap_fuse_req_userdata(fuse_req_t req);
void __wrap_worker_add(struct worker *worker, struct worker_job *job);
struct worker *__wrap_worker_create(struct loop *of);

/* Only a job may wait for a page. */
int __wrap_fuse_lowlevel_notify_inval_inode(struct fuse_session *fuse, fuse_ino_t ino,
                                            off_t offset, off_t size)
{
    (void)fuse;
    assert_true(ino == node_of_dir(&fs, users) && offset == 0 && size == 0);
    assert_false(kept_is_locked());
    if (!job_runs && chance(habits.refuse))
        return -ENOMEM;
    kept_drop(0);
    drops += !job_runs;
    return 0;
}

static uint64_t id_of(const char *name, size_t length)
{
    char text[32] = "";
    assert_true(length < sizeof text);
    memcpy(text, name, length);
    if (text[0] == '.')
        return length - 1;
    return strtoull(text, NULL, 10);
}

int __wrap_fuse_reply_buf(fuse_req_t req, const char *bytes, size_t size)
{
    struct reader *reader = (struct reader *)req;
    reader->count = reader->taken = 0;
    for (size_t at = 0; at < size;) {
        struct fuse_dirent entry;
        memcpy(&entry, bytes + at, FUSE_NAME_OFFSET);
        size_t entry_size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + entry.namelen);
        reader->names[reader->count++] =
            (struct name){.id = id_of(bytes + at + FUSE_NAME_OFFSET, entry.namelen),
                          .behind = (off_t)entry.off,
                          .size = entry_size};
        at += entry_size;
    }
    reader->error = 0;
    reader->state = ANSWERED;
    return 0;
}

int __wrap_fuse_reply_err(fuse_req_t req, int error)
{
    struct reader *reader = (struct reader *)req;
    reader->error = error;
    reader->state = reader->state == ASKING ? IDLE : CLOSED;
    return 0;
}

/* It is refused where who opened was killed. */
int __wrap_fuse_reply_open(fuse_req_t req, const struct fuse_file_info *info)
{
    struct reader *reader = (struct reader *)req;
    bool killed = chance(habits.refuse);
    reader->info = *info;
    reader->state = killed ? CLOSED : OPENED;
    return killed ? -ENOENT : 0;
}

const struct fuse_ctx *__wrap_fuse_req_ctx(fuse_req_t req)
{
    static const struct fuse_ctx nobody = {.pid = 0};
    (void)req;
    return &nobody;
}

void __wrap_fuse_req_interrupt_func(fuse_req_t req, fuse_interrupt_func_t func, void *data)
{
    struct reader *reader = (struct reader *)req;
    reader->interrupt = func;
    reader->interrupt_data = data;
}

int __wrap_fuse_req_interrupted(fuse_req_t req)
{
    (void)req;
    return 0;
}

void *__wrap_fuse_req_userdata(fuse_req_t req)
{
    (void)req;
    return &fs;
}

void __wrap_worker_add(struct worker *worker, struct worker_job *job)
{
    (void)worker;
    assert_true(job_count < JOBS);
    jobs[job_count++] = job;
}

struct worker *__wrap_worker_create(struct loop *of)
{
    static char nothing;
    (void)of;
    if (!chance(habits.refuse))
        return (struct worker *)&nothing;
    refused_at = fake_now;
    return NULL;
}

/* The worker does its first job, unless it has to wait for a page. */
static void job_run(void)
{
    static const atomic_bool cancelled;
    struct worker_job *job = jobs[0];
    if (job_count == 0 || kept_is_locked())
        return;
    memmove(jobs, jobs + 1, --job_count * sizeof *jobs);
    job_runs = true;
    job->run(job, &cancelled);
    job_runs = false;
    job->done(job);
    fs.worker = NULL; /* so that one has to be made again */
}

/* -------- what a reader does -------- */

static void reader_open(struct reader *reader)
{
    *reader = (struct reader){.state = OPENING, .least = list_now()};
    fs_opendir((fuse_req_t)reader, node_of_dir(&fs, users), &reader->info);
}

static void reader_is_open(struct reader *reader)
{
    if (!reader->info.keep_cache) {
        if (kept_is_locked())
            return;
        kept_drop(0);
    }
    reader->state = IDLE;
}

/* The kernel asks for a name or for some. */
static void reader_ask(struct reader *reader)
{
    size_t room = 64 + 48 * noise(6);
    reader->state = ASKING;
    fs_readdir((fuse_req_t)reader, node_of_dir(&fs, users), room, reader->pos, &reader->info);
}

/* Return whether what the kernel kept of LIST could be seen when READER began. */
static bool reader_began_before_recall(const struct reader *reader, uint32_t list)
{
    int64_t over = over_at[list % LISTS];
    if (over < kept.whole_at)
        over = kept.whole_at;
    if (over < refused_at)
        over = refused_at;
    return reader->began_at <= over + OVER_MS + habits.tick;
}

/* All that a reader gets from its beginning to its end is of one list, and each name comes
 * once. WAS_KEPT: the kernel had it. */
static void reader_gets(struct reader *reader, const struct name *name, bool was_kept)
{
    assert_true(reader->next < NAMES_MAX + 2);
    if (reader->next == 0)
        reader->began_at = !was_kept ? INT64_MAX : job_count > 0 ? 0 : fake_now;
    if (reader->next < 2) {
        assert_int_equal(name->id, reader->next);
    } else {
        uint32_t list = list_of(name->id);
        if (reader->list == 0) {
            seen.late += list < list_now();
            assert_true(list >= reader->least || reader_began_before_recall(reader, list));
        }
        assert_true(reader->list == 0 || reader->list == list);
        assert_int_equal(name->id, list_id(list, reader->next - 2));
        reader->list = list;
    }
    seen.kept += was_kept;
    reader->begun = true;
    reader->places[++reader->next] = name->behind;
    reader->pos = name->behind;
    reader->got++;
}

/* The program's call is over. */
static void reader_returns(struct reader *reader)
{
    reader->state = IDLE;
    if (reader->got > 0)
        return;
    assert_true(reader->list > 0);
    assert_int_equal(reader->next, 2 + list_count(reader->list));
    seen.full += kept.whole && kept.size % PAGE == 0;
}

/* Return whether the kernel has to read on elsewhere. */
static bool reader_copies(struct reader *reader, const struct page *page, size_t size)
{
    size_t at = 0;
    for (unsigned i = 0; i < page->count && at < size; at += page->names[i++].size) {
        if (at < reader->list_at % PAGE)
            continue;
        if (reader->list_pos == reader->pos) {
            if (reader->got == reader->room)
                return false;
            reader_gets(reader, &page->names[i], true);
        }
        reader->list_pos = page->names[i].behind;
        reader->list_at += page->names[i].size;
    }
    return true;
}

static void reader_starts_list(struct reader *reader)
{
    reader->list_pos = 0;
    reader->list_at = 0;
}

/* Look for the place in the kernel's list. Return false where it is not known. */
static bool reader_looks(struct reader *reader)
{
    for (;;) {
        if (!reader->info.cache_readdir || !kept.whole)
            return false;
        if (reader->list_version != kept.version)
            reader_starts_list(reader);
        if (reader->list_pos == 0)
            reader->list_version = kept.version;
        if (kept.pages[reader->list_at / PAGE].there || reader->list_at == kept.size)
            return true;
        kept_reset();
    }
}

/* Read one page of the kernel's list. */
static void reader_reads(struct reader *reader)
{
    if (!reader_looks(reader)) {
        reader_ask(reader);
        return;
    }
    size_t index = reader->list_at / PAGE;
    size_t size = index == kept.size / PAGE ? kept.size % PAGE : PAGE;
    if (reader->list_at % PAGE == size) {
        reader_returns(reader);
        return;
    }
    reader->page = &kept.pages[index];
    reader->page_size = size;
    reader->page->locks++;
    reader->state = COPYING;
}

static void reader_has_copied(struct reader *reader)
{
    unsigned before = reader->got;
    bool more = reader_copies(reader, reader->page, reader->page_size);
    reader->page->locks--;
    reader->page = NULL;
    if (more && reader->page_size == PAGE) {
        reader->list_at = (reader->list_at + PAGE - 1) / PAGE * PAGE;
        reader_reads(reader);
    } else if (more && reader->got == before) {
        reader_ask(reader);
    } else {
        reader_returns(reader);
    }
}

static void reader_begins(struct reader *reader)
{
    reader->room = 1 + noise(6);
    reader->got = 0;
    if (reader->list_pos != reader->pos)
        reader_starts_list(reader);
    reader_reads(reader);
}

/* The kernel takes the next name of the answer. It keeps a name though the buffer is full. */
static void reader_takes(struct reader *reader)
{
    if (reader->count == 0 && reader->info.cache_readdir)
        kept_end(reader->pos);
    if (reader->taken == reader->count) {
        reader_returns(reader);
        return;
    }
    if (reader->info.cache_readdir && kept_is_locked())
        return;
    const struct name *name = &reader->names[reader->taken++];
    if (reader->info.cache_readdir)
        kept_add(reader->pos, name);
    if (reader->got < reader->room)
        reader_gets(reader, name, false);
    else
        reader_returns(reader);
}

static void reader_rewind(struct reader *reader)
{
    seen.begun_anew += reader->next > 0 && reader->info.cache_readdir && !list_is_fresh();
    reader->pos = 0;
    reader->next = 0;
    reader->list = 0;
    if (reader->begun) /* else nobody can know that it is rewound */
        reader->least = list_now();
}

/* Back to a place that it had since it began. */
static void reader_seek(struct reader *reader)
{
    if (reader->next == 0)
        return;
    reader->next = 1 + noise(reader->next);
    reader->pos = reader->places[reader->next];
}

static void reader_release(struct reader *reader)
{
    fs_releasedir((fuse_req_t)reader, node_of_dir(&fs, users), &reader->info);
}

static void reader_interrupt(struct reader *reader)
{
    if (reader->interrupt)
        reader->interrupt((fuse_req_t)reader, reader->interrupt_data);
}

static void reader_goes_on(struct reader *reader)
{
    if (chance(habits.close) || (reader->error && chance(2)))
        reader->state = RELEASING;
    else if (chance(habits.rewind))
        reader_rewind(reader);
    else if (chance(habits.seek))
        reader_seek(reader);
    else
        reader_begins(reader);
}

static void reader_step(struct reader *reader)
{
    switch (reader->state) {
    case CLOSED:
        reader_open(reader);
        break;
    case OPENING:
    case ASKING:
        if (chance(habits.refuse))
            reader_interrupt(reader);
        break;
    case OPENED:
        reader_is_open(reader);
        break;
    case IDLE:
        reader_goes_on(reader);
        break;
    case COPYING:
        reader_has_copied(reader);
        break;
    case ANSWERED:
        reader_takes(reader);
        break;
    case RELEASING:
        reader_release(reader);
        break;
    }
}

/* -------- what goes on -------- */

static bool all_are_closed(void)
{
    for (int i = 0; i < READERS; i++) {
        if (readers[i].state != CLOSED)
            return false;
    }
    return true;
}

/* The kernel forgets the directory. */
static void kept_forget(void)
{
    if (!all_are_closed())
        return;
    kept_drop(0);
    kept_reset();
    kept.version = 0;
}

static void live(unsigned steps)
{
    unsigned asleep_until[READERS] = {0};
    for (unsigned i = 0; i < steps; i++) {
        fake_now += noise(habits.tick + 1);
        if (fake_pagers_waiting() > 0 && chance(habits.bring))
            list_bring();
        if (chance(habits.over))
            list_is_over();
        if (chance(habits.lose))
            kept_lose_page();
        if (chance(habits.drop) && !kept_is_locked())
            kept_drop(0);
        if (chance(habits.job))
            job_run();
        if (chance(habits.forget))
            kept_forget();
        assert_int_equal(loop_turn(loop, 0), 0);
        unsigned which = noise(habits.readers);
        if (chance(habits.sleep))
            asleep_until[which] = i + noise(400);
        if (i >= asleep_until[which])
            reader_step(&readers[which]);
    }
}

static void end_readers(void)
{
    for (int i = 0; i < READERS; i++) {
        struct reader *reader = &readers[i];
        if (reader->state == OPENING || reader->state == ASKING)
            reader_interrupt(reader);
        if (reader->page)
            reader->page->locks--;
        if (reader->state != CLOSED)
            reader_release(reader);
        *reader = (struct reader){.state = CLOSED};
    }
    while (job_count > 0)
        job_run();
}

static unsigned one_of(unsigned a, unsigned b, unsigned c)
{
    const unsigned all[] = {a, b, c};
    return all[noise(3)];
}

/* -------- the rules, one by one -------- */

static struct reader *opened(struct reader *reader)
{
    reader_open(reader);
    if (reader->state == OPENING)
        list_bring();
    assert_int_equal(reader->state, OPENED);
    reader_is_open(reader);
    return reader;
}

/* The program calls once. */
static void read_some(struct reader *reader)
{
    do {
        reader_step(reader);
        if (reader->state == ASKING)
            list_bring();
    } while (reader->state != IDLE);
}

static void read_to_end(struct reader *reader)
{
    do
        read_some(reader);
    while (reader->got > 0);
}

static void pass(int64_t ms)
{
    assert_int_equal(loop_turn(loop, 0), 0);
    fake_now += ms;
    assert_int_equal(loop_turn(loop, 0), 0);
}

TEST(kept_names_are_read_by_one_handle_at_a_time)
{
    struct reader *first = opened(&readers[0]), *other = opened(&readers[1]);
    assert_true(first->info.cache_readdir && !first->info.keep_cache);
    assert_true(!other->info.cache_readdir && other->info.keep_cache);
    read_to_end(first);
    reader_release(first);
    const struct reader *next = opened(&readers[2]);
    assert_true(next->info.cache_readdir && next->info.keep_cache);
}

TEST(kept_names_are_dropped_where_nobody_knows_whose_they_are)
{
    reader_release(opened(&readers[0]));
    habits.refuse = 1;
    reader_open(&readers[0]);
    assert_int_equal(readers[0].state, CLOSED);
    habits.refuse = 0;
    const struct reader *next = opened(&readers[0]);
    assert_true(next->info.cache_readdir && !next->info.keep_cache);
}

TEST(kept_names_are_not_read_where_the_kernel_would_look_each_one_up)
{
    reader_release(opened(&readers[0]));
    *entry_sent(users, cache_held(users->listing)) =
        (struct sent_names){.until_ms = fake_now + TTL};
    fs.forgotten_count = NAMES_MAX;
    const struct reader *next = opened(&readers[0]);
    assert_true(!next->info.cache_readdir && next->info.keep_cache);
}

TEST(kept_names_are_dropped_before_a_handle_goes_on_with_another_list)
{
    struct reader *reader = opened(&readers[0]);
    for (unsigned i = 0; i < 2; i++) {
        read_some(reader);
        reader_rewind(reader);
        read_some(reader);
        assert_int_equal(drops, i);
        list_is_over();
        reader_rewind(reader);
    }
    read_to_end(reader);
}

TEST(kept_names_that_can_not_be_dropped_are_an_error)
{
    struct reader *reader = opened(&readers[0]);
    read_some(reader);
    list_is_over();
    reader_rewind(reader);
    habits.refuse = 1;
    read_some(reader);
    assert_int_equal(reader->error, ENOMEM);
    assert_int_equal(reader->pos, 0);
}

/* The kernel would never have all of them then. */
TEST(kept_names_are_not_recalled_before_they_are_all)
{
    struct reader *reader = opened(&readers[0]);
    read_some(reader);
    pass(TTL);
    assert_int_equal(job_count, 0);
    read_to_end(reader);
    pass(OVER_MS);
    assert_int_equal(job_count, 1);
}

/* -------- all of it at random -------- */

TEST(kept_names_are_always_those_of_one_list)
{
    for (unsigned round = 1; round <= 10000; round++) {
        seed = round;
        habits = (struct habits){
            .readers = one_of(1, 3, READERS),
            .tick = one_of(10, 200, 2000),
            .bring = one_of(2, 10, 50),
            .over = one_of(0, 100, 1000),
            .lose = one_of(0, 0, 100),
            .drop = one_of(0, 0, 300),
            .job = one_of(3, 30, 300),
            .forget = one_of(1, 10, 100),
            .close = one_of(10, 40, 200),
            .rewind = one_of(10, 50, 200),
            .seek = one_of(0, 20, 100),
            .sleep = one_of(0, 40, 200),
            .refuse = one_of(0, 4, 30),
        };
        live(600);
        end_readers();
        kept_forget();
    }
    assert_true(seen.kept > 100000 && seen.late > 1000);
    assert_true(seen.begun_anew > 1000 && seen.full > 1000);
}

static int set_up(void **state)
{
    const struct cache_options cache_options = {.ttl_ms = TTL, .per_page = 1000, .parallel = 8};
    const struct fs_options fs_options = {.uid = 0};
    (void)state;
    fake_pager_reset();
    options = (struct tree_options){.user_id = 7};
    loop = loop_create();
    cache = cache_create(loop, NULL, &cache_options);
    assert_int_equal(tree_init(&tree, cache, &options), 0);
    fs_init(&fs, loop, &tree, &fs_options);
    fs.keeps_names = true;
    users = dir_child(tree.root, DIR_ORGANIZATIONS, 0);
    users = dir_child(users, DIR_ORGANIZATION, 23);
    users = dir_child(users, DIR_DEPARTMENTS, 0);
    users = dir_child(users, DIR_DEPARTMENT, 12);
    users = dir_child(users, DIR_USERS, 0);
    assert_non_null(users);
    users->lookups = 1; /* the kernel knows it */
    habits = (struct habits){.readers = 0};
    kept_drop(0);
    kept_reset();
    drops = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    end_readers();
    node_forget_all(&fs);
    tree_finish(&tree);
    cache_destroy(cache);
    loop_destroy(loop);
    return 0;
}

#define KEPT_NAMES_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEPT_NAMES_TEST(kept_names_are_read_by_one_handle_at_a_time),
        KEPT_NAMES_TEST(kept_names_are_dropped_where_nobody_knows_whose_they_are),
        KEPT_NAMES_TEST(kept_names_are_not_read_where_the_kernel_would_look_each_one_up),
        KEPT_NAMES_TEST(kept_names_are_dropped_before_a_handle_goes_on_with_another_list),
        KEPT_NAMES_TEST(kept_names_that_can_not_be_dropped_are_an_error),
        KEPT_NAMES_TEST(kept_names_are_not_recalled_before_they_are_all),
        KEPT_NAMES_TEST(kept_names_are_always_those_of_one_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
