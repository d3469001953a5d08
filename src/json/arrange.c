/* Gives a record the order of members that its list has. */
#include "json/arrange.h"

#include <errno.h>
#include <string.h>

#include "json/members.h"

/* Each member is looked for among all others, so more of them would hold up the loop. A person
 * has some dozen members, and takes a few thousand bytes. */
#define ARRANGE_MEMBERS_MAX 1000
#define ARRANGE_SIZE_MAX    ((size_t)64 << 10)

/* -------- writing -------- */

static int arrange_put_name(struct buffer *out, const struct member *member, size_t indent,
                            bool first)
{
    int error = buffer_append(out, first ? "\n" : ",\n", first ? 1 : 2);
    if (!error)
        error = buffer_append_byte(out, ' ', indent);
    if (!error)
        error = buffer_append(out, member->name, member->name_size);
    return error ? error : buffer_append(out, ": ", 2);
}

static int arrange_put_end(struct buffer *out, size_t indent, bool empty)
{
    int error = empty ? 0 : buffer_append(out, "\n", 1);
    if (!error && !empty)
        error = buffer_append_byte(out, ' ', indent - 2);
    return error ? error : buffer_append(out, "}", 1);
}

static int arrange_put_shape(struct members members, struct buffer *out)
{
    struct member member;
    bool first = true;
    int error = buffer_append(out, "{", 1);
    while (!error && members_next(&members, &member)) {
        error = arrange_put_name(out, &member, members.indent, first);
        first = false;
        if (error)
            return error;
        if (member_is_object(&member))
            error = arrange_put_shape(members_inside(&members, &member), out);
        else
            error = buffer_append(out, "null", 4);
    }
    return error ? error : arrange_put_end(out, members.indent, first);
}

static int arrange_put(struct members members, struct members template, struct buffer *out)
{
    struct member wanted, member;
    const struct members all = template;
    size_t indent = members.indent, count = members_count(members);
    bool first = true;
    if (count > ARRANGE_MEMBERS_MAX || count != members_count(template))
        return -EBADMSG;
    int error = buffer_append(out, "{", 1);
    while (!error && members_next(&template, &wanted)) {
        /* Of a name that stands twice, this finds the first. */
        if (!members_find(all, wanted.name, wanted.name_size, &member) ||
            member.name != wanted.name ||
            !members_find(members, wanted.name, wanted.name_size, &member))
            return -EBADMSG;
        error = arrange_put_name(out, &member, indent, first);
        first = false;
        if (error)
            return error;
        if (member_is_object(&member) && member_is_object(&wanted))
            error = arrange_put(members_inside(&members, &member),
                                members_inside(&template, &wanted), out);
        else
            error = buffer_append(out, member.value, member.value_size);
    }
    return error ? error : arrange_put_end(out, indent, first);
}

int arrange_shape(const struct record *record, struct buffer *shape)
{
    buffer_clear(shape);
    return arrange_put_shape(members_of_record(record), shape);
}

bool arrange_same_shape(const struct record *a, const struct record *b)
{
    struct buffer first, second;
    buffer_init(&first, RECORD_SIZE_MAX);
    buffer_init(&second, RECORD_SIZE_MAX);
    bool same = arrange_shape(a, &first) || arrange_shape(b, &second) ||
                (first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    buffer_finish(&first);
    buffer_finish(&second);
    return same;
}

int arrange_record(struct record *record, const char *template, size_t size,
                   struct record **arranged)
{
    struct buffer out;
    if (record->size > ARRANGE_SIZE_MAX || size > ARRANGE_SIZE_MAX)
        return -EBADMSG;
    buffer_init(&out, RECORD_SIZE_MAX);
    int error = arrange_put(members_of_record(record), members_of_text(template, size), &out);
    if (!error)
        error = buffer_append(&out, "\n", 1);
    if (!error && out.size == record->size && memcmp(out.data, record->bytes, out.size) == 0) {
        *arranged = record_ref(record);
    } else if (!error) {
        *arranged = record_create(record->id, mtime_day_of(record->mtime), out.data, out.size);
        error = *arranged ? 0 : -ENOMEM;
    }
    buffer_finish(&out);
    return error;
}
