/* Knows where a link leads, and under which number. */
#include "view/links.h"

#include <string.h>

#include "base/number.h"

size_t links_target(const struct links *links, const struct record *record,
                    char target[static LINKS_TARGET_SIZE])
{
    size_t before = strlen(links->before), behind = strlen(links->behind);
    memcpy(target, links->before, before);
    size_t size = before + number_write(record->id, target + before);
    memcpy(target + size, links->behind, behind + 1);
    return size + behind;
}

/* A record's own number tells what it lies below, which the record does not. */
uint64_t links_ino(const struct links *links, const struct record *record)
{
    return ino_make(links->ino, record->ino, 0, record->id);
}
