/* Puts text for people together, as their terminal shows it. */
#include "program/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

#define TERMINAL_WIDTH    80
#define TERMINAL_HEIGHT   24
#define TEXT_ADD_MAX      1024
#define PROGRESS_BAR_MIN  10
#define PROGRESS_BAR_MAX  30
#define PROGRESS_PATH_MIN 12

/* -------- the terminal -------- */

struct terminal terminal_of(int fd)
{
    struct terminal terminal = {.redraws = false};
    const char *name = getenv("TERM"), *no_color = getenv("NO_COLOR");
    struct winsize size = {.ws_col = 0};
    if (!isatty(fd) || !name || !*name || strcmp(name, "dumb") == 0)
        return terminal;
    (void)ioctl(fd, TIOCGWINSZ, &size);
    terminal.redraws = true;
    terminal.colors = !no_color || !*no_color;
    terminal.width = size.ws_col > 0 ? size.ws_col : TERMINAL_WIDTH;
    terminal.height = size.ws_row > 0 ? size.ws_row : TERMINAL_HEIGHT;
    return terminal;
}

/* -------- text -------- */

void text_add(struct buffer *out, const char *format, ...)
{
    char text[TEXT_ADD_MAX];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (size > 0)
        (void)buffer_append(out, text, strlen(text));
}

static void text_add_plain_bytes(struct buffer *out, const char *text, size_t size)
{
    while (size > 0) {
        size_t plain = utf8_printable(text, size);
        (void)buffer_append(out, plain > 0 ? text : "?", plain > 0 ? plain : 1);
        text += plain > 0 ? plain : 1;
        size -= plain > 0 ? plain : 1;
    }
}

void text_add_plain(struct buffer *out, const char *text)
{
    text_add_plain_bytes(out, text, strlen(text));
}

void text_add_wrapped(struct buffer *out, const char *text, unsigned indent, unsigned width)
{
    unsigned column = indent;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (column > indent && width > 0 && column + 1 + word > width) {
            text_add(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            (void)buffer_append(out, " ", 1);
            column++;
        }
        text_add_plain_bytes(out, text, word);
        column += (unsigned)word;
        text += word + strspn(text + word, " ");
    }
    (void)buffer_append(out, "\n", 1);
}

void text_add_duration(struct buffer *out, double seconds)
{
    unsigned long s = seconds < 1e9 ? (unsigned long)seconds : 1000000000;
    if (s < 60)
        text_add(out, "%lu s", s);
    else if (s < 3600)
        text_add(out, "%lu min", s / 60);
    else if (s < 86400)
        text_add(out, "%lu h %lu min", s / 3600, s / 60 % 60);
    else
        text_add(out, "%lu d %lu h", s / 86400, s / 3600 % 24);
}

void text_add_size(struct buffer *out, double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    text_add(out, unit > 0 && bytes < 10 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

/* -------- a fetch under way -------- */

/* "3/25 pages, 4 s left" */
static void progress_add_figures(struct buffer *out, const struct progress *progress)
{
    if (progress->pages > 0)
        text_add(out, "%.0f/%.0f pages", progress->done, progress->pages);
    else
        text_add(out, progress->done == 1 ? "%.0f page" : "%.0f pages", progress->done);
    if (progress->pages <= 0 || progress->eta < 0)
        return;
    text_add(out, ", ");
    text_add_duration(out, progress->eta);
    text_add(out, " left");
}

static void progress_add_bar(struct buffer *out, const struct progress *progress, size_t width,
                             bool colors)
{
    double share = progress->done / progress->pages;
    size_t inner = width - 2;
    size_t full = share >= 1 ? inner : (size_t)(share * (double)inner);
    text_add(out, "[%s", colors ? TERMINAL_GREEN : "");
    (void)buffer_append_byte(out, '#', full);
    text_add(out, "%s", colors ? TERMINAL_PLAIN : "");
    (void)buffer_append_byte(out, '-', inner - full);
    text_add(out, "] ");
}

/* The end of a path tells more than its beginning. */
static void progress_add_path(struct buffer *out, const char *path, size_t room)
{
    size_t size = strlen(path);
    if (size > room)
        text_add(out, "...");
    text_add_plain(out, size > room ? path + size - (room - 3) : path);
    text_add(out, " ");
}

void progress_add(struct buffer *out, const struct progress *progress,
                  const struct terminal *terminal)
{
    char figures[96];
    struct buffer text;
    buffer_init(&text, sizeof figures - 1);
    progress_add_figures(&text, progress);
    snprintf(figures, sizeof figures, "%.*s", (int)text.size, text.data ? text.data : "");
    buffer_finish(&text);

    size_t path = strlen(progress->path), width = terminal->width - 1;
    if (!terminal->redraws) {
        progress_add_path(out, progress->path, path);
        text_add(out, "%s", figures);
        return;
    }
    size_t taken = strlen(figures), bar = 0;
    size_t shown = path < PROGRESS_PATH_MIN ? path : PROGRESS_PATH_MIN;
    size_t room = width > taken + shown + 1 ? width - taken - 1 : 0; /* for path and bar */
    if (progress->pages > 0 && room >= shown + PROGRESS_BAR_MIN + 1) {
        bar = room - shown - 1 < PROGRESS_BAR_MAX ? room - shown - 1 : PROGRESS_BAR_MAX;
        if (path + PROGRESS_BAR_MIN + 1 <= room && room - path - 1 < bar)
            bar = room - path - 1;
        else if (path + PROGRESS_BAR_MIN + 1 > room)
            bar = PROGRESS_BAR_MIN;
        room -= bar + 1;
    }
    if (room > 0)
        progress_add_path(out, progress->path, room);
    if (bar > 0)
        progress_add_bar(out, progress, bar, terminal->colors);
    (void)buffer_append(out, figures, taken < width ? taken : width);
}
