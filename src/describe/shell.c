#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "api/data_centre.h"
#include "describe/describe.h"
#include "options/command_switch.h"
#include "options/setting.h"

/* Between single quotes, with a backslash before each of SPECIAL. No text of the tables may
 * hold what no quoting of all shells would carry. */
static void shell_print(const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", stdout);
        } else {
            if (strchr(special, *text))
                putchar('\\');
            putchar(*text);
        }
    }
}

/* -------- words -------- */

void describe_version(void)
{
    fputs(QPFS_VERSION, stdout);
}

void describe_switches(void)
{
    for (int i = 0; i < SWITCH_COUNT; i++) {
        const struct command_switch *row = command_switch_row((enum command_switch_name)i);
        if (row->letter)
            printf("%s-%c", i > 0 ? " " : "", row->letter);
        if (row->word)
            printf("%s--%s", i > 0 || row->letter ? " " : "", row->word);
    }
}

/* Names of options that WANTED likes. */
static void shell_print_names(bool (*wanted)(const struct setting *row))
{
    const char *space = "";
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *row = setting_row((enum setting_name)i);
        if (wanted(row)) {
            printf("%s%s", space, row->name);
            space = " ";
        }
    }
}

static bool shell_is_file(const struct setting *row)
{
    return row->type == SETTING_FILE;
}

static bool shell_is_flag(const struct setting *row)
{
    return row->type == SETTING_FLAG;
}

void describe_files(void)
{
    shell_print_names(shell_is_file);
}

void describe_flags(void)
{
    shell_print_names(shell_is_flag);
}

/* Those that need a value with an =. */
void describe_names(void)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *row = setting_row((enum setting_name)i);
        printf("%s%s%s", i > 0 ? " " : "", row->name, row->value ? "=" : "");
    }
}

void describe_centres(void)
{
    for (const char *name = data_centre_names(); *name; name++) {
        if (*name != ',')
            putchar(*name);
    }
}

/* -------- zsh -------- */

static void zsh_print_switch(char letter, const char *word, const struct command_switch *row)
{
    /* whoever asks for help wants nothing else */
    bool alone =
        row == command_switch_row(SWITCH_HELP) || row == command_switch_row(SWITCH_VERSION);
    fputs(alone ? "        '(- *)" : "        '", stdout);
    fputs(row == command_switch_row(SWITCH_OPTIONS) ? "*" : "", stdout);
    if (letter)
        printf("-%c%s[", letter, row->value ? "+" : "");
    else
        printf("--%s%s[", word, row->value ? "=" : "");
    shell_print(row->help, "[]\\");
    printf("]%s' \\\n", !row->value ? ""
                        : row == command_switch_row(SWITCH_OPTIONS)
                            ? ":option:_qpfs_options"
                            : ":directory:_directories");
}

void describe_zsh_switches(void)
{
    for (int i = 0; i < SWITCH_COUNT; i++) {
        const struct command_switch *row = command_switch_row((enum command_switch_name)i);
        if (row->letter)
            zsh_print_switch(row->letter, NULL, row);
        if (row->word)
            zsh_print_switch(0, row->word, row);
    }
}

static void zsh_print_value(const struct setting *row)
{
    switch (row->type) {
    case SETTING_FILE:
        fputs(":file:_files", stdout);
        break;
    case SETTING_DATA_CENTRE:
        fputs(":data centre:(", stdout);
        describe_centres();
        putchar(')');
        break;
    case SETTING_FLAG:
        fputs("::yes or no:(yes no)", stdout);
        break;
    case SETTING_TEXT:
    case SETTING_NUMBER:
    case SETTING_SECONDS:
    case SETTING_SHARE:
    case SETTING_OCTAL:
        fputs(":", stdout);
        shell_print(row->value, ":\\");
        fputs(": ", stdout);
        break;
    }
}

void describe_zsh_options(void)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *row = setting_row((enum setting_name)i);
        printf(" \\\n        '%s[", row->name);
        shell_print(row->help, "[]\\");
        putchar(']');
        zsh_print_value(row);
        putchar('\'');
    }
}

/* -------- fish -------- */

void describe_fish_switches(void)
{
    for (int i = 0; i < SWITCH_COUNT; i++) {
        const struct command_switch *row = command_switch_row((enum command_switch_name)i);
        fputs("complete -c qpfs", stdout);
        if (row->letter)
            printf(" -s %c", row->letter);
        if (row->word)
            printf(" -l %s", row->word);
        if (row->value)
            fputs(i == SWITCH_OPTIONS ? " -x -a '(__qpfs_options)'"
                                      : " -x -a '(__fish_complete_directories)'",
                  stdout);
        fputs(" -d '", stdout);
        shell_print(row->help, "\\");
        puts("'");
    }
}

void describe_fish_options(void)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *row = setting_row((enum setting_name)i);
        printf(" \\\n        '%s%s' '", row->name, row->value ? "=" : "");
        shell_print(row->help, "\\");
        putchar('\'');
    }
}
