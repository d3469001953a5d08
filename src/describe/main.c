#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe/describe.h"

static const struct {
    const char *name;
    describe_fn *print;
} placeholders[] = {
    {"man-usages", describe_man_usages},
    {"man-switches", describe_man_switches},
    {"man-options", describe_man_options},
    {"man-settings", describe_man_settings},
    {"man-environment", describe_man_environment},
    {"version", describe_version},
    {"switches", describe_switches},
    {"names", describe_names},
    {"files", describe_files},
    {"flags", describe_flags},
    {"centres", describe_centres},
    {"zsh-switches", describe_zsh_switches},
    {"zsh-options", describe_zsh_options},
    {"fish-switches", describe_fish_switches},
    {"fish-options", describe_fish_options},
};

static bool main_print_placeholder(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++) {
        if (strlen(placeholders[i].name) == size &&
            memcmp(placeholders[i].name, name, size) == 0) {
            placeholders[i].print();
            return true;
        }
    }
    return false;
}

/* False if a placeholder is none of the table. An @ that begins none stands for itself. */
static bool main_fill(const char *line)
{
    while (*line) {
        size_t plain = strcspn(line, "@");
        fwrite(line, 1, plain, stdout);
        line += plain;
        if (!*line)
            break;
        size_t size = strspn(line + 1, "abcdefghijklmnopqrstuvwxyz-");
        if (size == 0 || line[1 + size] != '@') {
            putchar(*line++);
        } else {
            if (!main_print_placeholder(line + 1, size)) {
                fprintf(stderr, "qpfs-describe: nothing is called @%.*s@\n", (int)size,
                        line + 1);
                return false;
            }
            line += size + 2;
        }
    }
    return true;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    bool good = true;
    while (good && getline(&line, &room, stdin) > 0)
        good = main_fill(line);
    free(line);
    return good && !ferror(stdin) && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
