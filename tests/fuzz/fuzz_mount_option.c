#include "fuzz.h"

#include <string.h>

#include "options/mount_option.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *why = NULL;
    enum mount_option_use use = mount_option_use((const char *)data, size, &why);
    HOLDS((why != NULL) == (use == MOUNT_OPTION_REFUSE));
    /* What begins with no letter and no underscore is in no table of mount(8). */
    if (use != MOUNT_OPTION_UNKNOWN)
        HOLDS(size > 1 && (data[0] == '_' || (data[0] >= 'a' && data[0] <= 'z')));
    /* A flag with a value, and a value without its flag, is another option. */
    if (use == MOUNT_OPTION_PASS && memchr(data, '=', size))
        HOLDS(memmem(data, size, "context=", 8) || memmem(data, size, "max_read=", 9));
    return 0;
}
