/* Makes and reads names of files. */
#include "view/name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "json/members.h"

/* -------- files and directories -------- */

static const char name_suffix[] = ".json";

void name_of_file(uint64_t id, char name[static NAME_SIZE])
{
    memcpy(name + number_write(id, name), name_suffix, sizeof name_suffix);
}

void name_of_dir(uint64_t id, char name[static NAME_SIZE])
{
    name[number_write(id, name)] = '\0';
}

bool name_parse_file(const char *name, uint64_t *id)
{
    size_t size = strlen(name), suffix = sizeof name_suffix - 1;
    if (size <= suffix || strcmp(name + size - suffix, name_suffix) != 0)
        return false;
    return number_parse(name, size - suffix, NUMBER_ID_MAX, id) && *id > 0;
}

bool name_parse_dir(const char *name, uint64_t *id)
{
    return number_parse(name, strlen(name), NUMBER_ID_MAX, id) && *id > 0;
}

/* -------- links -------- */

/* The "%XX" of each byte. */
#define NAME_ESCAPE_MAX (3 * MEMBERS_CHARACTER_MAX)

/* Those of ASCII, and U+0080 to U+009F, which are C2 80 to C2 9F. */
static bool name_is_control(const char *character, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)character;
    return bytes[0] < 0x20 || bytes[0] == 0x7f ||
           (size == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0);
}

static bool name_is_escaped(const char *character, size_t size, bool first)
{
    return name_is_control(character, size) || *character == '/' ||
           (first && *character == '.');
}

/* As it stands in a name; its size. */
static size_t name_escape(const char *character, size_t size, bool first,
                          char escaped[static NAME_ESCAPE_MAX + 1])
{
    if (!name_is_escaped(character, size, first)) {
        memcpy(escaped, character, size);
        return size;
    }
    for (size_t i = 0; i < size; i++)
        snprintf(escaped + 3 * i, 4, "%%%02X", (unsigned)(unsigned char)character[i]);
    return 3 * size;
}

size_t name_of_link(const struct record *record, const char *member, size_t max,
                    char name[static NAME_SIZE])
{
    struct member found;
    char character[MEMBERS_CHARACTER_MAX], escaped[NAME_ESCAPE_MAX + 1];
    size_t size = 0, taken;
    name[0] = '\0';
    if (!members_find(members_of_record(record), member, strlen(member), &found) ||
        found.value[0] != '"')
        return 0;
    const char *end = found.value + found.value_size - 1;
    for (const char *at = found.value + 1; at < end; at += taken) {
        size_t bytes = members_character(at, end, character, &taken);
        bytes = name_escape(character, bytes, size == 0, escaped);
        if (bytes > max - size)
            break;
        memcpy(name + size, escaped, bytes);
        size += bytes;
    }
    name[size] = '\0';
    return size;
}

void name_of_link_with_id(const struct record *record, const char *member,
                          char name[static NAME_SIZE])
{
    char mark[32];
    size_t size = (size_t)snprintf(mark, sizeof mark, "~%" PRIu64, record->id);
    size_t before = name_of_link(record, member, NAME_SIZE - 1 - size, name);
    memcpy(name + before, mark, size + 1);
}

bool name_may_be_link(const char *name)
{
    size_t left = strlen(name), size;
    if (left == 0 || left >= NAME_SIZE)
        return false;
    for (const char *at = name; left > 0; at += size, left -= size) {
        size = utf8_size(at, left);
        if (size == 0 || name_is_escaped(at, size, at == name))
            return false;
    }
    return true;
}
