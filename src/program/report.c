/* Prints what --check found. */
#include "program/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "program/text.h"

static const char *const state_words[] = {
    [FINDING_OK] = "ok",
    [FINDING_NOTE] = "note",
    [FINDING_WARNING] = "warning",
    [FINDING_PROBLEM] = "problem",
};

/* More than any finding takes. */
#define REPORT_TEXT_MAX ((size_t)1 << 15)

/* A finding is shown at once: the next one may take long. */
static void report_flush(struct report *report)
{
    if (report->out.size > 0)
        fwrite(report->out.data, 1, report->out.size, stdout);
    fflush(stdout);
    buffer_clear(&report->out);
}

void report_begin(struct report *report, bool json)
{
    *report = (struct report){.json = json, .listing = json, .writer.out = &report->out};
    buffer_init(&report->out, REPORT_TEXT_MAX);
    if (!json)
        return;
    writer_open(&report->writer, NULL, '{');
    writer_open(&report->writer, "findings", '[');
}

static void report_add_json(struct writer *writer, enum finding_state state, const char *what,
                            const char *remedy, const char *text)
{
    writer_open(writer, NULL, '{');
    writer_string(writer, "state", state_words[state]);
    writer_string(writer, "what", what);
    writer_string(writer, "text", text);
    writer_string(writer, "remedy", remedy);
    writer_close(writer, '}');
}

static void report_add_text(struct buffer *out, enum finding_state state, const char *what,
                            const char *remedy, const char *text)
{
    text_add(out, "%-8s %-13s ", state_words[state], what);
    text_add_plain(out, text);
    if (remedy) {
        text_add(out, "\n%22s > ", "");
        text_add_plain(out, remedy);
    }
    text_add(out, "\n");
}

void report_add(struct report *report, enum finding_state state, const char *what,
                const char *remedy, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (report->json)
        report_add_json(&report->writer, state, what, remedy, text);
    else
        report_add_text(&report->out, state, what, remedy, text);
    report_flush(report);
    report->problems += state == FINDING_PROBLEM;
}

void report_number(struct report *report, const char *name, uint64_t number)
{
    if (!report->json)
        return;
    if (report->listing)
        writer_close(&report->writer, ']');
    report->listing = false;
    writer_number(&report->writer, name, number);
}

int report_end(struct report *report)
{
    report_number(report, "problems", report->problems);
    if (report->json) {
        writer_close(&report->writer, '}');
        writer_end(&report->writer);
    }
    report_flush(report);
    buffer_finish(&report->out);
    return report->writer.error || ferror(stdout) ? -EIO : 0;
}
