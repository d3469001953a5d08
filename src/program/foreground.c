/* Shows on the terminal of a mount in the foreground how far a fetch has come. */
#include "program/foreground.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cache/status.h"
#include "program/text.h"

#define FOREGROUND_PERIOD_MS 250

/* A fetch that takes less time gets no line. */
#define FOREGROUND_MIN_MS 1000

#define FOREGROUND_TEXT_MAX 4096

static void foreground_on_timer(void *data);

static void foreground_write(struct foreground *foreground, const char *text, size_t size)
{
    if (size > 0 && !log_write_stderr(text, size))
        foreground->drawn = false;
    log_set_lead(foreground->drawn ? TERMINAL_LINE_CLEAR : "");
}

static void foreground_start(struct foreground *foreground, int64_t delay_ms)
{
    loop_timer_start(cache_source(foreground->cache)->loop, &foreground->timer, delay_ms,
                     foreground_on_timer, foreground);
}

static void foreground_on_fetching(void *data)
{
    struct foreground *foreground = data;
    if (!foreground->timer.loop)
        foreground_start(foreground, FOREGROUND_MIN_MS);
}

static void foreground_clear(struct foreground *foreground)
{
    if (!foreground->drawn)
        return;
    foreground->drawn = false;
    foreground_write(foreground, TERMINAL_LINE_CLEAR, strlen(TERMINAL_LINE_CLEAR));
}

/* Draw the fetch that has been under way for longest; it stands for all. */
static void foreground_draw(struct foreground *foreground, const struct status_fetch *fetch)
{
    char others[32] = "";
    struct buffer text;
    struct progress progress = {
        .path = fetch->path,
        .done = (double)fetch->progress.done,
        .pages = (double)fetch->progress.pages,
        .eta = (double)status_eta_ms(&fetch->progress, fetch->taken_ms) / 1000,
    };
    struct terminal terminal = terminal_of(STDERR_FILENO);
    if (fetch->count > 1)
        snprintf(others, sizeof others, "(1 of %zu) ", fetch->count);
    size_t taken = strlen(others);
    if (terminal.width > 3 * taken)
        terminal.width -= (unsigned)taken;
    else
        others[0] = '\0';
    buffer_init(&text, FOREGROUND_TEXT_MAX);
    text_add(&text, TERMINAL_LINE_CLEAR "%s", others);
    progress_add(&text, &progress, &terminal);
    foreground->drawn = true;
    foreground_write(foreground, text.data, text.size);
    buffer_finish(&text);
}

static void foreground_on_timer(void *data)
{
    struct foreground *foreground = data;
    struct status_fetch fetch;
    bool fetching = status_oldest_fetch(cache_status(foreground->cache), &fetch);
    if (fetching && fetch.taken_ms >= FOREGROUND_MIN_MS)
        foreground_draw(foreground, &fetch);
    else
        foreground_clear(foreground);
    if (fetching)
        foreground_start(foreground, FOREGROUND_PERIOD_MS);
}

void foreground_init(struct foreground *foreground, struct cache *cache)
{
    *foreground = (struct foreground){.drawn = false};
    if (!terminal_of(STDERR_FILENO).redraws)
        return;
    foreground->cache = cache;
    cache_status(cache)->on_fetching = foreground_on_fetching;
    cache_status(cache)->on_fetching_data = foreground;
}

void foreground_finish(struct foreground *foreground)
{
    if (!foreground->cache)
        return;
    loop_timer_stop(&foreground->timer);
    foreground_clear(foreground);
    cache_status(foreground->cache)->on_fetching = NULL;
}
