#include "json/gist.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/wipe.h"
#include "json/mask.h"
#include "json/member.h"
#include "json/members.h"
#include "json/mtime.h"

/* cJSON says what a value is. It is given those that count and not the whole record, which
 * layout.c has checked, for that would be half of what it takes to decode a page. */
static int gist_value(const struct member *member, cJSON **value)
{
    char *masked = mask_copy(member->value, member->value_size);
    *value = masked ? cJSON_ParseWithLength(masked, member->value_size + 1) : NULL;
    wipe_free(masked);
    return *value ? 0 : -ENOMEM;
}

static int gist_read_day(const struct member *member, uint32_t *day)
{
    cJSON *value;
    int error = gist_value(member, &value);
    *day = mtime_day(cJSON_GetStringValue(value));
    cJSON_Delete(value);
    return error;
}

static bool gist_is(const struct member *member, const char *key)
{
    return strlen(key) == member->name_size &&
           memcmp(member->name, key, member->name_size) == 0;
}

/* Of a date that stands there twice the first one counts; an ID that does is none. */
int gist_read(struct gist *gist, const char *text, size_t size, const char *id_key)
{
    struct members members = members_of_text(text, size);
    struct member member;
    unsigned ids = 0, creations = 0, licenses = 0;
    uint32_t created = 0, licensed = 0;
    int error = 0;
    gist->id = 0;
    while (!error && members_next(&members, &member)) {
        if (gist_is(&member, id_key) && ids++ == 0)
            error = member_read_id(&member, &gist->id);
        else if (gist_is(&member, "\"creationDate\"") && creations++ == 0)
            error = gist_read_day(&member, &created);
        else if (gist_is(&member, "\"licenseStartDate\"") && licenses++ == 0)
            error = gist_read_day(&member, &licensed);
    }
    if (ids > 1)
        gist->id = 0;
    gist->day = created ? created : licensed ? licensed : MTIME_DEFAULT_DAY;
    return error;
}
