/* Makes records of JSON texts for tests. */
#include "laid_out.h"

#include <assert.h>
#include <string.h>

#include "base/buffer.h"
#include "json/layout.h"

struct record *laid_out_record(uint64_t id, const char *json)
{
    const char *why;
    struct buffer text;
    buffer_init(&text, RECORD_SIZE_MAX);
    int error = layout_append(json, strlen(json), &text, &why);
    if (!error)
        error = buffer_append(&text, "\n", 1);
    assert(!error);
    struct record *record = record_create(id, MTIME_DEFAULT_DAY, text.data, text.size);
    assert(record);
    buffer_finish(&text);
    return record;
}

struct record *laid_out_name(uint64_t id, const char *name)
{
    struct buffer json;
    buffer_init(&json, RECORD_SIZE_MAX);
    int error = buffer_append(&json, "{\"name\":\"", strlen("{\"name\":\""));
    error |= buffer_append(&json, name, strlen(name));
    error |= buffer_append(&json, "\"}", sizeof "\"}");
    assert(!error);
    struct record *record = laid_out_record(id, json.data);
    buffer_finish(&json);
    return record;
}
