/* Keeps what all calls share: limits, connections, the key, what is counted. */
#include "api/client.h"

#include <stdlib.h>

#include "base/clock.h"

struct client *client_create(struct loop *loop, const struct client_options *options)
{
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    struct transfers_options transfers_options = {
        .base_url = options->base_url,
        .key = options->key,
        .credentials = options->credentials,
        .cacert = options->cacert,
        .proxy = options->proxy,
        .timeout_ms = options->timeout_ms,
        .sending = options->sending,
        .sending_data = options->sending_data,
    };
    int error = queue_init(&client->queue, loop, options->rate);
    client->queue.max_calls = options->max_calls;
    client->queue.patience_ms = options->timeout_ms / 3;
    client->queue.ledger = options->ledger;
    client->timeout_ms = options->timeout_ms;
    client->key_refused = options->key_refused;
    client->key_refused_data = options->key_refused_data;
    client->heard = options->heard;
    client->heard_data = options->heard_data;
    client->rate = options->rate;
    client->transfers = transfers_create(loop, &transfers_options);
    if (error || !client->transfers) {
        client_destroy(client);
        return NULL;
    }
    return client;
}

void client_destroy(struct client *client)
{
    if (!client)
        return;
    queue_finish(&client->queue);
    transfers_destroy(client->transfers);
    free(client);
}

struct loop *client_loop(const struct client *client)
{
    return client->queue.loop;
}

void client_renew_connections(struct client *client)
{
    transfers_renew_connections(client->transfers);
}

unsigned client_last_minute(const struct client *client)
{
    return bucket_taken(client->queue.bucket, clock_ms());
}

void client_try_anew(struct client *client)
{
    circuit_reset(&client->queue.circuit);
}

void client_set_key(struct client *client, const char *key)
{
    transfers_set_key(client->transfers, key);
    client->key_number++;
    client_try_anew(client);
}

void client_set_credentials(struct client *client, const struct credentials *credentials)
{
    transfers_set_credentials(client->transfers, credentials);
    client_try_anew(client);
}

bool client_key_is_refused(const struct client *client)
{
    return client->queue.circuit.trouble == CIRCUIT_REFUSED;
}
