/* Puts the layers below the file system together. */
#include "program/layers.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/objects.h"
#include "base/wipe.h"
#include "options/key.h"

static bool layers_on_refused(void *data)
{
    struct layers *layers = data;
    return key_file_has_changed(&layers->options->key_file) && layers_read_key(layers);
}

static int layers_init_client(struct layers *layers, struct options *options)
{
    if (options->action != ACTION_DEMO) {
        /* Without a key, what one proxy is asked for is counted together. */
        options->ledger.key =
            options->client.key ? options->client.key : options->client.base_url;
        layers->ledger = ledger_create(&options->ledger);
        if (!layers->ledger)
            return -ENOMEM;
    }
    options->client.key_refused = layers_on_refused;
    options->client.key_refused_data = layers;
    options->client.ledger = layers->ledger;
    layers->client = client_create(layers->loop, &options->client);
    return layers->client ? 0 : -ENOMEM;
}

int layers_init(struct layers *layers, struct options *options)
{
    /* It would end a program whose log or ledger has reached the largest size of a file. */
    signal(SIGXFSZ, SIG_IGN);
    *layers = (struct layers){.loop = loop_create(), .options = options};
    if (!layers->loop)
        return -errno;
    int error = layers_init_client(layers, options);
    if (error)
        return error;
    options->cache.api_url = options->client.base_url;
    layers->cache = cache_create(layers->loop, layers->client, &options->cache);
    if (!layers->cache)
        return -ENOMEM;
    return tree_init(&layers->tree, layers->cache, &options->tree);
}

bool layers_read_key(struct layers *layers)
{
    struct options *options = layers->options;
    char *key = key_file_read_again(&options->key_file);
    if (!key || strcmp(key, options->client.key) == 0) {
        wipe_free(key);
        return false;
    }
    log_redact(key);
    if (ledger_set_key(layers->ledger, key)) {
        log_error("out of memory");
        wipe_free(key);
        return false;
    }
    client_set_key(layers->client, key);
    wipe_free((char *)options->client.key);
    options->client.key = key;
    log_info("another key is in %s, and is used from here on", options->key_file.path);
    return true;
}

void layers_read_client_cert(struct layers *layers)
{
    struct options *options = layers->options;
    struct credentials fresh, old = options->client.credentials;
    if (client_cert_read_again(&options->client_cert, &fresh)) {
        log_error("until then, the certificate that was read before is used");
        client_cert_free_texts(&fresh);
        return;
    }
    if (strcmp(fresh.certificates, old.certificates) == 0 &&
        strcmp(fresh.private_key, old.private_key) == 0) {
        client_cert_free_texts(&fresh);
        return;
    }
    options->client.credentials = fresh;
    client_set_credentials(layers->client, &options->client.credentials);
    client_cert_free_texts(&old);
    log_info("another certificate is in %s, and is used from here on",
             options->client_cert.path);
}

/* -------- one listing -------- */

struct layers_wait {
    struct waiter waiter;
    struct layers *layers;
    struct layers_answer *answer;
    int error;
};

static void layers_on_done(struct waiter *waiter, struct snapshot *snapshot, int error,
                           const char *why)
{
    struct layers_wait *wait = container_of(waiter, struct layers_wait, waiter);
    wait->error = error;
    wait->answer->snapshot = snapshot;
    snprintf(wait->answer->why, sizeof wait->answer->why, "%s", error ? why : "");
    loop_stop(wait->layers->loop);
}

static void layers_note_failure(const struct layers *layers, struct layers_answer *answer,
                                int error)
{
    const struct failure *last = &cache_source(layers->cache)->last_failure;
    if (error && last->error == error)
        answer->failure = *last;
    else
        answer->failure.error = error;
}

int layers_fetch(struct layers *layers, struct listing *listing, struct layers_answer *answer)
{
    struct layers_wait wait = {
        .waiter.done = layers_on_done,
        .layers = layers,
        .answer = answer,
        .error = -EINTR,
    };
    *answer = (struct layers_answer){.why = "out of memory"};
    int error = listing ? cache_wait(listing, 0, &wait.waiter) : -ENOMEM;
    if (!error)
        error = loop_run(layers->loop);
    waiter_cancel(&wait.waiter, true);
    if (!error)
        error = wait.error;
    layers_note_failure(layers, answer, error);
    return error;
}

/* What may wait for a listing goes first, then the listings. */
void layers_finish(struct layers *layers)
{
    tree_finish(&layers->tree);
    cache_destroy(layers->cache);
    client_destroy(layers->client);
    ledger_destroy(layers->ledger);
    loop_destroy(layers->loop);
    objects_log_left();
}
