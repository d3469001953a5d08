/* Says what to do about a call that failed. */
#include "program/remedy.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* What is known of a call beside its status and errno. */
enum remedy_case {
    REMEDY_ANY,
    REMEDY_COMMUNITIES, /* it was for the list of communities */
    REMEDY_NOBODY,      /* its answer may mean that the list is empty */
};

/* The first row that fits counts. */
static const struct {
    long status; /* HTTP; 0: any; 500: this one and all above */
    int error;   /* 0: any */
    enum remedy_case only;
    bool may_wait;
    const char *text;
} remedies[] = {
    {403, 0, REMEDY_COMMUNITIES, false,
     "if the account has none, or this key may not read them, give communities=no"},
    {403, 0, REMEDY_ANY, false,
     "the key may not read this: ask the account's administrator, or leave it out with the "
     "options organizations and departments"},
    {0, EACCES, REMEDY_ANY, false,
     "the key is not accepted: check the key, which may be cut or withdrawn, and the data "
     "centre (env, api_url): a key of one is none in another; with client_cert, check whether "
     "the proxy knows that certificate"},
    {404, 0, REMEDY_NOBODY, false,
     "if there are none, give empty_lists=404; else check user_id, organizations and "
     "departments"},
    {404, 0, REMEDY_ANY, false,
     "check user_id, organizations and departments, and api_url if it is given; what was "
     "removed just now is gone in a minute; a list that holds nobody may need "
     "empty_lists=404"},
    {500, EIO, REMEDY_ANY, true, "the service failed, not this machine: try again later"},
    {0, EIO, REMEDY_ANY, false,
     "check user_id, organizations and departments, or try again later"},
    {0, ENOENT, REMEDY_ANY, false, "check user_id, organizations and departments"},
    {0, EINVAL, REMEDY_ANY, false,
     "check user_id, organizations and departments, and api_url: the service does not take "
     "the question"},
    {0, EAGAIN, REMEDY_ANY, false,
     "there were too many calls: try again in a minute; if nobody else uses the key, lower "
     "the option rate"},
    {0, EDQUOT, REMEDY_ANY, false,
     "there are no calls left; wait for new ones, or see the options allowance, reserve and "
     "max_calls"},
    {0, EHOSTUNREACH, REMEDY_ANY, true,
     "check the network, its name server, the option proxy, and env or api_url"},
    {0, ECONNREFUSED, REMEDY_ANY, true,
     "check the network, the option proxy, and env or api_url"},
    {0, ECONNRESET, REMEDY_ANY, true,
     "the connection broke: check the network, the option proxy, and any firewall"},
    {0, ETIMEDOUT, REMEDY_ANY, true,
     "check the network, the option proxy, and env or api_url; if the service is just slow, "
     "raise the option timeout"},
    {0, EPROTO, REMEDY_ANY, false,
     "the connection is not safe, so the key was not sent: check the clock of this machine, "
     "the certificates (cacert), and any proxy that looks into TLS"},
    {0, EBADMSG, REMEDY_ANY, false,
     "check api_url, and whether a proxy or a login page of the network answers in its place; "
     "else record the answer with qpfs --check --record, and report it"},
    {0, 0, REMEDY_ANY, false, "try again later"},
};

static bool remedy_is_of_communities(const char *path)
{
    static const char end[] = "/communities";
    const size_t size = strlen(path), end_size = sizeof end - 1;
    return size >= end_size && strcmp(path + size - end_size, end) == 0;
}

static bool remedy_fits(size_t row, const struct failure *failure)
{
    const long status = failure->status > 500 ? 500 : failure->status;
    if ((remedies[row].status && remedies[row].status != status) ||
        (remedies[row].error && remedies[row].error != -failure->error))
        return false;
    switch (remedies[row].only) {
    case REMEDY_COMMUNITIES:
        return remedy_is_of_communities(failure->path);
    case REMEDY_NOBODY:
        return failure->nobody;
    default:
        return true;
    }
}

/* The last row fits all. */
static size_t remedy_row(const struct failure *failure)
{
    size_t row = 0;
    while (!remedy_fits(row, failure))
        row++;
    return row;
}

const char *remedy_for(const struct failure *failure)
{
    return remedies[remedy_row(failure)].text;
}

bool remedy_may_wait(const struct failure *failure)
{
    return remedies[remedy_row(failure)].may_wait;
}
