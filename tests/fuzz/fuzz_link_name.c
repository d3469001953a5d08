/* Fuzzes the names of links that are made of people's texts. */
#include "fuzz.h"

#include <string.h>

#include "base/buffer.h"
#include "view/name.h"

#define MEMBER "\"name\""

/* Whatever a record says, its link has a name that can be looked up, as long as it may be. */
static void check_record(const struct record *record)
{
    static const size_t most[] = {NAME_SIZE - 1, 238, 18};
    char name[NAME_SIZE], whole[NAME_SIZE];
    size_t all = name_of_link(record, MEMBER, most[0], whole);
    for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
        size_t size = name_of_link(record, MEMBER, most[i], name);
        HOLDS(size == strlen(name) && size <= most[i]);
        HOLDS((size > 0) == (all > 0));
        HOLDS(name_may_be_link(name) == (size > 0));
        HOLDS(memcmp(name, whole, size) == 0);
    }
    name_of_link_with_id(record, MEMBER, name);
    HOLDS(all == 0 || name_may_be_link(name));
    HOLDS(strcmp(strrchr(name, '~'), "~9007199254740991") == 0);
}

/* The input is what stands between the quotes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer json;
    buffer_init(&json, RECORD_SIZE_MAX);
    int error = buffer_append(&json, "{\"name\":\"", strlen("{\"name\":\""));
    if (!error)
        error = buffer_append(&json, (const char *)data, size);
    if (!error)
        error = buffer_append(&json, "\"}", strlen("\"}"));
    struct record *record =
        error ? NULL : fuzz_record(9007199254740991, json.data, json.size, RECORD_SIZE_MAX);
    if (record)
        check_record(record);
    record_unref(record);
    buffer_finish(&json);
    return 0;
}
