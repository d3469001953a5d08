#include "program/account.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "base/live.h"
#include "base/log.h"
#include "options/key.h"

static bool account_on_refused(void *data)
{
    struct account *account = data;
    return key_file_has_changed(&account->options->key_file) && account_read_key(account);
}

static int account_init_client(struct account *account, struct options *options)
{
    if (options->action != ACTION_DEMO) {
        options->ledger.key = options->client.key;
        account->ledger = ledger_create(&options->ledger);
        if (!account->ledger)
            return -ENOMEM;
    }
    options->client.refused = account_on_refused;
    options->client.data = account;
    options->client.ledger = account->ledger;
    account->client = client_create(account->loop, &options->client);
    return account->client ? 0 : -ENOMEM;
}

int account_init(struct account *account, struct options *options)
{
    *account = (struct account){.loop = loop_create(), .options = options};
    if (!account->loop)
        return -errno;
    int error = account_init_client(account, options);
    if (error)
        return error;
    options->cache.api_url = options->client.base_url;
    cache_init(&account->cache, account->loop, account->client, &options->cache);
    return tree_init(&account->tree, &account->cache, &options->tree);
}

bool account_read_key(struct account *account)
{
    struct options *options = account->options;
    char *key = key_file_read_again(&options->key_file);
    if (!key || strcmp(key, options->client.key) == 0) {
        key_free(key);
        return false;
    }
    log_redact(key);
    if (ledger_set_key(account->ledger, key)) {
        log_error("out of memory");
        key_free(key);
        return false;
    }
    client_set_key(account->client, key);
    key_free((char *)options->client.key);
    options->client.key = key;
    log_info("another key is in %s, and is used from here on", options->key_file.path);
    return true;
}

/* -------- one listing -------- */

struct fetch {
    struct waiter waiter;
    struct account *account;
    struct account_answer *answer;
    int error;
};

static void fetch_on_done(struct waiter *waiter, struct snapshot *snapshot, int error,
                          const char *why)
{
    struct fetch *fetch = container_of(waiter, struct fetch, waiter);
    fetch->error = error;
    fetch->answer->snapshot = snapshot;
    snprintf(fetch->answer->why, sizeof fetch->answer->why, "%s", error ? why : "");
    loop_stop(fetch->account->loop);
}

static void account_note_failure(const struct account *account, struct account_answer *answer,
                                 int error)
{
    if (error && account->cache.last_failure.error == error)
        answer->failure = account->cache.last_failure;
    else
        answer->failure.error = error;
}

int account_fetch(struct account *account, struct listing *listing,
                  struct account_answer *answer)
{
    struct fetch fetch = {
        .waiter.done = fetch_on_done,
        .account = account,
        .answer = answer,
        .error = -EINTR,
    };
    uint64_t before = client_requests(account->client);
    *answer = (struct account_answer){.why = "out of memory"};
    int error = listing ? listing_wait(listing, &fetch.waiter) : -ENOMEM;
    if (!error)
        error = loop_run(account->loop);
    waiter_cancel(&fetch.waiter, true);
    answer->calls = client_requests(account->client) - before;
    if (!error)
        error = fetch.error;
    account_note_failure(account, answer, error);
    return error;
}

/* Who might wait for a listing goes first, then the listings. */
void account_finish(struct account *account)
{
    tree_finish(&account->tree);
    if (account->cache.loop)
        cache_finish(&account->cache);
    client_destroy(account->client);
    ledger_destroy(account->ledger);
    loop_destroy(account->loop);
    live_log_left();
}
