#include "json/decoder.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/wipe.h"
#include "json/gist.h"
#include "json/layout.h"
#include "json/mask.h"
#include "json/member.h"

/*
 * cJSON reads one value after the other and says where each ended; what holds them together
 * (braces, commas) is walked here. Of a record it reads only what gist.h takes from it:
 * layout.c checks the whole of it, more strictly than cJSON would.
 */
enum decoder_state {
    DECODER_BEGIN,  /* in front of the opening brace */
    DECODER_MEMBER, /* in front of a member of the answer */
    DECODER_RECORD, /* in front of a record of the list */
    DECODER_AFTER,  /* behind a member */
};

struct decoder {
    enum decoder_state state;
    struct envelope *envelope;
    enum envelope_shape shape;
    const char *id_name;
    char id_key[32]; /* the same in quotes */
    const char *at;
    const char *end;
    struct buffer layout; /* of one record at a time */
    size_t capacity;      /* of envelope->records */
    size_t bytes;         /* laid out so far */
    bool response_seen;
    bool starved; /* memory was out */
};

static int decoder_refuse(struct decoder *decoder, const char *why)
{
    snprintf(decoder->envelope->why, sizeof decoder->envelope->why, "%s", why);
    return -EBADMSG;
}

static int decoder_refuse_record(struct decoder *decoder, const char *why, const char *name)
{
    snprintf(decoder->envelope->why, sizeof decoder->envelope->why, "record %zu: %s%s",
             decoder->envelope->count + 1, why, name);
    return -EBADMSG;
}

static void decoder_skip_space(struct decoder *decoder)
{
    while (decoder->at < decoder->end && *decoder->at && strchr(" \t\n\r", *decoder->at))
        decoder->at++;
}

static bool decoder_take(struct decoder *decoder, char byte)
{
    decoder_skip_space(decoder);
    if (decoder->at == decoder->end || *decoder->at != byte)
        return false;
    decoder->at++;
    return true;
}

/* The next value, read from a copy that is masked; the caller deletes it. NULL if there is
 * none. One value at a time: a copy of the whole page would be new pages of memory each time.
 */
static cJSON *decoder_value(struct decoder *decoder)
{
    const char *after = NULL;
    decoder_skip_space(decoder);
    if (decoder->at < decoder->end && *decoder->at == '\xef')
        return NULL; /* cJSON would skip a byte order mark */
    size_t size = mask_value_size(decoder->at, (size_t)(decoder->end - decoder->at));
    char *masked = mask_copy(decoder->at, size);
    decoder->starved = decoder->starved || !masked;
    cJSON *value = masked ? cJSON_ParseWithLengthOpts(masked, size, &after, 0) : NULL;
    if (value)
        decoder->at += after - masked;
    wipe_free(masked);
    return value;
}

static int decoder_keep(struct decoder *decoder, struct record *record)
{
    struct envelope *envelope = decoder->envelope;
    if (envelope->count == decoder->capacity) {
        size_t capacity = decoder->capacity ? decoder->capacity * 2 : 16;
        struct record **records =
            reallocarray(envelope->records, capacity, sizeof *envelope->records);
        if (!records)
            return -ENOMEM;
        envelope->records = records;
        decoder->capacity = capacity;
    }
    envelope->records[envelope->count++] = record;
    return 0;
}

static int decoder_lay_out(struct decoder *decoder, const char *start, size_t size)
{
    const char *why;
    buffer_clear(&decoder->layout);
    int error = layout_append(start, size, &decoder->layout, &why);
    if (!error)
        error = buffer_append(&decoder->layout, "\n", 1);
    decoder->bytes += decoder->layout.size;
    if (error == -EFBIG || decoder->bytes > ENVELOPE_BYTES_MAX)
        return decoder_refuse_record(decoder, "too large", "");
    if (error == -EBADMSG)
        return decoder_refuse_record(decoder, why, "");
    return error;
}

/* Of what is laid out. */
static int decoder_make_record(struct decoder *decoder)
{
    const struct buffer *layout = &decoder->layout;
    struct gist gist;
    int error = gist_read(&gist, layout->data, layout->size, decoder->id_key);
    if (error)
        return error;
    if (gist.id == 0)
        return decoder_refuse_record(decoder, "no usable ", decoder->id_name);
    struct record *record = record_create(gist.id, gist.day, layout->data, layout->size);
    if (!record)
        return -ENOMEM;
    error = decoder_keep(decoder, record);
    if (error)
        record_unref(record);
    return error;
}

static int decoder_refuse_other(struct decoder *decoder)
{
    cJSON *value = decoder_value(decoder);
    bool is_value = value != NULL;
    cJSON_Delete(value);
    return decoder_refuse_record(decoder, is_value ? "no object" : "not JSON", "");
}

static int decoder_record(struct decoder *decoder)
{
    if (decoder->envelope->count == ENVELOPE_RECORDS_MAX)
        return decoder_refuse(decoder, "a page with too many records");
    decoder_skip_space(decoder);
    if (decoder->at == decoder->end || *decoder->at != '{')
        return decoder_refuse_other(decoder);
    size_t size = mask_value_size(decoder->at, (size_t)(decoder->end - decoder->at));
    int error = decoder_lay_out(decoder, decoder->at, size);
    if (error)
        return error;
    decoder->at += size;
    return decoder_make_record(decoder);
}

