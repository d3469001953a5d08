/* Decodes the answer of one call into records. */
#include "json/decoder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "json/members.h"
#include "json/scanner.h"

/* After so many records that were not what was expected, nothing is expected any more of this
 * answer: the list has another order. */
#define DECODER_SURPRISES_MAX 16

/* What stands beside "response", as in a pagination, has some hundred bytes. */
#define DECODER_BESIDE_MAX ((size_t)65536)

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
    struct scanner body;
    struct buffer text; /* one record, or the name of one member, laid out */
    size_t bytes;       /* of all records so far, laid out */
    bool response_seen, pagination_seen;
    struct buffer beside; /* an object of what stands beside "response" as in a pagination,
                             without its last brace */
    struct decoder_past past;
    size_t hint;        /* the past's own */
    unsigned surprises; /* one after the other */
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

/* -------- records -------- */

static int decoder_refuse_size(struct decoder *decoder)
{
    return decoder_refuse_record(decoder, "too large", "");
}

static int decoder_lay_out(struct decoder *decoder)
{
    buffer_clear(&decoder->text);
    int error = scanner_value(&decoder->body, &decoder->text);
    if (!error)
        error = buffer_append(&decoder->text, "\n", 1);
    decoder->bytes += decoder->text.size;
    if (error == -EFBIG || decoder->bytes > ENVELOPE_BYTES_MAX)
        return decoder_refuse_size(decoder);
    if (error == -EBADMSG)
        return decoder_refuse_record(decoder, decoder->body.why, "");
    return error;
}

/* What has to be known of a record to make a file of it. */
struct decoder_facts {
    uint64_t id;  /* 0: it has no usable one, or two */
    uint32_t day; /* of its creation, as mtime_day() sets it */
};

static bool decoder_day(const struct member *member, uint32_t *day)
{
    return *member->value == '"' && mtime_day(member->value + 1, member->value_size - 2, day);
}

/* Of two dates the first counts. An ID that stands there twice is none. */
static struct decoder_facts decoder_find_facts(const struct decoder *decoder)
{
    struct members members = members_of_text(decoder->text.data, decoder->text.size);
    struct member member;
    struct decoder_facts facts = {.id = 0};
    unsigned ids = 0, creations = 0, licenses = 0;
    uint32_t licensed = MTIME_DEFAULT_DAY;
    bool created = false;
    while (members_next(&members, &member)) {
        if (member_is(&member, decoder->id_name) && ids++ == 0)
            facts.id = member_id(&member);
        else if (member_is(&member, "creationDate") && creations++ == 0)
            created = decoder_day(&member, &facts.day);
        else if (member_is(&member, "licenseStartDate") && licenses++ == 0)
            (void)decoder_day(&member, &licensed);
    }
    if (ids > 1)
        facts.id = 0;
    if (!created)
        facts.day = licensed;
    return facts;
}

static int decoder_make_record(struct decoder *decoder)
{
    struct decoder_facts facts = decoder_find_facts(decoder);
    if (facts.id == 0)
        return decoder_refuse_record(decoder, "no usable ", decoder->id_name);
    struct record *record =
        record_create(facts.id, facts.day, decoder->text.data, decoder->text.size);
    if (!record)
        return -ENOMEM;
    int error = envelope_add(decoder->envelope, record);
    if (error)
        record_unref(record);
    return error;
}

static int decoder_refuse_other(struct decoder *decoder)
{
    int error = scanner_value(&decoder->body, NULL);
    return decoder_refuse_record(decoder, error ? decoder->body.why : "no object", "");
}

/* Return the record that came at this place the last time, or NULL. */
static struct record *decoder_expected(struct decoder *decoder)
{
    const struct envelope *envelope = decoder->envelope;
    size_t count = envelope->count;
    if (!decoder->past.beside || count == 0 || decoder->surprises > DECODER_SURPRISES_MAX)
        return NULL;
    uint64_t last = envelope->records[count - 1]->id;
    bool falls = count > 1 && envelope->records[count - 2]->id > last;
    return decoder->past.beside(decoder->past.data, last, falls, &decoder->hint);
}

