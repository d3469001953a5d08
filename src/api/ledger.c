/* Counts the calls that were made with a key, against the allowance of the subscription. */
#include "api/ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/ledger_file.h"
#include "base/log.h"

#define LEDGER_NAME_SIZE 16

struct ledger {
    struct ledger_file *file; /* NULL: nowhere to write */
    uint64_t allowance;
    uint64_t reserve;
    uint64_t calls;    /* in all, the unwritten ones included */
    int64_t unwritten; /* made by this mount, less those taken back, and not yet in the file */
    unsigned warned;   /* how many of the warnings were given */
    bool failed;       /* the file can't be written, which was said */
    bool heard;        /* the service says that no calls are left, which was said */
    char refusal[224]; /* what ledger_refusal() returned last */
};

static void ledger_warn(struct ledger *ledger)
{
    static const unsigned percents[] = {50, 80, 95};
    const unsigned count = sizeof percents / sizeof *percents;
    unsigned reached = ledger->warned;
    while (reached < count && ledger->calls * 100 >= ledger->allowance * percents[reached])
        reached++;
    if (!ledger->allowance || reached == ledger->warned)
        return;
    ledger->warned = reached;
    log_warning("%" PRIu64 " of the allowance of %" PRIu64 " calls are used, %" PRIu64
                " %%; %" PRIu64 " are kept in reserve",
                ledger->calls, ledger->allowance, ledger->calls * 100 / ledger->allowance,
                ledger->reserve);
}

static void ledger_fail(struct ledger *ledger)
{
    if (ledger->failed)
        return;
    ledger->failed = true;
    log_warning("only the calls of this mount are counted: %s",
                ledger->file ? ledger_file_why(ledger->file)
                             : "neither XDG_STATE_HOME nor HOME says where a ledger could be");
}

/* Count COUNT more calls, or one less, and see what others have counted. */
static void ledger_add(struct ledger *ledger, int count)
{
    ledger->unwritten += count;
    if (count > 0 || ledger->calls > 0) /* it may have begun anew since the call */
        ledger->calls += (uint64_t)count;
    int error = -ENOENT;
    if (ledger->file)
        error = ledger_file_add(ledger->file, &ledger->unwritten, &ledger->calls);
    if (error) {
        ledger_fail(ledger);
    } else {
        if (ledger->failed)
            log_info("calls are counted in %s again", ledger_file_path(ledger->file));
        ledger->failed = false;
    }
    ledger_warn(ledger);
}

/* Write the first digits of the SHA-256 of KEY, in hex. The file is named after them, for
 * nobody finds the key by that; by a hash that is only fast one might. Return 0 or -ENOMEM. */
static int ledger_fingerprint(const char *key, char hex[static LEDGER_NAME_SIZE + 1])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!EVP_Digest(key, strlen(key), digest, NULL, EVP_sha256(), NULL))
        return -ENOMEM;
    for (size_t i = 0; i < LEDGER_NAME_SIZE / 2; i++)
        sprintf(hex + 2 * i, "%02x", digest[i]);
    return 0;
}

struct ledger *ledger_create(const struct ledger_options *options)
{
    char name[LEDGER_NAME_SIZE + 1];
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (!ledger)
        return NULL;
    ledger->allowance = options->allowance;
    ledger->reserve = options->reserve;
    if (options->directory) {
        if (ledger_fingerprint(options->key, name) == 0)
            ledger->file = ledger_file_create(options->directory, name);
        if (!ledger->file) {
            free(ledger);
            return NULL;
        }
    }
    ledger_add(ledger, 0);
    return ledger;
}

/* Count in the file of KEY from here on. Return 0 or -ENOMEM. */
static int ledger_change_file(struct ledger *ledger, const char *key)
{
    char name[LEDGER_NAME_SIZE + 1];
    if (!ledger->file)
        return 0;
    if (ledger->unwritten != 0)
        ledger_add(ledger, 0);
    int error = ledger_fingerprint(key, name);
    if (!error)
        error = ledger_file_set_name(ledger->file, name);
    if (!error)
        ledger->failed = false;
    return error;
}

int ledger_set_key(struct ledger *ledger, const char *key)
{
    int error = ledger ? ledger_change_file(ledger, key) : 0;
    if (error || !ledger)
        return error;
    ledger->calls = 0;
    ledger->unwritten = 0;
    ledger->warned = 0;
    ledger->heard = false;
    ledger_add(ledger, 0);
    return 0;
}

void ledger_destroy(struct ledger *ledger)
{
    if (!ledger)
        return;
    if (ledger->unwritten != 0)
        ledger_add(ledger, 0);
    ledger_file_destroy(ledger->file);
    free(ledger);
}

void ledger_look(struct ledger *ledger)
{
    if (ledger)
        ledger_add(ledger, 0);
}

const char *ledger_refusal(struct ledger *ledger)
{
    if (!ledger || !ledger->allowance)
        return NULL;
    ledger_look(ledger);
    if (ledger_left(ledger) > 0)
        return NULL;
    snprintf(ledger->refusal, sizeof ledger->refusal,
             "%" PRIu64 " calls are made: of allowance=%" PRIu64 ", reserve=%" PRIu64
             " are kept back",
             ledger->calls, ledger->allowance, ledger->reserve);
    return ledger->refusal;
}

void ledger_count(struct ledger *ledger)
{
    if (ledger)
        ledger_add(ledger, 1);
}

void ledger_take_back(struct ledger *ledger)
{
    if (ledger)
        ledger_add(ledger, -1);
}

void ledger_hear_refusal(struct ledger *ledger)
{
    if (!ledger || ledger->heard)
        return;
    ledger->heard = true;
    if (ledger->allowance > ledger->calls)
        log_warning("the service says that the allowance is used up, yet only %" PRIu64
                    " calls of allowance=%" PRIu64
                    " are counted: others use the key elsewhere, or the allowance is smaller",
                    ledger->calls, ledger->allowance);
    else if (!ledger->allowance)
        log_warning("the service says that the allowance is used up; %" PRIu64
                    " calls are counted. With the option allowance=N there are warnings before",
                    ledger->calls);
}

uint64_t ledger_calls(const struct ledger *ledger)
{
    return ledger ? ledger->calls : 0;
}

uint64_t ledger_allowance(const struct ledger *ledger)
{
    return ledger ? ledger->allowance : 0;
}

uint64_t ledger_left(const struct ledger *ledger)
{
    uint64_t most = ledger ? ledger->allowance - ledger->reserve : 0;
    return ledger && ledger->calls < most ? most - ledger->calls : 0;
}
