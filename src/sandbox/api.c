/* The API's endpoints: from a path and its query to the body of an answer. */
#include "sandbox/api.h"

#include <ctype.h>
#include <string.h>

#include "sandbox/blueprint.h"
#include "sandbox/wrap.h"

#define DEFAULT_PER_PAGE 100u
#define MAX_DIGITS       15u

/* The numbers in a path, in their order. */
struct ids_in_path {
    uint64_t at[2];
};

typedef void list_writer(const void *data, uint64_t id, uint64_t from, uint64_t count,
                         struct draft *out);

static bool digits_read(const char *string, size_t length, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < length; i++) {
        if (!isdigit((unsigned char)string[i]))
            return false;
        *number = *number * 10 + (uint64_t)(string[i] - '0');
    }
    return length > 0 && length <= MAX_DIGITS;
}

/* A missing parameter leaves its default. */
static bool parameter_read(const char *string, uint64_t *number)
{
    return !string || (digits_read(string, strlen(string), number) && *number > 0);
}

uint64_t api_pages(uint64_t total, uint64_t size)
{
    return total / size + (total % size != 0);
}

static bool slice_read(const struct api_call *call, uint64_t known, struct api_slice *slice)
{
    *slice = (struct api_slice){.page = 1, .asked = DEFAULT_PER_PAGE, .total = known};
    if (!parameter_read(call->page, &slice->page) ||
        !parameter_read(call->per_page, &slice->asked))
        return false;
    slice->size = slice->asked < call->page_max ? slice->asked : call->page_max;
    slice->claimed = slice->size;
    slice->pages = api_pages(known, slice->claimed);
    if (call->bend)
        call->bend(call->bend_data, slice);
    return true;
}

static void items_write(const struct api_call *call, const struct api_slice *slice, uint64_t id,
                        uint64_t total, list_writer *write, struct draft *out)
{
    if (slice->page > api_pages(total, slice->size))
        return;
    uint64_t from = (slice->page - 1) * slice->size;
    uint64_t rest = total - from;
    write(call->data, id, from, rest < slice->size ? rest : slice->size, out);
}

/* TOTAL is what is there, KNOWN what the service says. */
static void list_answer(const struct api_call *call, uint64_t id, uint64_t total,
                        uint64_t known, list_writer *write, struct reply *reply)
{
    struct api_slice slice;
    if (!slice_read(call, known, &slice)) {
        reply_error(reply, 400);
        return;
    }
    struct wrap wrap = {
        .path = call->path,
        .page = slice.page,
        .per_page = slice.claimed,
        .total_items = slice.total,
        .total_pages = slice.pages,
        .bare = known < total,
        .request = call->request,
    };
    wrap_open(&reply->body);
    items_write(call, &slice, id, total, write, &reply->body);
    wrap_close(&wrap, &reply->body);
}

/* Its totals are always zero, as in the documentation. */
static void communities_answer(const struct api_call *call, const struct ids_in_path *ids,
                               struct reply *reply)
{
    if (call->source->has_user(call->data, ids->at[0]))
        list_answer(call, 0, call->source->communities(call->data), 0,
                    call->source->write_communities, reply);
    else
        reply_error(reply, 404);
}

static void departments_answer(const struct api_call *call, const struct ids_in_path *ids,
                               struct reply *reply)
{
    uint64_t total = call->source->departments(call->data);
    if (ids->at[0] == BLUEPRINT_ORGANIZATION)
        list_answer(call, 0, total, total, call->source->write_departments, reply);
    else
        reply_error(reply, 404);
}

static void users_answer(const struct api_call *call, const struct ids_in_path *ids,
                         struct reply *reply)
{
    uint64_t total;
    if (ids->at[0] == BLUEPRINT_ORGANIZATION &&
        call->source->users(call->data, ids->at[1], &total))
        list_answer(call, ids->at[1], total, total, call->source->write_users, reply);
    else
        reply_error(reply, 404);
}

static void everybody_answer(const struct api_call *call, const struct ids_in_path *ids,
                             struct reply *reply)
{
    uint64_t total;
    if (ids->at[0] != BLUEPRINT_ORGANIZATION)
        reply_error(reply, 404);
    else if (!call->source->everybody(call->data, &total))
        reply_error(reply, 500);
    else
        list_answer(call, 0, total, total, call->source->write_everybody, reply);
}

static void department_answer(const struct api_call *call, const struct ids_in_path *ids,
                              struct reply *reply)
{
    wrap_open_single(&reply->body);
    if (ids->at[0] == BLUEPRINT_ORGANIZATION &&
        call->source->write_department(call->data, ids->at[1], &reply->body))
        wrap_close_single(call->request, &reply->body);
    else
        reply_error(reply, 404);
}

static void organization_answer(const struct api_call *call, const struct ids_in_path *ids,
                                struct reply *reply)
{
    if (ids->at[0] != BLUEPRINT_ORGANIZATION) {
        reply_error(reply, 404);
        return;
    }
    wrap_open_single(&reply->body);
    call->source->write_organization(call->data, &reply->body);
    wrap_close_single(call->request, &reply->body);
}

static void user_answer(const struct api_call *call, const struct ids_in_path *ids,
                        struct reply *reply)
{
    wrap_open_single(&reply->body);
    if (call->source->write_user(call->data, ids->at[0], &reply->body))
        wrap_close_single(call->request, &reply->body);
    else
        reply_error(reply, 404);
}

/* A '#' stands for a number. */
static const struct {
    const char *pattern;
    void (*reply)(const struct api_call *, const struct ids_in_path *, struct reply *);
} endpoints[] = {
    {"/organizations/#/departments/#/users", users_answer},
    {"/organizations/#/departments/#", department_answer},
    {"/organizations/#/departments", departments_answer},
    {"/organizations/#/users", everybody_answer},
    {"/organizations/#", organization_answer},
    {"/users/#", user_answer},
    {"/micropanel/users/#/communities", communities_answer},
};

static bool path_matches(const char *path, const char *pattern, struct ids_in_path *ids)
{
    size_t found = 0;
    for (; *pattern; pattern++) {
        if (*pattern == '#') {
            size_t length = strcspn(path, "/");
            if (!digits_read(path, length, &ids->at[found++]))
                return false;
            path += length;
        } else if (*path++ != *pattern) {
            return false;
        }
    }
    return *path == '\0';
}

void api_answer(const struct api_call *call, struct reply *reply)
{
    struct ids_in_path ids;
    for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
        if (path_matches(call->path, endpoints[i].pattern, &ids)) {
            endpoints[i].reply(call, &ids, reply);
            return;
        }
    }
    reply_error(reply, 404);
}
