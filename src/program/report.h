/* Prints what --check found. */
#ifndef QPFS_PROGRAM_REPORT_H
#define QPFS_PROGRAM_REPORT_H

#include "json/writer.h"

/*
 * A report prints findings on stdout: a line each for people, with the remedy below, or one
 * JSON object for programs. Much of the text comes from a server that may be anybody's, so
 * control characters are shown as "?" or escaped.
 */
struct report {
    bool json;
    bool listing; /* the array of findings is open */
    size_t problems;
    struct buffer out;
    struct writer writer; /* of JSON, into that */
};

enum finding_state {
    FINDING_OK,
    FINDING_NOTE,    /* could not be told, or does not matter here */
    FINDING_WARNING, /* a mount works, but it may cost something */
    FINDING_PROBLEM  /* a mount does not work, or shows less */
};

void report_begin(struct report *report, bool json);

/* Print a finding about WHAT. REMEDY: what to do, or NULL. */
void report_add(struct report *report, enum finding_state state, const char *what,
                const char *remedy, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Print a figure for programs, to the JSON object alone. Only after the last report_add(). */
void report_number(struct report *report, const char *name, uint64_t number);

/* Return 0, or -errno if stdout did not take it all. */
int report_end(struct report *report);

#endif
