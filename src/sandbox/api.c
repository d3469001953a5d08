#include "sandbox/api.h"

#include <ctype.h>
#include <string.h>

#include "sandbox/envelope.h"

#define DEFAULT_PER_PAGE 100u
#define MAX_DIGITS       15u

/* The numbers in a path, in their order. */
struct ids_in_path {
    uint64_t at[2];
};

typedef void list_writer(const struct account *account, uint64_t id, uint64_t from,
                         uint64_t count, struct text *out);

/* Which items go into the answer, and what it says of them. */
struct slice {
    uint64_t page;
    uint64_t size;    /* items a page has */
    uint64_t claimed; /* items a page is said to have */
};

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

static bool slice_read(const struct api_call *call, struct slice *slice)
{
    const struct fault_effect *effect = call->effect;

    *slice = (struct slice){.page = 1, .claimed = DEFAULT_PER_PAGE};
    if (!parameter_read(call->page, &slice->page) ||
        !parameter_read(call->per_page, &slice->claimed))
        return false;
    slice->size = slice->claimed < call->page_max ? slice->claimed : call->page_max;
    if (!call->page_max_silent)
        slice->claimed = slice->size;
    if (effect && effect->ignore_page)
        slice->page = 1;
    if (effect && effect->ignore_per_page != FAULT_UNSET)
        slice->size = slice->claimed = effect->ignore_per_page;
    return true;
}

static uint64_t pages_of(uint64_t total, uint64_t size)
{
    return total / size + (total % size != 0);
}

static void items_write(const struct api_call *call, const struct slice *slice, uint64_t id,
                        uint64_t total, list_writer *write, struct text *out)
{
    if (slice->page > pages_of(total, slice->size))
        return;
    uint64_t from = (slice->page - 1) * slice->size;
    uint64_t rest = total - from;
    write(call->account, id, from, rest < slice->size ? rest : slice->size, out);
}

/* `known` is the total to report: what is there, or what the service claims. */
static void list_answer(const struct api_call *call, uint64_t id, uint64_t total,
                        uint64_t known, list_writer *write, struct answer *answer)
{
    const struct fault_effect *effect = call->effect;
    struct slice slice;

    if (!slice_read(call, &slice)) {
        answer_error(answer, 400);
        return;
    }
    struct envelope envelope = {
        .path = call->path,
        .page = slice.page,
        .per_page = slice.claimed,
        .total_items = known,
        .total_pages = pages_of(known, slice.claimed),
        .bare = known < total,
        .request = call->request,
    };
    if (effect && effect->lie_total != FAULT_UNSET)
        envelope.total_items = effect->lie_total;
    if (effect && effect->lie_pages != FAULT_UNSET)
        envelope.total_pages = effect->lie_pages;
    envelope_open(&answer->body);
    items_write(call, &slice, id, total, write, &answer->body);
    envelope_close(&envelope, &answer->body);
}

static void communities_write(const struct account *account, uint64_t id, uint64_t from,
                              uint64_t count, struct text *out)
{
    (void)id;
    account_write_communities(account, from, count, out);
}

/* Its totals are always zero, as in the documentation. */
static void communities_answer(const struct api_call *call, const struct ids_in_path *ids,
                               struct answer *answer)
{
    if (account_has_user(call->account, ids->at[0]))
        list_answer(call, 0, account_communities(call->account), 0, communities_write, answer);
    else
        answer_error(answer, 404);
}

static void departments_write(const struct account *account, uint64_t id, uint64_t from,
                              uint64_t count, struct text *out)
{
    (void)id;
    account_write_departments(account, from, count, out);
}

static void departments_answer(const struct api_call *call, const struct ids_in_path *ids,
                               struct answer *answer)
{
    uint64_t total = account_departments(call->account);

    if (ids->at[0] == PLAN_ORGANIZATION)
        list_answer(call, 0, total, total, departments_write, answer);
    else
        answer_error(answer, 404);
}

static void users_answer(const struct api_call *call, const struct ids_in_path *ids,
                         struct answer *answer)
{
    uint64_t total;

    if (ids->at[0] == PLAN_ORGANIZATION && account_users(call->account, ids->at[1], &total))
        list_answer(call, ids->at[1], total, total, account_write_users, answer);
    else
        answer_error(answer, 404);
}

static void department_answer(const struct api_call *call, const struct ids_in_path *ids,
                              struct answer *answer)
{
    envelope_open_single(&answer->body);
    if (ids->at[0] == PLAN_ORGANIZATION &&
        account_write_department(call->account, ids->at[1], &answer->body))
        envelope_close_single(call->request, &answer->body);
    else
        answer_error(answer, 404);
}

static void organization_answer(const struct api_call *call, const struct ids_in_path *ids,
                                struct answer *answer)
{
    if (ids->at[0] != PLAN_ORGANIZATION) {
        answer_error(answer, 404);
        return;
    }
    envelope_open_single(&answer->body);
    account_write_organization(call->account, &answer->body);
    envelope_close_single(call->request, &answer->body);
}

static void user_answer(const struct api_call *call, const struct ids_in_path *ids,
                        struct answer *answer)
{
    envelope_open_single(&answer->body);
    if (account_write_user(call->account, ids->at[0], &answer->body))
        envelope_close_single(call->request, &answer->body);
    else
        answer_error(answer, 404);
}

/* A '#' stands for a number. */
static const struct {
    const char *pattern;
    void (*answer)(const struct api_call *, const struct ids_in_path *, struct answer *);
} endpoints[] = {
    {"/organizations/#/departments/#/users", users_answer},
    {"/organizations/#/departments/#", department_answer},
    {"/organizations/#/departments", departments_answer},
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

void api_answer(const struct api_call *call, struct answer *answer)
{
    struct ids_in_path ids;

    for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
        if (path_matches(call->path, endpoints[i].pattern, &ids)) {
            endpoints[i].answer(call, &ids, answer);
            return;
        }
    }
    answer_error(answer, 404);
}
