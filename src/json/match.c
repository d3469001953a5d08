/* Tells whether JSON as it came is a record that is known. */
#include "json/match.h"

#include <stdbool.h>
#include <string.h>

#include "json/members.h"

/*
 * Of what is laid out it is known that it is JSON, and that laying it out again would change
 * nothing. The layout adds white space at two places alone: line breaks with the blanks behind
 * them, and the blank behind the name of a member. Each is beside a bracket, a comma or a
 * colon. So what came may have any white space there, or none, without another meaning. At all
 * other places it must be the same to the byte.
 */
struct match {
    const char *at, *end; /* what came */
    const char *line;     /* what is laid out: what comes next */
};

static void match_skip_space(struct match *match)
{
    while (match->at < match->end && (*match->at == ' ' || *match->at == '\t' ||
                                      *match->at == '\n' || *match->at == '\r'))
        match->at++;
}

/* Step over what stands before UNTIL in the line. Return whether the same came. */
static bool match_until(struct match *match, const char *until)
{
    size_t size = (size_t)(until - match->line);
    if ((size_t)(match->end - match->at) < size || memcmp(match->at, match->line, size) != 0)
        return false;
    match->at += size;
    match->line = until;
    return true;
}

/* The name of a member, if the line begins with one. */
static bool match_name(struct match *match)
{
    if (*match->line != '"')
        return true;
    const char *name_end = members_string_end(match->line);
    if (*name_end != ':') /* a string in a list */
        return true;
    if (!match_until(match, name_end + 1))
        return false;
    match->line++; /* the blank */
    match_skip_space(match);
    return true;
}

const char *match_laid_out(const char *at, const char *end, const char *laid_out, size_t size)
{
    struct match match = {.at = at, .end = end, .line = laid_out};
    const char *laid_out_end = laid_out + size;
    while (match.line < laid_out_end) {
        const char *line_end = memchr(match.line, '\n', (size_t)(laid_out_end - match.line));
        while (*match.line == ' ')
            match.line++;
        match_skip_space(&match);
        if (!match_name(&match) || !match_until(&match, line_end))
            return NULL;
        match.line++;
    }
    return match.at;
}
