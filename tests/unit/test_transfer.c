/* Tests that a transfer leaves no key in memory that it gives back. */
#include "unit.h"

#include <curl/curl.h>
#include <malloc.h>
#include <stdlib.h>

#include "api/transfer.h"

static const char key[] = "s3cret-of-someone";

static unsigned headers_freed, blocks_with_key, past_caches;

void __real_free(void *memory);
void __wrap_free(void *memory);
void __real_curl_slist_free_all(struct curl_slist *list);
void __wrap_curl_slist_free_all(struct curl_slist *list);

void __wrap_free(void *memory)
{
    if (memory && memmem(memory, malloc_usable_size(memory), key, strlen(key)))
        blocks_with_key++;
    __real_free(memory);
}

void __wrap_curl_slist_free_all(struct curl_slist *list)
{
    for (const struct curl_slist *line = list; line; line = line->next) {
        headers_freed++;
        blocks_with_key += strstr(line->data, key) != NULL;
        past_caches += strcmp(line->data, "Cache-Control: no-cache") == 0;
    }
    __real_curl_slist_free_all(list);
}

static void on_done(void *data, struct answer *answer)
{
    (void)data;
    (void)answer;
}

static const struct transfer_events events = {.done = on_done};

/* What the test sees is what qpfs frees; that curl has it in buffers of its own meanwhile is
 * beyond it. */
TEST(transfers_leave_no_key_in_what_they_free)
{
    const struct transfers_options options = {.base_url = "http://127.0.0.1", .key = key};
    struct loop *loop = loop_create();
    struct transfers *transfers = transfers_create(loop, &options);
    assert_non_null(transfers);
    struct transfer *before = transfer_start(transfers, "users/1", false, &events, NULL);
    transfers_set_key(transfers, "another");
    struct transfer *after = transfer_start(transfers, "users/1", false, &events, NULL);
    transfer_cancel(before);
    transfer_cancel(after);
    assert_int_equal(blocks_with_key, 0);
    transfers_destroy(transfers);
    loop_destroy(loop);
    assert_int_equal(headers_freed, 4);
    assert_int_equal(blocks_with_key, 0);
}

TEST(a_transfer_asks_past_caches)
{
    const struct transfers_options options = {.base_url = "http://127.0.0.1", .key = key};
    struct loop *loop = loop_create();
    struct transfers *transfers = transfers_create(loop, &options);
    assert_non_null(transfers);
    transfer_cancel(transfer_start(transfers, "users/1", false, &events, NULL));
    assert_int_equal(past_caches, 0);
    transfer_cancel(transfer_start(transfers, "users/1", true, &events, NULL));
    assert_int_equal(past_caches, 1);
    transfers_destroy(transfers);
    loop_destroy(loop);
}

TEST(a_transfer_without_a_key_sends_none)
{
    const struct transfers_options options = {.base_url = "https://127.0.0.1"};
    struct loop *loop = loop_create();
    struct transfers *transfers = transfers_create(loop, &options);
    assert_non_null(transfers);
    headers_freed = 0;
    transfer_cancel(transfer_start(transfers, "users/1", false, &events, NULL));
    assert_int_equal(headers_freed, 1);
    transfers_destroy(transfers);
    loop_destroy(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transfers_leave_no_key_in_what_they_free),
        cmocka_unit_test(a_transfer_asks_past_caches),
        cmocka_unit_test(a_transfer_without_a_key_sends_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
