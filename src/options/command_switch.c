/* The table of switches, and --help. */
#include "options/command_switch.h"

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "api/base_url.h"
#include "options/setting.h"

/* getopt's codes of switches, which must be no letters. */
#define CODE_FIRST 256

#define HELP_WIDTH 80

static const struct command_switch command_switch_rows[SWITCH_COUNT] = {
    [SWITCH_FOREGROUND] = {'f', NULL, NULL, "stay in the foreground, log to stderr"},
    [SWITCH_DEBUG] = {'d', NULL, NULL, "like -f, and tell everything"},
    [SWITCH_OPTIONS] = {'o', NULL, "OPTION[,OPTION...]", "options, see below"},
    [SWITCH_DEMO] = {0, "demo", NULL, "a sample account, served on this machine"},
    [SWITCH_CHECK] = {0, "check", NULL,
                      "mount nothing; try the key, show what a mount would show and cost, and "
                      "what is wrong"},
    [SWITCH_STATUS] = {0, "status", NULL,
                       "what a mount is doing: calls, lists, what is being fetched, the last "
                       "error"},
    [SWITCH_WATCH] = {0, "watch", NULL, "with --status: again each second"},
    [SWITCH_JSON] = {0, "json", NULL, "with --check or --status: for programs"},
    [SWITCH_RECORD] = {0, "record", "DIR",
                       "with --check: write the answers to DIR, with every value replaced, for "
                       "a report"},
    [SWITCH_HELP] = {'h', "help", NULL, "show all options"},
    [SWITCH_VERSION] = {'V', "version", NULL, "show the version"},
};

/* How qpfs is called: what stands behind its name. */
static const char *const command_switch_usages[] = {
    "[-f] [-d] [-o OPTION[,OPTION...]] MOUNTPOINT",
    "--demo [-f] [-o OPTION[,OPTION...]] MOUNTPOINT",
    "--check [--json] [--record DIR] [-o OPTION[,OPTION...]] [MOUNTPOINT]",
    "--status [--watch | --json] MOUNTPOINT",
    "--help | --version",
    NULL,
};

const struct command_switch *command_switch_row(enum command_switch_name name)
{
    return &command_switch_rows[name];
}

enum command_switch_name command_switch_next(int argc, char **argv)
{
    struct option words[SWITCH_COUNT + 1] = {{NULL, 0, NULL, 0}};
    char letters[2 * SWITCH_COUNT + 1] = "", *letter = letters;
    size_t count = 0;
    for (int i = 0; i < SWITCH_COUNT; i++) {
        const struct command_switch *row = &command_switch_rows[i];
        if (row->letter)
            *letter++ = row->letter;
        if (row->letter && row->value)
            *letter++ = ':';
        if (row->word)
            words[count++] = (struct option){
                row->word, row->value ? required_argument : no_argument, NULL, CODE_FIRST + i};
    }
    int code = getopt_long(argc, argv, letters, words, NULL);
    if (code >= CODE_FIRST)
        return (enum command_switch_name)(code - CODE_FIRST);
    for (int i = 0; i < SWITCH_COUNT; i++) {
        if (code == command_switch_rows[i].letter)
            return (enum command_switch_name)i;
    }
    return code == -1 ? SWITCH_END : SWITCH_UNKNOWN;
}

/* -------- --help -------- */

/* A row: LEFT, and TEXT in a column of its own, broken at spaces. */
static void command_switch_print_row(int column, const char *left, const char *text)
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

static void command_switch_print(const struct command_switch *row)
{
    char left[48] = "";
    if (row->letter)
        snprintf(left, sizeof left, "-%c", row->letter);
    if (row->word)
        snprintf(left + strlen(left), sizeof left - strlen(left), "%s--%s",
                 row->letter ? ", " : "", row->word);
    if (row->value)
        snprintf(left + strlen(left), sizeof left - strlen(left), " %s", row->value);
    command_switch_print_row(22, left, row->help);
}

static void command_switch_print_setting(const struct setting *row)
{
    char left[64], text[256], number[SETTING_DEFAULT_SIZE];
    const char *what = setting_default(row, number);
    snprintf(left, sizeof left, "%s%s%s", row->name, row->value ? "=" : "",
             row->value ? row->value : "");
    bool told = row->value && what;
    snprintf(text, sizeof text, "%s%s%s%s", row->help, told ? " (default: " : "",
             told ? what : "", told ? ")" : "");
    command_switch_print_row(28, left, text);
    if (row->environment)
        printf("  %-28s (environment: %s)\n", "", row->environment);
}

void command_switch_help(void)
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
        command_switch_print(&command_switch_rows[i]);
    puts("\nOptions (-o; also as \"name = value\" in a file, see config):");
    for (const struct setting *row = setting_rows; row->name; row++)
        command_switch_print_setting(row);
    printf("\nThe key is in api_key_file, or in the environment variable QUESTIONPRO_API_KEY.\n"
           "Data centres (env): %s.\n"
           "Options of mount(8) are taken as well. More: man qpfs, man qpfs.conf.\n",
           base_url_envs());
}
