/* A list of users that answers calls in pages, for tests. */
#include "fake_server.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_client.h"

#define DEFAULT_SIZE 100

void fake_server_init(struct fake_server *server, size_t count, uint64_t clamp)
{
    memset(server, 0, sizeof *server);
    server->clamp = clamp;
    for (size_t i = 0; i < count; i++)
        fake_server_add(server, i, i + 1);
}

void fake_server_remove(struct fake_server *server, size_t position)
{
    assert(position < server->count);
    server->count--;
    memmove(&server->ids[position], &server->ids[position + 1],
            (server->count - position) * sizeof *server->ids);
}

void fake_server_add(struct fake_server *server, size_t position, uint64_t id)
{
    assert(position <= server->count && server->count < 8192);
    memmove(&server->ids[position + 1], &server->ids[position],
            (server->count - position) * sizeof *server->ids);
    server->ids[position] = id;
    server->count++;
}

void fake_server_move(struct fake_server *server, size_t from, size_t to)
{
    uint64_t id = server->ids[from];
    fake_server_remove(server, from);
    fake_server_add(server, to, id);
}

/* What it says of further pages behind page PAGE, of SIZE. */
static void fake_server_hint(const struct fake_server *server, size_t page, size_t size,
                             char *at)
{
    if (server->counted)
        at += sprintf(at, ",\"totalPages\":%zu",
                      (size_t)((server->count + server->counted - 1) / server->counted));
    if (server->links_always || (server->links && page * size < server->count))
        sprintf(at, ",\"links\":{\"next\":\"https://x/y?page=%zu\"}", page + 1);
}

static char *fake_server_page(const struct fake_server *server, size_t page, size_t size,
                              uint64_t echo)
{
    char *body = fake_allocate(size * 32 + 512), *at = body;
    size_t first = server->ignores_query ? 0 : (page - 1) * size;
    if (server->fills_last && first + size > server->count)
        first = server->count - size;
    size_t given = page == 2 && server->cut ? server->cut : size;
    if (server->deepest && server->deepest < page * size)
        given = 0;
    char hints[128] = "";
    fake_server_hint(server, page, size, hints);
    at += sprintf(at, "{\"response\":[");
    for (size_t i = first; i < first + given && i < server->count; i++)
        at += sprintf(at, "%s{\"userID\":%" PRIu64 "}", i > first ? "," : "", server->ids[i]);
    uint64_t total = server->no_totals ? 0 : server->count + (uint64_t)server->total_off;
    sprintf(at, "],\"pagination\":{\"perPage\":%" PRIu64 ",\"totalItems\":%" PRIu64 "%s}}",
            echo, total, hints);
    return body;
}

/* Refuses the call INDEX with STATUS, 400 or 404, as the service itself does. */
static void fake_server_refuse(unsigned index, long status)
{
    char body[128];
    snprintf(body, sizeof body, "{\"response\":{\"error\":{\"httpStatusCode\":%ld,\"id\":%d}}}",
             status, status == 404 ? 1040 : 1000);
    fake_call_answer(index, status, body);
}

void fake_server_answer(const struct fake_server *server, unsigned index)
{
    uint64_t page = 1, asked = DEFAULT_SIZE;
    const char *query = strchr(fake_call_path(index), '?');
    int read = query ? sscanf(query, "?page=%" SCNu64 "&perPage=%" SCNu64, &page, &asked) : 2;
    assert(read == 2 && page > 0 && asked > 0);
    (void)read;
    uint64_t size = asked;
    if (server->step)
        size = (asked + (server->rounds_down ? 0 : server->step - 1)) / server->step *
               server->step;
    if (server->ignores_query)
        size = server->clamp;
    if (size > server->clamp)
        size = server->clamp;
    if (server->refuses && asked > server->clamp) {
        fake_server_refuse(index, 400);
        return;
    }
    if (server->too_large && asked > server->too_large) {
        fake_call_answer(index, 413, server->refusal ? server->refusal : "<h1>413</h1> 950");
        return;
    }
    if (server->ends_in_404 && (page - 1) * size >= server->count && page > 1) {
        fake_server_refuse(index, 404);
        return;
    }
    if (server->deepest && page * size > server->deepest && server->too_deep != 200) {
        if (server->refused)
            fake_call_answer(index, server->too_deep, server->refused);
        else
            fake_server_refuse(index, server->too_deep);
        return;
    }
    uint64_t echo = server->ignores_query ? DEFAULT_SIZE : server->silent ? asked : size;
    char *body = fake_server_page(server, (size_t)page, (size_t)size, echo);
    fake_call_answer(index, 200, body);
    free(body);
}

void fake_server_answer_all(const struct fake_server *server)
{
    while (fake_calls_waiting() > 0)
        fake_server_answer(server, 0);
}
