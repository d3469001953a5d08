#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "cache/listing_parts.h"
#include "json/arrange.h"

static void single_distrust(struct listing *single, const char *why)
{
    char path[ENDPOINT_PATH_MAX];
    listing_path(single, path);
    log_info("%s: %s; asking for the whole list", path, why);
    quirks_distrust_singles(&single->cache->quirks);
}

/* Nothing is compared here with what is held: that needs the list's order of members first. */
struct record *single_keep(void *data, struct record *fresh)
{
    (void)data;
    return fresh;
}

/* Whether RECORD says that it is of this list: 1; 0 if it says another; -EBADMSG if it does not
 * say. */
static int single_belongs(const struct listing *single, const struct record *record)
{
    const struct target *list = &single->options.list->options.target;
    uint64_t owners[ENDPOINT_IDS_MAX];
    target_read_owners(list, record, owners);
    for (size_t i = 0; i < ENDPOINT_IDS_MAX && list->endpoint->owners[i]; i++) {
        if (owners[i] != list->ids[i])
            return owners[i] ? 0 : -EBADMSG;
    }
    return 1;
}

/* Puts *RECORD in the order of what its list showed of it before, or of what lists show at all;
 * as it is if there was no list yet. 0, -EBADMSG if it has other members than those, -ENOMEM.
 */
static int single_arrange(const struct listing *single, const struct record *held,
                          struct record **record)
{
    const struct buffer *shape = &single->cache->shape;
    const char *template = held ? held->bytes : shape->data;
    size_t size = held ? held->size : shape->size;
    struct record *arranged;
    if (size == 0)
        return 0;
    int error = arrange_record(*record, template, size, &arranged);
    if (error)
        return error == -ENOMEM ? error : -EBADMSG;
    record_unref(*record);
    *record = arranged;
    return 0;
}

/* The same bytes are the same node, whoever brought them. */
static void single_share(const struct listing *single, struct record **record)
{
    struct record *const olds[] = {single_held(single->options.list, (*record)->id),
                                   single_held(single, (*record)->id)};
    for (size_t i = 0; i < sizeof olds / sizeof *olds; i++) {
        if (olds[i] && record_equals(olds[i], *record)) {
            record_unref(*record);
            *record = record_ref(olds[i]);
            return;
        }
    }
    const struct listing_options *options = &single->options;
    (*record)->ino = ino_make(options->ino, options->ino_organization, options->ino_department,
                              (*record)->id);
}

static void single_take(struct listing *single, struct pager_result *result)
{
    single->cache->quirks.singles_work = true;
    single_share(single, &result->records[0]);
    listing_accept(single, result);
}

/* There is no such record: a snapshot without it says so for the TTL. But what a list has shown
 * is for a list to say, and an endpoint that never yet gave a record may be one that says 404
 * to everything. */
static void single_is_missing(struct listing *single)
{
    struct pager_result none = {.count = 0};
    if (single->options.list->shown || !single->cache->quirks.singles_work)
        single_ask_list(single);
    else
        listing_accept(single, &none);
}

static void single_release(struct pager_result *result)
{
    record_unref(result->records[0]);
    free(result->records);
}

/* Whether a list came while SINGLE was asked for: somebody may have seen that, and nobody this.
 * It may have gone again. */
static bool single_is_late(const struct listing *single)
{
    const struct listing *list = single->options.list;
    return listing_remaining_ms(list) > 0 || single->fetch_began_ms <= list->came_ms;
}

static void single_came(struct listing *single, struct pager_result *result)
{
    const struct listing *list = single->options.list;
    struct record **record = &result->records[0];
    const struct record *listed = single_held(list, (*record)->id);
    int belongs = single_belongs(single, *record), error = 0;
    if (belongs > 0)
        error = single_arrange(single, listed, record);
    if (belongs == -EBADMSG)
        single_distrust(single, "it does not say where it belongs");
    bool believed =
        belongs > 0 && error != -ENOMEM && single_is_believed(single, *record, listed, !error);
    if (believed && !single_is_late(single)) {
        single_take(single, result);
        return;
    }
    single_release(result);
    if (error == -ENOMEM || belongs == -ENOMEM)
        listing_fail_memory(single);
    else
        single_ask_list(single);
}

/* Lets what is held serve on after a failure that passes, of the record or else of its list.
 * Whether there is anything. */
static bool single_serve_stale(struct listing *single, const struct pager_result *result)
{
    struct listing *list = single->options.list;
    struct listing *held = single_stale_ms(single) > 0 ? single : list;
    if (listing_stale_ms(held) <= 0)
        return false;
    listing_mark_stale(held, result);
    listing_deliver(single, held->snapshot, 0, result->why);
    return true;
}

static void single_failed(struct listing *single, const struct pager_result *result)
{
    struct listing *list = single->options.list;
    if (result->status == 403) {
        log_info("users can't be asked for one by one: %s", result->why);
        single->cache->quirks.no_singles = true;
        single_ask_list(single);
    } else if (list->pager || list->confirming ||
               (single_is_late(single) && result->status != 401)) {
        single_ask_list(single);
    } else if (result->not_found) {
        single_is_missing(single);
    } else if (listing_may_serve_stale(result) && single_serve_stale(single, result)) {
        listing_note_failure(single, result);
    } else if (result->transient) {
        listing_note_failure(single, result);
        listing_fail(single, result);
    } else if (result->error == -EINVAL || result->error == -EBADMSG) {
        single_distrust(single, result->why);
        single_ask_list(single);
    } else {
        if (result->status == 401) {
            listing_refuse(list);
            cache_end_walks(single->cache);
        }
        listing_note_failure(single, result);
        listing_fail(single, result);
    }
}

void single_on_fetched(void *data, struct pager_result *result)
{
    struct listing *single = data;
    single->pager = NULL;
    if (result->error)
        single_failed(single, result);
    else
        single_came(single, result);
}
