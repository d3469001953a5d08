/* Draws how far a fetch has come. */
#include "program/progress.h"

#include <stdio.h>
#include <string.h>

#include "program/text.h"

#define PROGRESS_BAR_MIN  10
#define PROGRESS_BAR_MAX  30
#define PROGRESS_PATH_MIN 12

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
