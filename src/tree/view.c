#include "tree/view.h"

#include <string.h>

#include "base/number.h"

static const struct {
    struct names_kind names;
    const char *before, *behind; /* the ID in a target */
    enum ino_kind ino;
} views[VIEW_END] = {
    [VIEW_COMMUNITIES] = {{NAMES_MAKING, "\"name\""}, "../", ".json", INO_COMMUNITY_LINK},
    [VIEW_DEPARTMENTS] = {{NAMES_MAKING, "\"name\""}, "../", "", INO_DEPARTMENT_LINK},
    [VIEW_USERS] = {{NAMES_MAKING, "\"emailAddress\""}, "../users/", ".json", INO_USER_LINK},
};

const struct names_kind *view_names(enum view_name view)
{
    return &views[view].names;
}

size_t view_target(enum view_name view, const struct record *record,
                   char target[static VIEW_TARGET_SIZE])
{
    const char *behind = views[view].behind;
    size_t before = strlen(views[view].before);
    memcpy(target, views[view].before, before);
    size_t size = before + number_write(record->id, target + before);
    memcpy(target + size, behind, strlen(behind) + 1);
    return size + strlen(behind);
}

/* A record's own number tells what it lies below, which the record does not. */
uint64_t view_ino(enum view_name view, const struct record *record)
{
    return ino_make(views[view].ino, record->ino, 0, record->id);
}
