/* The command line. */
#include "flags.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: qpfs-test-sandbox [OPTION]…\n"
    "Serves made-up people on 127.0.0.1 in the way of the QuestionPro API v2, and prints the\n"
    "base URL to use. Whoever has its key can change it and make it fail while it runs, under\n"
    "/control/.\n"
    "\n"
    "  --port N         listen there (default: a free port)\n"
    "  --key KEY        the API key to expect (default: $QPFS_SANDBOX_KEY, else demo-key)\n"
    "  --page-max N     no page has more items (default: 1000)\n"
    "  --page-max-silent  but answers claim the page size that was asked for\n"
    "  --rate N         answer 429 beyond N calls in 60 seconds\n"
    "  --allowance N    answer 429 for ever after N calls\n"
    "  --latency MS     delay every answer\n"
    "  --users N        one more department, 1237, with N users\n"
    "  --departments N  N more departments, from 2001 on\n"
    "  --users-per N    users in each of those (default: 10)\n"
    "  --until-eof      exit at the end of standard input\n"
    "  --help           print this\n";

enum flag {
    FLAG_KEY = 1000,
    FLAG_SILENT,
    FLAG_EOF,
    FLAG_HELP,
    FLAG_NUMBER, /* + the index of a number of the table below */
};

static const struct number {
    const char *name;
    uint64_t min;
    uint64_t max;
} numbers[] = {
    {"port", 0, 65535},
    {"page-max", 1, 1000000},
    {"rate", 0, 10000000},
    {"allowance", 0, UINT32_MAX},
    {"latency", 0, 3600000},
    {"users", 0, BLUEPRINT_MAX_USERS},
    {"departments", 0, BLUEPRINT_MAX_DEPARTMENTS},
    {"users-per", 0, BLUEPRINT_MAX_USERS_PER},
};

#define NUMBER_COUNT (sizeof numbers / sizeof numbers[0])

static const struct option known[] = {
    {"key", required_argument, NULL, FLAG_KEY},
    {"page-max-silent", no_argument, NULL, FLAG_SILENT},
    {"until-eof", no_argument, NULL, FLAG_EOF},
    {"help", no_argument, NULL, FLAG_HELP},
    {"port", required_argument, NULL, FLAG_NUMBER},
    {"page-max", required_argument, NULL, FLAG_NUMBER + 1},
    {"rate", required_argument, NULL, FLAG_NUMBER + 2},
    {"allowance", required_argument, NULL, FLAG_NUMBER + 3},
    {"latency", required_argument, NULL, FLAG_NUMBER + 4},
    {"users", required_argument, NULL, FLAG_NUMBER + 5},
    {"departments", required_argument, NULL, FLAG_NUMBER + 6},
    {"users-per", required_argument, NULL, FLAG_NUMBER + 7},
    {NULL, 0, NULL, 0},
};

/* Digits only: strtoull alone would take signs and spaces. */
static bool number_read(const char *string, const struct number *range, uint64_t *number)
{
    size_t length = strlen(string);
    if (length == 0 || length > 18 || strspn(string, "0123456789") != length)
        return false;
    *number = strtoull(string, NULL, 10);
    return *number >= range->min && *number <= range->max;
}

static bool range_parse(const struct number *range, const char *string, uint64_t *number)
{
    if (number_read(string, range, number))
        return true;
    fprintf(stderr,
            "qpfs-test-sandbox: --%s: %s: not a number from %llu to %llu; see "
            "qpfs-test-sandbox --help\n",
            range->name, string, (unsigned long long)range->min,
            (unsigned long long)range->max);
    return false;
}

static enum flags_verdict flags_read(struct flags *flags, uint64_t *values, int argc,
                                     char *argv[])
{
    int flag;
    while ((flag = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (flag == FLAG_KEY) {
            flags->key = optarg;
        } else if (flag == FLAG_SILENT) {
            flags->page_max_silent = true;
        } else if (flag == FLAG_EOF) {
            flags->until_eof = true;
        } else if (flag == FLAG_HELP) {
            fputs(help, stdout);
            return FLAGS_HELP;
        } else if (flag < FLAG_NUMBER) {
            return FLAGS_WRONG; /* getopt_long has said what */
        } else {
            size_t i = (size_t)(flag - FLAG_NUMBER);
            if (!range_parse(&numbers[i], optarg, &values[i]))
                return FLAGS_WRONG;
        }
    }
    if (optind < argc) {
        fprintf(stderr,
                "qpfs-test-sandbox: %s: only options are taken; see qpfs-test-sandbox --help\n",
                argv[optind]);
        return FLAGS_WRONG;
    }
    return FLAGS_RUN;
}

enum flags_verdict flags_parse(struct flags *flags, int argc, char *argv[])
{
    uint64_t values[NUMBER_COUNT] = {0, 1000, 0, 0, 0, 0, 0, 10};
    const char *key = getenv("QPFS_SANDBOX_KEY");
    *flags = (struct flags){.key = key ? key : "demo-key"};
    enum flags_verdict verdict = flags_read(flags, values, argc, argv);
    flags->port = (uint16_t)values[0];
    flags->page_max = values[1];
    flags->rate = values[2];
    flags->allowance = values[3];
    flags->latency_ms = values[4];
    flags->plan.panel_users = values[5];
    flags->plan.departments = values[6];
    flags->plan.users_per = values[7];
    if (verdict == FLAGS_RUN && !flags->key[0]) {
        fputs("qpfs-test-sandbox: the key is empty; give one with --key or QPFS_SANDBOX_KEY\n",
              stderr);
        return FLAGS_WRONG;
    }
    return verdict;
}