static int decoder_use_again(struct decoder *decoder, struct record *old)
{
    decoder->surprises = 0;
    int error = envelope_add(decoder->envelope, old);
    if (!error)
        record_ref(old);
    return error;
}

/* Return 1 if OLD came next, and was taken; 0 if not; -EBADMSG; or -ENOMEM. */
static int decoder_take_expected(struct decoder *decoder, struct record *old)
{
    if (!scanner_take_known(&decoder->body, old->bytes, old->size))
        return 0;
    decoder->bytes += old->size;
    if (decoder->bytes > ENVELOPE_BYTES_MAX)
        return decoder_refuse_size(decoder);
    int error = decoder_use_again(decoder, old);
    return error ? error : 1;
}

static bool decoder_laid_out_as(const struct decoder *decoder, const struct record *old)
{
    return decoder->text.size == old->size &&
           memcmp(decoder->text.data, old->bytes, old->size) == 0;
}

/* The ID and the time of a record come of its bytes alone. So one with the bytes of OLD is
 * that. It may have been spelt in another way. */
static int decoder_make_or_use(struct decoder *decoder, struct record *old)
{
    if (old && decoder_laid_out_as(decoder, old))
        return decoder_use_again(decoder, old);
    decoder->surprises += old != NULL;
    return decoder_make_record(decoder);
}

static int decoder_record(struct decoder *decoder)
{
    if (decoder->envelope->count == ENVELOPE_RECORDS_MAX)
        return decoder_refuse(decoder, "a page with too many records");
    if (!scanner_is_at(&decoder->body, '{'))
        return decoder_refuse_other(decoder);
    struct record *old = decoder_expected(decoder);
    int taken = old ? decoder_take_expected(decoder, old) : 0;
    if (taken)
        return taken < 0 ? taken : 0;
    int error = decoder_lay_out(decoder);
    return error ? error : decoder_make_or_use(decoder, old);
}

/* Read as many records as a step may. */
static int decoder_records(struct decoder *decoder)
{
    int error = 0;
    bool more = true;
    for (int i = 0; i < DECODER_STEP && more && !error; i++) {
        error = decoder_record(decoder);
        more = !error && scanner_take(&decoder->body, ',');
    }
    if (error || more)
        return error;
    decoder->state = DECODER_AFTER;
    if (!scanner_take(&decoder->body, ']'))
        return decoder_refuse(decoder, "a list that is cut off");
    return 0;
}

static int decoder_begin_records(struct decoder *decoder)
{
    if (!scanner_take(&decoder->body, '['))
        return decoder_refuse(decoder, "\"response\" is not a list");
    if (!scanner_take(&decoder->body, ']'))
        decoder->state = DECODER_RECORD;
    return 0;
}

static int decoder_response(struct decoder *decoder)
{
    if (decoder->response_seen)
        return decoder_refuse(decoder, "\"response\" stands there twice");
    decoder->response_seen = true;
    return decoder->shape == ENVELOPE_LIST ? decoder_begin_records(decoder)
                                           : decoder_record(decoder);
}

/* -------- what stands beside them -------- */

static int decoder_pagination(struct decoder *decoder, const char *text, size_t size)
{
    if (text[strspn(text, " \t\r\n")] != '{')
        return decoder_refuse(decoder, "a \"pagination\" that is no object");
    if (decoder->pagination_seen)
        return decoder_refuse(decoder, "\"pagination\" stands there twice");
    decoder->pagination_seen = true;
    int error = envelope_read_pagination(decoder->envelope, text, size);
    return error == -EBADMSG ? decoder_refuse(decoder, "a \"pagination\" that cannot be read")
                             : error;
}

static int decoder_explain(struct decoder *decoder, int error)
{
    return error == -ENOMEM ? error : decoder_refuse(decoder, decoder->body.why);
}

static bool decoder_is_name(const struct decoder *decoder, const char *quoted)
{
    size_t size = strlen(quoted);
    return decoder->text.size == size && memcmp(decoder->text.data, quoted, size) == 0;
}

/* Return whether the value from AT to END says nothing: null, false, 0, or an empty one. */
static bool decoder_is_nothing(const char *at, const char *end)
{
    at += strspn(at, " \t\r\n");
    bool is_word = *at == 'n' || *at == 'f';
    while (at < end && strchr("{}[]\"0 \t\r\n", *at))
        at++;
    return is_word || at == end;
}