/* As many records as a step may take. */
static int decoder_records(struct decoder *decoder)
{
    int error = 0;
    bool more = true;
    for (int i = 0; i < DECODER_STEP && more && !error; i++) {
        error = decoder_record(decoder);
        more = !error && decoder_take(decoder, ',');
    }
    if (error || more)
        return error;
    decoder->state = DECODER_AFTER;
    return decoder_take(decoder, ']') ? 0 : decoder_refuse(decoder, "a list that is cut off");
}

static int decoder_begin_records(struct decoder *decoder)
{
    if (!decoder_take(decoder, '['))
        return decoder_refuse(decoder, "\"response\" is not a list");
    if (!decoder_take(decoder, ']'))
        decoder->state = DECODER_RECORD;
    return 0;
}

/* The page that the link NAME leads to, by its query. The service's own samples show templates,
 * as
 * {{organization-id}}, which lead nowhere. */
static uint64_t decoder_linked_page(const cJSON *links, const char *name)
{
    const char *link = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(links, name));
    if (!link || !*link || strchr(link, '{'))
        return 0;
    for (const char *at = strchr(link, '?'); at; at = strchr(at + 1, '&')) {
        if (strncmp(at + 1, "page=", 5) == 0 && at[6] >= '0' && at[6] <= '9')
            return strtoull(at + 6, NULL, 10);
    }
    return UINT64_MAX;
}

static void envelope_read_pagination(struct envelope *envelope, const cJSON *pagination)
{
    envelope->per_page = member_count(pagination, "perPage");
    envelope->total_pages = member_count(pagination, "totalPages");
    envelope->total_items = member_count(pagination, "totalItems");
    if (envelope->total_items < 0)
        envelope->total_items = member_count(pagination, "total");
    envelope->current_page = member_count(pagination, "currentPage");
    if (envelope->current_page < 0)
        envelope->current_page = member_count(pagination, "page");
    const cJSON *links = cJSON_GetObjectItemCaseSensitive(pagination, "links");
    envelope->next_page = decoder_linked_page(links, "next");
    envelope->last_page = decoder_linked_page(links, "last");
}

static int decoder_response(struct decoder *decoder)
{
    if (decoder->response_seen)
        return decoder_refuse(decoder, "\"response\" stands there twice");
    decoder->response_seen = true;
    return decoder->shape == ENVELOPE_LIST ? decoder_begin_records(decoder)
                                           : decoder_record(decoder);
}

static int decoder_member(struct decoder *decoder)
{
    int error = 0;
    cJSON *name = decoder_value(decoder);
    decoder->state = DECODER_AFTER;
    if (!cJSON_IsString(name) || !decoder_take(decoder, ':')) {
        error = decoder_refuse(decoder, "not JSON");
    } else if (strcmp(name->valuestring, "response") == 0) {
        error = decoder_response(decoder);
    } else {
        cJSON *value = decoder_value(decoder);
        if (!value)
            error = decoder_refuse(decoder, "not JSON, or cut off");
        else if (strcmp(name->valuestring, "pagination") == 0)
            envelope_read_pagination(decoder->envelope, value);
        else if (strcmp(name->valuestring, "requestID") == 0 && cJSON_IsString(value))
            snprintf(decoder->envelope->request_id, sizeof decoder->envelope->request_id, "%s",
                     value->valuestring);
        cJSON_Delete(value);
    }
    cJSON_Delete(name);
    return error;
}

static int decoder_begin(struct decoder *decoder)
{
    decoder->state = DECODER_MEMBER;
    return decoder_take(decoder, '{') ? 0 : decoder_refuse(decoder, "not a JSON object");
}

/* 1 if there is another member. */
static int decoder_after(struct decoder *decoder)
{
    if (decoder_take(decoder, ',')) {
        decoder->state = DECODER_MEMBER;
        return 1;
    }
    if (!decoder_take(decoder, '}'))
        return decoder_refuse(decoder, "not JSON, or cut off");
    decoder_skip_space(decoder);
    if (decoder->at < decoder->end)
        return decoder_refuse(decoder, "more text behind the answer");
    return decoder->response_seen ? 0 : decoder_refuse(decoder, "no \"response\"");
}

static int decoder_go_on(struct decoder *decoder)
{
    int error = 0;
    switch (decoder->state) {
    case DECODER_BEGIN:
        error = decoder_begin(decoder);
        break;
    case DECODER_MEMBER:
        error = decoder_member(decoder);
        break;
    case DECODER_RECORD:
        error = decoder_records(decoder);
        break;
    case DECODER_AFTER:
        return decoder_after(decoder);
    }
    return error ? error : 1;
}

int decoder_step(struct decoder *decoder)
{
    int left = decoder_go_on(decoder);
    if (left < 0 && decoder->starved)
        left = -ENOMEM;
    if (left < 0)
        envelope_finish(decoder->envelope);
    return left;
}

struct decoder *decoder_create(struct envelope *envelope, const char *body, size_t size,
                               enum envelope_shape shape, const char *id_name)
{
    *envelope = (struct envelope){
        .per_page = -1, .total_items = -1, .total_pages = -1, .current_page = -1};
    struct decoder *decoder = malloc(sizeof *decoder);
    if (!decoder)
        return NULL;
    *decoder = (struct decoder){
        .envelope = envelope,
        .shape = shape,
        .id_name = id_name,
        .at = body,
        .end = body + size,
    };
    snprintf(decoder->id_key, sizeof decoder->id_key, "\"%s\"", id_name);
    buffer_init(&decoder->layout, RECORD_SIZE_MAX);
    return decoder;
}

void decoder_destroy(struct decoder *decoder)
{
    if (!decoder)
        return;
    buffer_finish(&decoder->layout);
    free(decoder);
}
