/* Stands in for the client. */
#include "fake_client.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CALLS_MAX 256

struct call {
    char path[256];
    bool anew;
    call_done_fn *done;
    void *data;
};

static struct call *calls[CALLS_MAX];
static unsigned calls_waiting, calls_made, connections_renewed;
static bool calls_fail_next;
static struct freshness calls_freshness;

void *fake_allocate(size_t size)
{
    void *memory = malloc(size);
    if (!memory)
        memory = malloc(size);
    assert(memory);
    return memory;
}

struct loop *__wrap_client_loop(const struct client *client)
{
    (void)client;
    return NULL;
}

struct call *__wrap_call_create(struct client *client, enum endpoint_name endpoint,
                                const char *path, bool anew, call_done_fn *done, void *data)
{
    (void)client;
    (void)endpoint;
    if (calls_fail_next) {
        calls_fail_next = false;
        return NULL;
    }
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    assert(calls_waiting < CALLS_MAX && strlen(path) < sizeof call->path);
    strcpy(call->path, path);
    call->anew = anew;
    call->done = done;
    call->data = data;
    calls[calls_waiting++] = call;
    calls_made++;
    return call;
}

static void calls_remove(unsigned index)
{
    calls_waiting--;
    memmove(&calls[index], &calls[index + 1], (calls_waiting - index) * sizeof *calls);
}

void __wrap_call_cancel(struct call *call)
{
    if (!call)
        return;
    unsigned index = 0;
    while (index < calls_waiting && calls[index] != call)
        index++;
    assert(index < calls_waiting);
    calls_remove(index);
    free(call);
}

void fake_client_reset(void)
{
    assert(calls_waiting == 0);
    calls_made = 0;
    connections_renewed = 0;
    calls_fail_next = false;
    calls_freshness = (struct freshness){0};
}

void __wrap_client_renew_connections(struct client *client)
{
    (void)client;
    connections_renewed++;
}

unsigned fake_connections_renewed(void)
{
    return connections_renewed;
}

unsigned fake_calls_made(void)
{
    return calls_made;
}

unsigned fake_calls_waiting(void)
{
    return calls_waiting;
}

const char *fake_call_path(unsigned index)
{
    return index < calls_waiting ? calls[index]->path : "";
}

bool fake_call_is_anew(unsigned index)
{
    return index < calls_waiting && calls[index]->anew;
}

void fake_call_answer(unsigned index, long status, const char *body)
{
    assert(index < calls_waiting);
    struct call *call = calls[index];
    /* Of a size to the byte, and gone afterwards: ASan sees who reads more or longer. */
    size_t size = strlen(body);
    char *copy = fake_allocate(size ? size : 1);
    memcpy(copy, body, size);
    struct buffer holder = {copy, size, size ? size : 1, size ? size : 1};
    struct answer answer = {.status = status,
                            .body = copy,
                            .size = size,
                            .holder = &holder,
                            .freshness = calls_freshness};
    answer_judge(&answer);
    calls_remove(index);
    call->done(call->data, &answer);
    free(call);
    buffer_finish(&holder);
}

void fake_client_fail_next(void)
{
    calls_fail_next = true;
}

void fake_call_say(int64_t age_s, int64_t max_age_s)
{
    calls_freshness = (struct freshness){.age_s = age_s, .max_age_s = max_age_s};
}
