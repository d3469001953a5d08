/* Fuzzes what becomes of an answer in a report. */
#include "fuzz.h"

#include <string.h>

#include "json/disguise.h"

/* As long as it was, and an answer that could be read before can be read after, with as many
 * records. */
static void check(const char *body, size_t size, const struct buffer *out)
{
    struct envelope before, after;
    HOLDS(out->size == size);
    /* A name that is escaped is no name here. */
    if (memchr(body, '\\', size))
        return;
    if (fuzz_decode(&before, body, size, ENVELOPE_LIST))
        return;
    HOLDS(fuzz_decode(&after, out->data, size, ENVELOPE_LIST) == 0);
    HOLDS(before.count == after.count);
    HOLDS(before.per_page == after.per_page && before.total_items == after.total_items);
    HOLDS(before.current_page == after.current_page && before.total_pages == after.total_pages);
    envelope_finish(&before);
    envelope_finish(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct disguise *disguise = disguise_create();
    struct buffer out;
    buffer_init(&out, size + 1);
    HOLDS(disguise != NULL);
    HOLDS(disguise_body(disguise, (const char *)data, size, &out) == 0);
    check((const char *)data, size, &out);
    buffer_finish(&out);
    disguise_destroy(disguise);
    return 0;
}
