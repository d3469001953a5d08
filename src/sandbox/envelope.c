#include "sandbox/envelope.h"

#include "sandbox/mix.h"

/* As the documentation's samples, whatever host is asked: links are not to be followed. */
#define LINK_BASE "https://api.questionpro.com/a/api/v2"

static void request_id_write(uint64_t request, struct text *out)
{
    unsigned long long a = mix64(request), b = mix64(~request);

    text_printf(out, ",\"requestID\":\"%08llx-%04llx-4%03llx-%04llx-%012llx\"}", a >> 32,
                (a >> 16) & 0xffff, a & 0xfff, ((b >> 48) & 0x3fff) | 0x8000,
                b & 0xffffffffffff);
}

static void link_write(const struct envelope *envelope, const char *name, uint64_t page,
                       struct text *out)
{
    text_printf(out, "\"%s\":", name);
    if (page == 0) {
        text_puts(out, "null");
        return;
    }
    text_printf(out, "\"" LINK_BASE "%s?page=%llu&perPage=%llu\"", envelope->path,
                (unsigned long long)page, (unsigned long long)envelope->per_page);
}

static void links_write(const struct envelope *envelope, struct text *out)
{
    uint64_t page = envelope->page;
    uint64_t last = envelope->total_pages > 0 ? envelope->total_pages : 1;

    link_write(envelope, "self", page, out);
    text_putc(out, ',');
    link_write(envelope, "prev", page - 1, out);
    text_putc(out, ',');
    link_write(envelope, "next", page < last ? page + 1 : 0, out);
    text_putc(out, ',');
    link_write(envelope, "first", 1, out);
    text_putc(out, ',');
    link_write(envelope, "last", last, out);
}

void envelope_open(struct text *out)
{
    text_puts(out, "{\"response\":[");
}

void envelope_close(const struct envelope *envelope, struct text *out)
{
    text_puts(out, "],\"pagination\":{\"perPage\":");
    text_number(out, envelope->per_page);
    text_puts(out, ",\"totalItems\":");
    text_number(out, envelope->total_items);
    text_puts(out, ",\"currentPage\":");
    text_number(out, envelope->page);
    text_puts(out, ",\"totalPages\":");
    text_number(out, envelope->total_pages);
    text_puts(out, ",\"links\":{");
    if (envelope->bare)
        text_puts(out, "\"self\":\"" LINK_BASE "/micropanel/users/{{user-id}}/communities\","
                       "\"prev\":null,\"next\":null,\"first\":null,\"last\":null");
    else
        links_write(envelope, out);
    text_puts(out, "}}");
    request_id_write(envelope->request, out);
}

void envelope_open_single(struct text *out)
{
    text_puts(out, "{\"response\":");
}

void envelope_close_single(uint64_t request, struct text *out)
{
    request_id_write(request, out);
}
