/* Finds the members of a record in its text. */
#include "json/members.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

#define MEMBERS_INDENT       2 /* blanks a level */
#define MEMBERS_UNICODE_SIZE 6 /* of \uXXXX */

/* An empty object has no lines of its own. */
static struct members members_of(const char *object, size_t size, size_t indent)
{
    size_t closing = size > strlen("{}") ? indent - MEMBERS_INDENT + strlen("}") : size - 1;
    return (struct members){object + 1, object + size - closing, indent};
}

struct members members_of_text(const char *text, size_t size)
{
    if (size > 0 && text[size - 1] == '\n')
        size--;
    return members_of(text, size, MEMBERS_INDENT);
}

struct members members_of_record(const struct record *record)
{
    return members_of_text(record->bytes, record->size);
}

struct members members_inside(const struct members *parent, const struct member *member)
{
    return members_of(member->value, member->value_size, parent->indent + MEMBERS_INDENT);
}

/* Return where the string ends that begins at QUOTE, behind its closing quote. */
static const char *members_string_end(const char *quote)
{
    const char *at = quote + 1;
    while (*at != '"') {
        if (*at == '\\')
            at += 2;
        /* A loop of its own: in it no step waits for what the byte before it was. */
        while (*at != '"' && *at != '\\')
            at++;
    }
    return at + 1;
}

const char *members_behind_name(const char *at, const char *end)
{
    const char *string_end = at < end && *at == '"' ? members_string_end(at) : end;
    return string_end < end && *string_end == ':' ? string_end + 1 : at;
}

/* Return the line of the next member behind AT, or of the closing brace. */
static const char *members_line_after(const struct members *members, const char *at)
{
    while ((at = memchr(at, '\n', (size_t)(members->end - at)))) {
        const char *line = ++at;
        while (at < members->end && *at == ' ')
            at++;
        if (at < members->end && *at == '"' && (size_t)(at - line) == members->indent)
            return line;
    }
    return members->end;
}

bool members_next(struct members *members, struct member *member)
{
    const char *line = members_line_after(members, members->at);
    if (line == members->end)
        return false;
    const char *next = members_line_after(members, line);
    member->name = line + members->indent;
    const char *name_end = members_string_end(member->name);
    member->name_size = (size_t)(name_end - member->name);
    member->value = name_end + strlen(": ");
    const char *value_end = next - 1; /* the line break */
    value_end -= value_end[-1] == ',';
    member->value_size = (size_t)(value_end - member->value);
    members->at = next - 1;
    return true;
}

bool member_is_object(const struct member *member)
{
    return member->value_size > strlen("{}") && member->value[0] == '{';
}

bool member_is(const struct member *member, const char *name)
{
    size_t size = strlen(name);
    return member->name_size == size + 2 && memcmp(member->name + 1, name, size) == 0;
}

/* What stands behind the number ends it: a comma or a line break. */
int64_t member_count(const struct member *member)
{
    bool is_number = *member->value == '-' || isdigit((unsigned char)*member->value);
    return is_number ? number_count(strtod(member->value, NULL)) : -1;
}

/* A number that is not spelt with its digits alone, as 7.0, is read as a double. */
uint64_t member_id(const struct member *member)
{
    uint64_t id;
    if (number_parse(member->value, member->value_size, NUMBER_ID_MAX, &id))
        return id;
    int64_t count = member_count(member);
    return count >= 1 && count <= NUMBER_DOUBLE_MAX ? (uint64_t)count : 0;
}

/* Find the member NAME. Return false also if there are two. */
static bool members_find_only(struct members members, const char *name, struct member *found)
{
    struct member member;
    unsigned count = 0;
    while (members_next(&members, &member)) {
        if (!member_is(&member, name))
            continue;
        *found = member;
        count++;
    }
    return count == 1;
}

uint64_t members_id(struct members members, const char *name)
{
    struct member member;
    return members_find_only(members, name, &member) ? member_id(&member) : 0;
}

uint64_t members_loose_id(struct members members, const char *name)
{
    struct member member;
    uint64_t id;
    if (!members_find_only(members, name, &member))
        return 0;
    if (*member.value != '"')
        return member_id(&member);
    return number_parse(member.value + 1, member.value_size - 2, NUMBER_ID_MAX, &id) ? id : 0;
}

bool members_find(struct members members, const char *name, size_t name_size,
                  struct member *found)
{
    while (members_next(&members, found)) {
        if (found->name_size == name_size && memcmp(found->name, name, name_size) == 0)
            return true;
    }
    return false;
}

size_t members_count(struct members members)
{
    struct member member;
    size_t count = 0;
    while (members_next(&members, &member))
        count++;
    return count;
}

/* -------- strings -------- */

char members_unescape(char letter)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *at = memchr(letters, letter, sizeof letters - 1);
    return meanings[at ? at - letters : (ptrdiff_t)sizeof meanings - 1];
}

/* Return the control character that the \uXXXX at ESCAPE stands for, or 0. Else scanner.c
 * writes \uXXXX only for what UTF-8 can't say. */
static char members_control(const char *escape)
{
    if (memcmp(escape, "\\u00", 4) != 0)
        return 0;
    return (char)(number_hex_digit(escape[4]) * 16 + number_hex_digit(escape[5]));
}

size_t members_character(const char *at, const char *end,
                         char text[static MEMBERS_CHARACTER_MAX], size_t *taken)
{
    if (*at != '\\') {
        *taken = utf8_size(at, (size_t)(end - at));
        memcpy(text, at, *taken);
        return *taken;
    }
    *taken = at[1] == 'u' ? MEMBERS_UNICODE_SIZE : 2;
    if (at[1] == 'u')
        *text = members_control(at);
    else
        *text = members_unescape(at[1]);
    if (*text || memcmp(at, "\\u00", 4) == 0)
        return 1;
    memcpy(text, at, *taken);
    return *taken;
}

int members_append_string(const char *quoted, size_t size, struct buffer *out)
{
    const char *at = quoted + 1, *end = quoted + size - 1;
    int error = 0;
    while (at < end && !error) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        const char *until = escape ? escape : end;
        error = buffer_append(out, at, (size_t)(until - at));
        at = until;
        if (!escape || error)
            break;
        char text[MEMBERS_CHARACTER_MAX];
        size_t taken, bytes = members_character(escape, end, text, &taken);
        error = *text ? buffer_append(out, text, bytes) : buffer_append(out, escape, taken);
        at += taken;
    }
    return error;
}

/* -------- without the layout -------- */

/* Write one line without its break, the blanks before it, and that behind a member's colon. */
static int members_append_line(const char *at, const char *end, struct buffer *out)
{
    while (at < end && *at == ' ')
        at++;
    const char *value = members_behind_name(at, end);
    int error = buffer_append(out, at, (size_t)(value - at));
    value += value > at; /* the blank */
    return error ? error : buffer_append(out, value, (size_t)(end - value));
}

int members_append_compact(const char *text, size_t size, struct buffer *out)
{
    const char *at = text, *end = text + size;
    int error = 0;
    while (at < end && !error) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            line_end = end;
        error = members_append_line(at, line_end, out);
        at = line_end + 1;
    }
    return error;
}
