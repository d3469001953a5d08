/* Prints what --check found. */
#include "program/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "json/writer.h"
#include "program/text.h"

static const char *const state_words[] = {
    [FINDING_OK] = "ok",
    [FINDING_NOTE] = "note",
    [FINDING_WARNING] = "warning",
    [FINDING_PROBLEM] = "problem",
};

#define REPORT_TEXT_MAX 8192

static void report_put_json(const char *text)
{
    struct buffer quoted;
    buffer_init(&quoted, REPORT_TEXT_MAX);
    if (writer_quote(&quoted, text))
        printf("null");
    else
        fwrite(quoted.data, 1, quoted.size, stdout);
    buffer_finish(&quoted);
}

static void report_put_text(const char *text)
{
    struct buffer plain;
    buffer_init(&plain, REPORT_TEXT_MAX);
    text_add_plain(&plain, text);
    if (plain.size > 0)
        fwrite(plain.data, 1, plain.size, stdout);
    buffer_finish(&plain);
}

void report_begin(struct report *report, bool json)
{
    *report = (struct report){.json = json};
    if (json)
        printf("{\"findings\":[");
}

static void report_add_json(const struct report *report, enum finding_state state,
                            const char *what, const char *remedy, const char *text)
{
    printf("%s\n  {\"state\":\"%s\",\"what\":", report->findings ? "," : "",
           state_words[state]);
    report_put_json(what);
    printf(",\"text\":");
    report_put_json(text);
    printf(",\"remedy\":");
    if (remedy)
        report_put_json(remedy);
    else
        printf("null");
    putchar('}');
}

static void report_add_text(enum finding_state state, const char *what, const char *remedy,
                            const char *text)
{
    printf("%-8s %-13s ", state_words[state], what);
    report_put_text(text);
    putchar('\n');
    if (remedy) {
        printf("%22s > ", "");
        report_put_text(remedy);
        putchar('\n');
    }
    fflush(stdout);
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
        report_add_json(report, state, what, remedy, text);
    else
        report_add_text(state, what, remedy, text);
    report->findings++;
    report->problems += state == FINDING_PROBLEM;
}

void report_number(struct report *report, const char *name, uint64_t number)
{
    if (!report->json)
        return;
    if (report->findings > 0)
        printf("\n]");
    report->findings = 0;
    printf(",\n\"%s\":%" PRIu64, name, number);
}

int report_end(struct report *report)
{
    if (report->json)
        printf(",\n\"problems\":%zu}\n", report->problems);
    return fflush(stdout) == EOF || ferror(stdout) ? -EIO : 0;
}
