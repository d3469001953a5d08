/* Makes records of JSON texts for tests. */
#include "laid_out.h"

#include <assert.h>
#include <string.h>

#include "json/scanner.h"

void laid_out_append(const char *json, struct buffer *text)
{
    struct scanner scanner = scanner_of(json, strlen(json));
    int error = scanner_value(&scanner, text);
    assert(!error);
    assert(scanner_is_at_end(&scanner));
}

struct record *laid_out_record_of_day(uint64_t id, uint32_t day, const char *json)
{
    struct buffer text;
    buffer_init(&text, RECORD_SIZE_MAX);
    laid_out_append(json, &text);
    int error = buffer_append(&text, "\n", 1);
    assert(!error);
    struct record *record = record_create(id, day, text.data, text.size);
    assert(record);
    buffer_finish(&text);
    return record;
}

struct record *laid_out_record(uint64_t id, const char *json)
{
    return laid_out_record_of_day(id, MTIME_DEFAULT_DAY, json);
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
