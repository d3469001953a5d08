/* Holds what one answer says: its records, and what stands beside them. */
#include "json/envelope.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/wipe.h"
#include "json/value.h"

#define ENVELOPE_FIRST_ROOM 16

/* Return whether an array with ROOM for so many records has pages of its own (base/wipe.h). A
 * large one does: in the heap, a thousand of them would leave holes between the records for as
 * long as those are held. */
static bool envelope_is_paged(size_t room)
{
    return room * sizeof(struct record *) >= (size_t)sysconf(_SC_PAGESIZE);
}

/* Give the array back, and the first COUNT of its records. */
static void envelope_drop_array(const struct envelope *envelope, size_t count)
{
    if (envelope_is_paged(envelope->room))
        record_unref_paged(envelope->records, envelope->room, count);
    else
        record_unref_all(envelope->records, count);
}

void envelope_finish(struct envelope *envelope)
{
    envelope_drop_array(envelope, envelope->count);
    envelope->records = NULL;
    envelope->room = envelope->count = 0;
}

static int envelope_grow(struct envelope *envelope)
{
    size_t room = envelope->room ? 2 * envelope->room : ENVELOPE_FIRST_ROOM;
    size_t size = room * sizeof(struct record *);
    struct record **records = envelope_is_paged(room) ? wipe_take_pages(size) : malloc(size);
    if (!records)
        return -ENOMEM;
    for (size_t i = 0; i < envelope->count; i++)
        records[i] = envelope->records[i];
    envelope_drop_array(envelope, 0);
    envelope->records = records;
    envelope->room = room;
    return 0;
}

int envelope_add(struct envelope *envelope, struct record *record)
{
    int error = envelope->count == envelope->room ? envelope_grow(envelope) : 0;
    if (!error)
        envelope->records[envelope->count++] = record;
    return error;
}

/* A number may be written as a string. */
static int64_t envelope_count(const struct value *pagination, const char *name)
{
    double number;
    uint64_t written;
    if (value_number(pagination, name, &number))
        return number_count(number);
    const char *text = value_string(pagination, name);
    return number_parse(text, strlen(text), INT64_MAX, &written) ? (int64_t)written : -1;
}

/* Return the link NAME, or "". The service's own samples show templates, as
 * {{organization-id}}, which lead nowhere. */
static const char *envelope_link(const struct value *links, const char *name)
{
    const char *link = value_string(links, name);
    if (!*link)
        link = value_string(value_member(links, name), "href");
    return strchr(link, '{') ? "" : link;
}

/* Return the page that the link NAME leads to, by its query. */
static uint64_t envelope_linked_page(const struct value *links, const char *name)
{
    const char *link = envelope_link(links, name);
    if (!*link)
        return 0;
    for (const char *at = strchr(link, '?'); at; at = strchr(at + 1, '&')) {
        if (strncmp(at + 1, "page=", 5) == 0 && at[6] >= '0' && at[6] <= '9')
            return strtoull(at + 6, NULL, 10);
    }
    return UINT64_MAX;
}

static void envelope_take_pagination(struct envelope *envelope, const struct value *pagination)
{
    envelope->per_page = envelope_count(pagination, "perPage");
    envelope->total_pages = envelope_count(pagination, "totalPages");
    envelope->total_items = envelope_count(pagination, "totalItems");
    if (envelope->total_items < 0)
        envelope->total_items = envelope_count(pagination, "total");
    envelope->current_page = envelope_count(pagination, "currentPage");
    if (envelope->current_page < 0)
        envelope->current_page = envelope_count(pagination, "page");
    const struct value *links = value_member(pagination, "links");
    envelope->next_page = envelope_linked_page(links, "next");
    envelope->last_page = envelope_linked_page(links, "last");
    const char *self = envelope_link(links, "self");
    size_t size = strcspn(self, "?");
    memcpy(envelope->self, self, size < sizeof envelope->self ? size : 0);
}

int envelope_read_pagination(struct envelope *envelope, const char *text, size_t size)
{
    struct value *pagination;
    int error = value_parse(text, size, &pagination);
    if (error)
        return error;
    envelope_take_pagination(envelope, pagination);
    value_destroy(pagination);
    return 0;
}
