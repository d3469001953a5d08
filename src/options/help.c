#include "options/help.h"

#include <stdio.h>

#include "api/base_url.h"
#include "options/setting.h"

static void help_print_setting(const struct setting *row)
{
    char left[64];
    if (row->value)
        snprintf(left, sizeof left, "%s=%s", row->name, row->value);
    else
        snprintf(left, sizeof left, "%s", row->name);
    printf("  %-28s %s\n", left, row->help);
    if (row->environment)
        printf("  %-28s (environment: %s)\n", "", row->environment);
}

void help_print(void)
{
    puts("usage: qpfs [-f] [-d] [-o OPTION[,OPTION...]] MOUNTPOINT\n"
         "       qpfs --demo [-f] [-o ...] MOUNTPOINT\n"
         "       qpfs --help | --version\n"
         "\n"
         "Shows a QuestionPro account as a read-only directory tree.\n"
         "\n"
         "  qpfs -o user_id=1234567,api_key_file=$HOME/.questionpro-key ~/questionpro\n"
         "  ls ~/questionpro/organizations/*/departments/*/users\n"
         "  fusermount3 -u ~/questionpro\n"
         "\n"
         "  -f              stay in the foreground, log to stderr\n"
         "  -d              like -f, and tell everything\n"
         "  --demo          a sample account, served on this machine\n"
         "\n"
         "Options (-o; also as \"name = value\" in a file, see config):");
    for (int i = 0; i < SETTING_COUNT; i++)
        help_print_setting(setting_row((enum setting_name)i));
    printf("  %-28s %s\n", "config=FILE",
           "default: ~/.config/qpfs/config, else /etc/qpfs.conf");
    printf("\nThe key is in api_key_file, or in the environment variable QUESTIONPRO_API_KEY.\n"
           "Data centres (env): %s.\n"
           "Options of mount(8) are taken as well.\n",
           base_url_names());
}
