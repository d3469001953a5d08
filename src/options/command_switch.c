#include "options/command_switch.h"

#include <getopt.h>
#include <stddef.h>

/* getopt's codes of switches, which must be no letters. */
#define CODE_FIRST 256

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

const char *const command_switch_usages[] = {
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
