/* Puts a status.json into words for people. */
#include "program/status_view.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api/url.h"
#include "program/remedy.h"
#include "program/text.h"

/* Where what is said of a row begins. */
#define VIEW_COLUMN 13

/* Listings and fetches that are shown, where the terminal sets no other limit. */
#define VIEW_ROWS 20

/* More than any errno of Linux. */
#define VIEW_ERRNO_END 200

struct view {
    struct buffer *out;
    const struct value *status;
    const struct terminal *terminal;
    int64_t now;
    unsigned rows; /* for the table that comes next */
};

/* Each adds what stands behind its label, with a final line break. */
typedef void view_fn(struct view *view);

static double view_number(const struct value *object, const char *name)
{
    double number = 0;
    return value_number(object, name, &number) ? number : 0;
}

/* -------- the account -------- */

static void view_account(struct view *view)
{
    const char *url = value_string(view->status, "api_url");
    const char *env = base_url_env(url);
    text_add_plain(view->out, url);
    if (env)
        text_add(view->out, " (data centre %s)", env);
    text_add(view->out, "\n");
}

static void view_mounted(struct view *view)
{
    const char *text = value_string(view->status, "mounted_at");
    struct tm tm = {.tm_isdst = 0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    text_add_plain(view->out, text);
    if (end && !*end) {
        int64_t ago = view->now - timegm(&tm);
        text_add(view->out, ", ");
        text_add_duration(view->out, ago > 0 ? (double)ago : 0);
        text_add(view->out, " ago");
    }
    text_add(view->out, ", qpfs ");
    text_add_plain(view->out, value_string(view->status, "version"));
    text_add(view->out, "\n");
}

static void view_calls(struct view *view)
{
    const struct value *calls = value_member(view->status, "calls");
    double number;
    text_add(view->out, "%.0f", view_number(calls, "total"));
    if (value_number(calls, "max", &number))
        text_add(view->out, " of at most %.0f", number);
    text_add(view->out, ", %.0f in the last minute, of at most %.0f",
             view_number(calls, "last_minute"), view_number(calls, "rate"));
    if (value_number(calls, "allowance", &number))
        text_add(view->out, "; with earlier mounts %.0f of the allowance of %.0f (%.0f %%)",
                 view_number(calls, "used"), number,
                 number > 0 ? 100 * view_number(calls, "used") / number : 0);
    else if (value_number(calls, "used", &number))
        text_add(view->out, "; with earlier mounts %.0f", number);
    text_add(view->out, "\n");
}

/* -------- the last error -------- */

/* Return the errno that is called NAME, negative; 0 if there is none. */
static int view_errno(const char *name)
{
    for (int error = 1; error < VIEW_ERRNO_END; error++) {
        const char *other = strerrorname_np(error);
        if (other && strcmp(other, name) == 0)
            return -error;
    }
    return 0;
}

static const char *view_remedy(const struct value *error)
{
    const double status = view_number(error, "status");
    struct failure failure = {
        .error = view_errno(value_string(error, "error")),
        .status = status < 1000 ? (long)status : 0,
    };
    snprintf(failure.path, sizeof failure.path, "%s", value_string(error, "path"));
    return remedy_for(&failure);
}

static void view_error(struct view *view)
{
    const struct value *error = value_member(view->status, "last_error");
    const char *name = value_string(error, "error");
    const char *request_id = value_string(error, "requestID");
    unsigned width = view->terminal->width;
    double status = 0;
    char said[1024], http[32] = "";
    if (!*name) {
        text_add(view->out, "none\n");
        return;
    }
    if (value_number(error, "status", &status))
        snprintf(http, sizeof http, "HTTP %.0f: ", status);
    if (view->terminal->colors)
        text_add(view->out, TERMINAL_RED);
    snprintf(said, sizeof said, "%s %s: %s%s [%s%s%s]", value_string(error, "time"),
             value_string(error, "path"), http, value_string(error, "message"), name,
             *request_id ? ", requestID " : "", request_id);
    text_add_wrapped(view->out, said, VIEW_COLUMN, width);
    if (view->terminal->colors)
        text_add(view->out, TERMINAL_PLAIN);
    text_add(view->out, "%*s> ", VIEW_COLUMN - 2, "");
    text_add_wrapped(view->out, view_remedy(error), VIEW_COLUMN, width);
}

/* -------- tables -------- */

static struct progress view_progress(const struct value *fetch)
{
    struct progress progress = {.path = value_string(fetch, "path"), .eta = -1};
    progress.done = view_number(fetch, "pages_done");
    progress.pages = view_number(fetch, "pages");
    value_number(fetch, "eta", &progress.eta);
    return progress;
}

static void view_add_fetch(struct view *view, const struct value *fetch)
{
    const struct progress progress = view_progress(fetch);
    struct terminal narrower = *view->terminal;
    narrower.width = narrower.width > 2 ? narrower.width - 2 : 1;
    progress_add(view->out, &progress, &narrower);
    text_add(view->out, "\n");
}

static void view_add_listing(struct view *view, const struct value *listing)
{
    double age, wide = view->terminal->width;
    const char *path = value_string(listing, "path");
    size_t size = strlen(path);
    size_t room = wide > 0 && wide < 82 ? (wide > 62 ? (size_t)wide - 42 : 20) : 48;
    struct buffer cell;
    buffer_init(&cell, 64);
    if (size > room)
        text_add(view->out, "...");
    text_add_plain(view->out, size > room ? path + size - (room - 3) : path);
    text_add_plain(&cell, value_string(listing, "state"));
    text_add(view->out, "%*s %-8.*s", size < room ? (int)(room - size) : 0, "", (int)cell.size,
             cell.data ? cell.data : "");
    buffer_clear(&cell);
    if (value_number(listing, "age", &age)) {
        text_add_size(&cell, view_number(listing, "bytes"));
        text_add(view->out, " %8.0f %9.*s  ", view_number(listing, "items"), (int)cell.size,
                 cell.data ? cell.data : "");
        text_add_duration(view->out, age);
        text_add(view->out, " old");
    }
    buffer_finish(&cell);
    text_add(view->out, "\n");
}

/* Add the rows of the array NAME, as many as there is room for. "NAME_more" counts those that
 * the mount has left out. */
static void view_table(struct view *view, const char *name,
                       void (*add)(struct view *, const struct value *))
{
    char more_name[32];
    const struct value *array = value_member(view->status, name);
    snprintf(more_name, sizeof more_name, "%s_more", name);
    double all = (double)value_count(array) + view_number(view->status, more_name);
    unsigned rows = 0, limit = all > view->rows && view->rows > 0 ? view->rows - 1 : view->rows;
    text_add(view->out, "%.0f\n", all);
    for (const struct value *row = value_first(array); row && rows < limit;
         row = value_next(row), rows++) {
        text_add(view->out, "  ");
        add(view, row);
    }
    if (all > rows)
        text_add(view->out, "  ... and %.0f more\n", all - rows);
}

static void view_fetching(struct view *view)
{
    view_table(view, "fetching", view_add_fetch);
}

static void view_listings(struct view *view)
{
    view_table(view, "listings", view_add_listing);
}

/* -------- all of it -------- */

static const struct {
    const char *label;
    view_fn *add;
} view_rows[] = {
    {"account", view_account},   {"mounted", view_mounted},  {"calls", view_calls},
    {"fetching", view_fetching}, {"last error", view_error}, {"listings", view_listings},
};

#define VIEW_LABELS (sizeof view_rows / sizeof *view_rows)

static unsigned view_lines(const struct buffer *out)
{
    unsigned lines = 0;
    for (size_t i = 0; i < out->size; i++)
        lines += out->data[i] == '\n';
    return lines;
}

/* Return how many lines of the screen are left for a table, with LEFT tables behind it. */
static unsigned view_room(const struct view *view, unsigned left)
{
    unsigned height = view->terminal->height;
    if (height == 0)
        return VIEW_ROWS;
    unsigned used = view_lines(view->out) + 2 + left;
    unsigned room = height > used ? height - used : 0;
    if (left == 0)
        return room;
    return room > 3 ? room / 2 : 1;
}

/* A screen that is too low shows the first lines. */
static void view_cut(const struct view *view)
{
    unsigned lines = 0, height = view->terminal->height;
    for (size_t i = 0; height > 0 && i < view->out->size; i++) {
        lines += view->out->data[i] == '\n';
        if (lines + 1 >= height) {
            view->out->size = i + 1;
            return;
        }
    }
}

void status_view_add(struct buffer *out, const struct value *status, int64_t now,
                     const struct terminal *terminal)
{
    struct view view = {.out = out, .status = status, .terminal = terminal, .now = now};
    for (size_t i = 0; i < VIEW_LABELS; i++) {
        bool colors = terminal->colors;
        view.rows = view_room(&view, (unsigned)(VIEW_LABELS - 1 - i));
        text_add(out, "%s%-*s%s", colors ? TERMINAL_BOLD : "", VIEW_COLUMN, view_rows[i].label,
                 colors ? TERMINAL_PLAIN : "");
        view_rows[i].add(&view);
    }
    view_cut(&view);
}

void status_view_add_short(struct buffer *out, const struct value *status)
{
    static const struct terminal plain = {.redraws = false};
    const struct value *calls = value_member(status, "calls");
    const struct value *fetching = value_member(status, "fetching");
    text_add(out, "calls %.0f, listings %.0f, fetching %.0f\n", view_number(calls, "total"),
             (double)value_count(value_member(status, "listings")) +
                 view_number(status, "listings_more"),
             (double)value_count(fetching) + view_number(status, "fetching_more"));
    for (const struct value *at = value_first(fetching); at; at = value_next(at)) {
        const struct progress progress = view_progress(at);
        text_add(out, "fetching ");
        progress_add(out, &progress, &plain);
        text_add(out, "\n");
    }
}
