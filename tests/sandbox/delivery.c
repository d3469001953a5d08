/* Sending a body badly: cut short, with a pause in it, or drop by drop. */
#include "delivery.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 65536u
#define DRIP_MS    20u

struct delivery {
    char *body;
    uint64_t end; /* how much of it is sent */
    uint64_t stall_at;
    uint64_t stall_ms;
    uint64_t drip; /* bytes a second; or TRAP_UNSET */
    uint64_t started;
    struct halt *halt;
    void (*done)(void *);
    void *argument;
};

bool delivery_needed(const struct trap_effect *effect)
{
    return effect->cut != TRAP_UNSET || effect->stall_at != TRAP_UNSET ||
           effect->drip != TRAP_UNSET;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* How many bytes after `position` may go out now; waits until it is one. False: halted. */
static bool delivery_pace(struct delivery *delivery, uint64_t position, uint64_t *bytes)
{
    if (position < delivery->stall_at) {
        *bytes = smaller(*bytes, delivery->stall_at - position);
    } else if (position == delivery->stall_at) {
        delivery->stall_at = TRAP_UNSET;
        if (!halt_wait(delivery->halt, delivery->stall_ms))
            return false;
    }
    if (delivery->drip == TRAP_UNSET)
        return true;
    uint64_t due;
    while ((due = (halt_clock() - delivery->started) * delivery->drip / 1000) <= position) {
        if (!halt_wait(delivery->halt, DRIP_MS))
            return false;
    }
    *bytes = smaller(*bytes, due - position);
    return true;
}

static ssize_t delivery_read(void *cls, uint64_t position, char *buffer, size_t size)
{
    struct delivery *delivery = cls;
    uint64_t bytes = smaller(size, delivery->end - position);
    if (bytes > 0 && !delivery_pace(delivery, position, &bytes))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (position + bytes == delivery->end)
        delivery->done(delivery->argument);
    if (bytes == 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    memcpy(buffer, delivery->body + position, (size_t)bytes);
    return (ssize_t)bytes;
}

static void delivery_free(void *cls)
{
    struct delivery *delivery = cls;
    free(delivery->body);
    free(delivery);
}

struct MHD_Response *delivery_response(const struct trap_effect *effect, struct halt *halt,
                                       char *body, size_t length, void (*done)(void *),
                                       void *argument)
{
    struct delivery *delivery = malloc(sizeof *delivery);
    if (!delivery) {
        free(body);
        return NULL;
    }
    *delivery = (struct delivery){
        .body = body,
        .end = smaller(length, effect->cut),
        .stall_at = effect->stall_at,
        .stall_ms = (uint64_t)(effect->stall_body * 1000),
        .drip = effect->drip,
        .started = halt_clock(),
        .halt = halt,
        .done = done,
        .argument = argument,
    };
    struct MHD_Response *response = MHD_create_response_from_callback(
        length, BLOCK_SIZE, delivery_read, delivery, delivery_free);
    if (!response)
        delivery_free(delivery);
    return response;
}
