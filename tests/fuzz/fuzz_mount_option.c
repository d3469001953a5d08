/* Fuzzes which mount options are taken, refused or passed on. */
#include "fuzz.h"

#include <string.h>

#include "options/mount_option.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size > 0 ? (const char *)data : "";
    const char *why = NULL;
    HOLDS(text != NULL);
    enum mount_option_use use = mount_option_use(text, size, &why);
    HOLDS((why != NULL) == (use == MOUNT_OPTION_REFUSE));
    /* What begins with no letter and no underscore is in no table of mount(8). */
    if (use != MOUNT_OPTION_UNKNOWN)
        HOLDS(size > 1 && (text[0] == '_' || (text[0] >= 'a' && text[0] <= 'z')));
    /* A flag with a value, and a value without its flag, is another option. */
    if (use == MOUNT_OPTION_PASS && memchr(text, '=', size))
        HOLDS(memmem(text, size, "context=", 8) || memmem(text, size, "max_read=", 9));
    return 0;
}