/* Return whether the member belongs into a pagination. */
static bool decoder_is_of_pagination(const struct decoder *decoder)
{
    static const char *const names[] = {"\"perPage\"",     "\"totalItems\"", "\"total\"",
                                        "\"currentPage\"", "\"page\"",       "\"totalPages\"",
                                        "\"links\""};
    bool is_one = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        is_one = is_one || decoder_is_name(decoder, names[i]);
    return is_one;
}

static int decoder_keep_beside(struct decoder *decoder, const char *value, size_t size)
{
    struct buffer *beside = &decoder->beside;
    int error = buffer_append(beside, beside->size ? "," : "{", 1);
    if (!error)
        error = buffer_append(beside, decoder->text.data, decoder->text.size);
    if (!error)
        error = buffer_append(beside, ":", 1);
    if (!error)
        error = buffer_append(beside, value, size);
    return error == -EFBIG ? decoder_refuse(decoder, "too much beside its \"response\"")
                           : error;
}

/* Where there is no pagination, take what stands beside "response" for one: else a page that
 * is cut would pass for the whole list. */
static int decoder_take_beside(struct decoder *decoder)
{
    struct buffer *beside = &decoder->beside;
    if (decoder->pagination_seen || beside->size == 0)
        return 0;
    int error = buffer_append(beside, "}", 1);
    return error ? error : decoder_pagination(decoder, beside->data, beside->size);
}

/* A member that nobody needs is only checked. */
static int decoder_member(struct decoder *decoder)
{
    buffer_clear(&decoder->text);
    int error = scanner_name(&decoder->body, &decoder->text);
    if (error)
        return decoder_explain(decoder, error);
    decoder->state = DECODER_AFTER;
    if (decoder_is_name(decoder, "\"response\""))
        return decoder_response(decoder);
    const char *start = decoder->body.at;
    error = scanner_value(&decoder->body, NULL);
    if (error)
        return decoder_explain(decoder, error);
    size_t size = (size_t)(decoder->body.at - start);
    if (decoder_is_of_pagination(decoder))
        return decoder_keep_beside(decoder, start, size);
    if (decoder_is_nothing(start, decoder->body.at))
        return 0;
    if (decoder_is_name(decoder, "\"error\"") || decoder_is_name(decoder, "\"errors\""))
        return decoder_refuse(decoder, "an \"error\" beside its \"response\"");
    bool is_pagination = decoder_is_name(decoder, "\"pagination\"");
    return is_pagination ? decoder_pagination(decoder, start, size) : 0;
}

/* -------- steps -------- */

static int decoder_begin(struct decoder *decoder)
{
    decoder->state = DECODER_MEMBER;
    return scanner_take(&decoder->body, '{') ? 0 : decoder_refuse(decoder, "not a JSON object");
}

/* Return 1 if there is another member. */
static int decoder_after(struct decoder *decoder)
{
    if (scanner_take(&decoder->body, ',')) {
        decoder->state = DECODER_MEMBER;
        return 1;
    }
    if (!scanner_take(&decoder->body, '}'))
        return decoder_refuse(decoder, "not JSON, or cut off");
    if (!scanner_is_at_end(&decoder->body))
        return decoder_refuse(decoder, "more text behind the answer");
    return decoder->response_seen ? decoder_take_beside(decoder)
                                  : decoder_refuse(decoder, "no \"response\"");
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
    if (left < 0)
        envelope_finish(decoder->envelope);
    return left;
}

struct decoder *decoder_create(struct envelope *envelope, const char *body, size_t size,
                               enum envelope_shape shape, const char *id_name,
                               const struct decoder_past *past)
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
        .body = scanner_of(body, size),
    };
    if (past)
        decoder->past = *past;
    buffer_init(&decoder->text, RECORD_SIZE_MAX);
    buffer_init(&decoder->beside, DECODER_BESIDE_MAX);
    return decoder;
}

void decoder_destroy(struct decoder *decoder)
{
    if (!decoder)
        return;
    buffer_finish(&decoder->text);
    buffer_finish(&decoder->beside);
    free(decoder);
}
