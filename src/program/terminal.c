/* Tells what can be shown on a descriptor. */
#include "program/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TERMINAL_WIDTH  80
#define TERMINAL_HEIGHT 24

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
