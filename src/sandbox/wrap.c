/* What the service wraps around records: lists with their pagination, and single records. */
#include "sandbox/wrap.h"

#include "sandbox/mix.h"

/* As the documentation's samples, whatever host is asked: links are not to be followed. */
#define LINK_BASE "https://api.questionpro.com/a/api/v2"

static void request_id_write(uint64_t request, struct draft *out)
{
    unsigned long long a = mix64(request), b = mix64(~request);
    draft_printf(out, ",\"requestID\":\"%08llx-%04llx-4%03llx-%04llx-%012llx\"}", a >> 32,
                 (a >> 16) & 0xffff, a & 0xfff, ((b >> 48) & 0x3fff) | 0x8000,
                 b & 0xffffffffffff);
}

static void link_write(const struct wrap *wrap, const char *name, uint64_t page,
                       struct draft *out)
{
    draft_printf(out, "\"%s\":", name);
    if (page == 0) {
        draft_puts(out, "null");
        return;
    }
    draft_printf(out, "\"" LINK_BASE "%s?page=%llu&perPage=%llu\"", wrap->path,
                 (unsigned long long)page, (unsigned long long)wrap->per_page);
}

static void links_write(const struct wrap *wrap, struct draft *out)
{
    uint64_t page = wrap->page;
    uint64_t last = wrap->total_pages > 0 ? wrap->total_pages : 1;
    link_write(wrap, "self", page, out);
    draft_putc(out, ',');
    link_write(wrap, "prev", page - 1, out);
    draft_putc(out, ',');
    link_write(wrap, "next", page < last ? page + 1 : 0, out);
    draft_putc(out, ',');
    link_write(wrap, "first", 1, out);
    draft_putc(out, ',');
    link_write(wrap, "last", last, out);
}

void wrap_open(struct draft *out)
{
    draft_puts(out, "{\"response\":[");
}

void wrap_close(const struct wrap *wrap, struct draft *out)
{
    draft_puts(out, "],\"pagination\":{\"perPage\":");
    draft_number(out, wrap->per_page);
    draft_puts(out, ",\"totalItems\":");
    draft_number(out, wrap->total_items);
    draft_puts(out, ",\"currentPage\":");
    draft_number(out, wrap->page);
    draft_puts(out, ",\"totalPages\":");
    draft_number(out, wrap->total_pages);
    draft_puts(out, ",\"links\":{");
    if (wrap->bare)
        draft_puts(out, "\"self\":\"" LINK_BASE "/micropanel/users/{{user-id}}/communities\","
                        "\"prev\":null,\"next\":null,\"first\":null,\"last\":null");
    else
        links_write(wrap, out);
    draft_puts(out, "}}");
    request_id_write(wrap->request, out);
}

void wrap_open_single(struct draft *out)
{
    draft_puts(out, "{\"response\":");
}

void wrap_close_single(uint64_t request, struct draft *out)
{
    request_id_write(request, out);
}
