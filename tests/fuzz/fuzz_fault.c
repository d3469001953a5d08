/* Fuzzes the reading of the body of an error. */
#include "fuzz.h"

#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "json/fault.h"

/* Terminated, whole UTF-8 characters, and from nowhere but a member of that name. */
static void check_text(const char *text, size_t room, const char *quoted, const uint8_t *body,
                       size_t size)
{
    HOLDS(memchr(text, '\0', room) != NULL);
    if (*text)
        HOLDS(memmem(body, size, quoted, strlen(quoted)) != NULL);
    while (*text) {
        size_t length = utf8_size(text, strlen(text));
        HOLDS(length > 0);
        text += length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault fault;
    memset(&fault, 0xff, sizeof fault);
    fault_read(&fault, (const char *)data, size);
    check_text(fault.message, sizeof fault.message, "\"message\"", data, size);
    check_text(fault.name, sizeof fault.name, "\"name\"", data, size);
    check_text(fault.request_id, sizeof fault.request_id, "\"requestID\"", data, size);
    HOLDS(fault.id <= NUMBER_ID_MAX);
    HOLDS(fault.status >= 0 && fault.status < 1000);
    if (fault_is_body((const char *)data, size))
        HOLDS(data[0] != '<' && data[0] != '[');
    if (fault.id > 0)
        HOLDS(memmem(data, size, "\"id\"", 4) != NULL);
    return 0;
}
