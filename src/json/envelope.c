#include "json/envelope.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/wipe.h"
#include "json/layout.h"
#include "json/mask.h"
#include "json/member.h"

/*
 * cJSON reads one value after the other and says where each ended; what holds them together
 * (braces, commas) is walked here. So each record's place in the text is known to the byte, and
 * what is laid out for its file is the original.
 */
struct decoder {
    struct envelope *envelope;
    enum envelope_shape shape;
    const char *id_name;
    const char *body;   /* the original */
    const char *masked; /* mask_copy() of it: same length, readable by cJSON */
    const char *at;     /* in masked */
    const char *end;
    struct buffer layout; /* of one record at a time */
    size_t capacity;      /* of envelope->records */
    size_t bytes;         /* laid out so far */
    bool response_seen;
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

/* The next value; the caller deletes it. NULL if there is none. */
static cJSON *decoder_value(struct decoder *decoder)
{
    const char *after = NULL;
    decoder_skip_space(decoder);
    if (decoder->at < decoder->end && *decoder->at == '\xef')
        return NULL; /* cJSON would skip a byte order mark */
    cJSON *value =
        cJSON_ParseWithLengthOpts(decoder->at, (size_t)(decoder->end - decoder->at), &after, 0);
    if (value)
        decoder->at = after;
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

static int decoder_record_of(struct decoder *decoder, const cJSON *object, const char *start,
                             size_t size)
{
    uint64_t id = member_id(object, decoder->id_name);
    if (!cJSON_IsObject(object))
        return decoder_refuse_record(decoder, "no object", "");
    if (id == 0)
        return decoder_refuse_record(decoder, "no usable ", decoder->id_name);
    int error = decoder_lay_out(decoder, start, size);
    if (error)
        return error;
    uint32_t day = mtime_day(member_string(object, "creationDate"));
    if (day == 0)
        day = mtime_day(member_string(object, "licenseStartDate"));
    if (day == 0)
        day = MTIME_DEFAULT_DAY;
    struct record *record = record_create(id, day, decoder->layout.data, decoder->layout.size);
    if (!record)
        return -ENOMEM;
    error = decoder_keep(decoder, record);
    if (error)
        record_unref(record);
    return error;
}

static int decoder_record(struct decoder *decoder)
{
    if (decoder->envelope->count == ENVELOPE_RECORDS_MAX)
        return decoder_refuse(decoder, "a page with too many records");
    decoder_skip_space(decoder);
    size_t offset = (size_t)(decoder->at - decoder->masked);
    cJSON *object = decoder_value(decoder);
    if (!object)
        return decoder_refuse_record(decoder, "not JSON", "");
    size_t size = (size_t)(decoder->at - decoder->masked) - offset;
    int error = decoder_record_of(decoder, object, decoder->body + offset, size);
    cJSON_Delete(object);
    return error;
}

static int decoder_records(struct decoder *decoder)
{
    if (!decoder_take(decoder, '['))
        return decoder_refuse(decoder, "\"response\" is not a list");
    if (decoder_take(decoder, ']'))
        return 0;
    int error;
    do
        error = decoder_record(decoder);
    while (!error && decoder_take(decoder, ','));
    if (error)
        return error;
    return decoder_take(decoder, ']') ? 0 : decoder_refuse(decoder, "a list that is cut off");
}

static void envelope_read_pagination(struct envelope *envelope, const cJSON *pagination)
{
    envelope->per_page = member_count(pagination, "perPage");
    envelope->total_pages = member_count(pagination, "totalPages");
    envelope->total_items = member_count(pagination, "totalItems");
    if (envelope->total_items < 0)
        envelope->total_items = member_count(pagination, "total");
}

static int decoder_response(struct decoder *decoder)
{
    if (decoder->response_seen)
        return decoder_refuse(decoder, "\"response\" stands there twice");
    decoder->response_seen = true;
    return decoder->shape == ENVELOPE_LIST ? decoder_records(decoder) : decoder_record(decoder);
}

static int decoder_member(struct decoder *decoder)
{
    int error = 0;
    cJSON *name = decoder_value(decoder);
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

static int decoder_run(struct decoder *decoder)
{
    if (!decoder_take(decoder, '{'))
        return decoder_refuse(decoder, "not a JSON object");
    int error;
    do
        error = decoder_member(decoder);
    while (!error && decoder_take(decoder, ','));
    if (error)
        return error;
    if (!decoder_take(decoder, '}'))
        return decoder_refuse(decoder, "not JSON, or cut off");
    decoder_skip_space(decoder);
    if (decoder->at < decoder->end)
        return decoder_refuse(decoder, "more text behind the answer");
    return decoder->response_seen ? 0 : decoder_refuse(decoder, "no \"response\"");
}

int envelope_decode(struct envelope *envelope, const char *body, size_t size,
                    enum envelope_shape shape, const char *id_name)
{
    *envelope = (struct envelope){.per_page = -1, .total_items = -1, .total_pages = -1};
    char *masked = mask_copy(body, size);
    if (!masked)
        return -ENOMEM;
    struct decoder decoder = {
        .envelope = envelope,
        .shape = shape,
        .id_name = id_name,
        .body = body,
        .masked = masked,
        .at = masked,
        .end = masked + size,
    };
    buffer_init(&decoder.layout, RECORD_SIZE_MAX);
    int error = decoder_run(&decoder);
    buffer_finish(&decoder.layout);
    wipe_free(masked);
    if (error)
        envelope_finish(envelope);
    return error;
}

void envelope_finish(struct envelope *envelope)
{
    for (size_t i = 0; i < envelope->count; i++)
        record_unref(envelope->records[i]);
    free(envelope->records);
    envelope->records = NULL;
    envelope->count = 0;
}
