#include "options/help.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "api/data_centre.h"
#include "options/command_switch.h"
#include "options/setting.h"

#define HELP_WIDTH 80

/* A row: LEFT, and TEXT in a column of its own, broken at spaces. */
static void help_print_row(int column, const char *left, const char *text)
{
    size_t room = (size_t)(HELP_WIDTH - 2 - column - 1);
    do {
        size_t size = strlen(text);
        if (size > room) {
            size = room;
            while (size > 0 && text[size] != ' ')
                size--;
            if (size == 0)
                size = strcspn(text, " ");
        }
        printf("  %-*s %.*s\n", column, left, (int)size, text);
        left = "";
        text += size + strspn(text + size, " ");
    } while (*text);
}

static void help_print_switch(const struct command_switch *row)
{
    char left[48] = "";
    if (row->letter)
        snprintf(left, sizeof left, "-%c", row->letter);
    if (row->word)
        snprintf(left + strlen(left), sizeof left - strlen(left), "%s--%s",
                 row->letter ? ", " : "", row->word);
    if (row->value)
        snprintf(left + strlen(left), sizeof left - strlen(left), " %s", row->value);
    help_print_row(22, left, row->help);
}

static void help_print_setting(const struct setting *row)
{
    char left[64], text[256], number[SETTING_DEFAULT_SIZE];
    const char *what = setting_default(row, number);
    snprintf(left, sizeof left, "%s%s%s", row->name, row->value ? "=" : "",
             row->value ? row->value : "");
    bool told = row->value && what;
    snprintf(text, sizeof text, "%s%s%s%s", row->help, told ? " (default: " : "",
             told ? what : "", told ? ")" : "");
    help_print_row(28, left, text);
    if (row->environment)
        printf("  %-28s (environment: %s)\n", "", row->environment);
}

void help_print(void)
{
    for (int i = 0; command_switch_usages[i]; i++)
        printf("%s qpfs %s\n", i == 0 ? "usage:" : "      ", command_switch_usages[i]);
    puts("\n"
         "Shows a QuestionPro account as a read-only directory tree.\n"
         "\n"
         "  qpfs -o user_id=1234567,api_key_file=$HOME/.questionpro-key ~/questionpro\n"
         "  ls ~/questionpro/organizations/*/departments/*/users\n"
         "  fusermount3 -u ~/questionpro\n");
    for (int i = 0; i < SWITCH_COUNT; i++)
        help_print_switch(command_switch_row((enum command_switch_name)i));
    puts("\nOptions (-o; also as \"name = value\" in a file, see config):");
    for (const struct setting *row = setting_rows; row->name; row++)
        help_print_setting(row);
    printf("\nThe key is in api_key_file, or in the environment variable QUESTIONPRO_API_KEY.\n"
           "Data centres (env): %s.\n"
           "Options of mount(8) are taken as well. More: man qpfs, man qpfs.conf.\n",
           data_centre_names());
}
