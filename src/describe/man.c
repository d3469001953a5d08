#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "describe/describe.h"
#include "options/command_switch.h"
#include "options/setting.h"

/* What could be markup is escaped, and nothing else: scdoc would see no _word_ behind it. */
static void man_print(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (strchr("\\*_+#`", text[i]))
            putchar('\\');
        putchar(text[i]);
    }
}

static void man_print_in(char mark, const char *text, size_t size)
{
    putchar(mark);
    man_print(text, size);
    putchar(mark);
}

/* A call, or the shape of a value: what is typed as it stands in bold, WORDS in capitals
 * underlined. */
static void man_print_shape(const char *shape)
{
    while (*shape) {
        size_t size = strspn(shape, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (size > 0) {
            man_print_in('_', shape, size);
        } else if (*shape == '-') {
            size = strspn(shape, "-abcdefghijklmnopqrstuvwxyz");
            man_print_in('*', shape, size);
        } else {
            size = 1;
            man_print(shape, size);
        }
        shape += size;
    }
}

static void man_print_text(const char *text)
{
    man_print(text, strlen(text));
}

/* HELP begins small, as it does behind a name. */
static void man_print_sentence(const char *help)
{
    putchar(toupper((unsigned char)*help));
    man_print_text(help + 1);
    putchar('.');
}

void describe_man_usages(void)
{
    for (int i = 0; command_switch_usages[i]; i++) {
        fputs(i == 0 ? "*qpfs* " : "++\n*qpfs* ", stdout);
        man_print_shape(command_switch_usages[i]);
    }
}

static void man_print_switch(const struct command_switch *row)
{
    if (row->letter)
        printf("*-%c*%s", row->letter, row->word ? ", " : "");
    if (row->word) {
        fputs("*--", stdout);
        man_print_text(row->word);
        putchar('*');
    }
    if (row->value) {
        putchar(' ');
        man_print_shape(row->value);
    }
    fputs("\n\t", stdout);
    man_print_sentence(row->help);
    putchar('\n');
}

void describe_man_switches(void)
{
    for (int i = 0; i < SWITCH_COUNT; i++) {
        if (i > 0)
            putchar('\n');
        man_print_switch(command_switch_row((enum command_switch_name)i));
    }
}

static void man_print_setting(const struct setting *row)
{
    char text[SETTING_STANDARD_SIZE];
    const char *standard = setting_standard(row, text);
    man_print_in('*', row->name, strlen(row->name));
    if (row->value) {
        putchar('=');
        man_print_shape(row->value);
    }
    fputs("\n\t", stdout);
    man_print_sentence(row->help);
    if (row->more) {
        putchar(' ');
        man_print_text(row->more);
    }
    if (standard) {
        fputs(" Default: ", stdout);
        man_print_text(standard);
        putchar('.');
    }
    putchar('\n');
}

static void man_print_settings(bool of_command_line)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *row = setting_row((enum setting_name)i);
        if (row->command_line_only && !of_command_line)
            continue;
        if (i > 0)
            putchar('\n');
        man_print_setting(row);
    }
}

void describe_man_options(void)
{
    man_print_settings(true);
}

void describe_man_settings(void)
{
    man_print_settings(false);
}

void describe_man_environment(void)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *row = setting_row((enum setting_name)i);
        if (!row->environment)
            continue;
        man_print_in('*', row->environment, strlen(row->environment));
        fputs("\n\tAs *", stdout);
        man_print_text(row->name);
        fputs("*.\n\n", stdout);
    }
}
