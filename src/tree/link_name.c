#include "tree/link_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "json/members.h"

/* The "%XX" of each byte. */
#define LINK_NAME_ESCAPE_MAX (3 * MEMBERS_CHARACTER_MAX)

/* Those of ASCII, and U+0080 to U+009F, which are C2 80 to C2 9F. */
static bool link_name_is_control(const char *character, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)character;
    return bytes[0] < 0x20 || bytes[0] == 0x7f ||
           (size == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0);
}

static bool link_name_is_escaped(const char *character, size_t size, bool first)
{
    return link_name_is_control(character, size) || *character == '/' ||
           (first && *character == '.');
}

/* As it stands in a name; its size. */
static size_t link_name_escape(const char *character, size_t size, bool first,
                               char escaped[static LINK_NAME_ESCAPE_MAX + 1])
{
    if (!link_name_is_escaped(character, size, first)) {
        memcpy(escaped, character, size);
        return size;
    }
    for (size_t i = 0; i < size; i++)
        snprintf(escaped + 3 * i, 4, "%%%02X", (unsigned)(unsigned char)character[i]);
    return 3 * size;
}

size_t link_name_of(const struct record *record, const char *member, size_t max,
                    char name[static NAME_SIZE])
{
    struct member found;
    char character[MEMBERS_CHARACTER_MAX], escaped[LINK_NAME_ESCAPE_MAX + 1];
    size_t size = 0, taken;
    name[0] = '\0';
    if (!members_find(members_of_record(record), member, strlen(member), &found) ||
        found.value[0] != '"')
        return 0;
    const char *end = found.value + found.value_size - 1;
    for (const char *at = found.value + 1; at < end; at += taken) {
        size_t bytes = members_character(at, end, character, &taken);
        bytes = link_name_escape(character, bytes, size == 0, escaped);
        if (bytes > max - size)
            break;
        memcpy(name + size, escaped, bytes);
        size += bytes;
    }
    name[size] = '\0';
    return size;
}

void link_name_of_several(const struct record *record, const char *member,
                          char name[static NAME_SIZE])
{
    char mark[32];
    size_t size = (size_t)snprintf(mark, sizeof mark, "~%" PRIu64, record->id);
    size_t before = link_name_of(record, member, NAME_SIZE - 1 - size, name);
    memcpy(name + before, mark, size + 1);
}

bool link_name_may_be(const char *name)
{
    size_t left = strlen(name), size;
    if (left == 0 || left >= NAME_SIZE)
        return false;
    for (const char *at = name; left > 0; at += size, left -= size) {
        size = utf8_size(at, left);
        if (size == 0 || link_name_is_escaped(at, size, at == name))
            return false;
    }
    return true;
}
