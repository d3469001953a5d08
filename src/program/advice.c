#include "program/advice.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
    long status; /* 0: any */
    const char *error;
    const char *advice;
} advices[] = {
    {401, "EACCES",
     "the key is not accepted: check that it is whole and not withdrawn, and that env names "
     "the "
     "data centre of the account"},
    {403, "EACCES",
     "the key may not read this: ask the account's administrator, or leave it out with the "
     "options organizations and departments"},
    {404, "EIO",
     "the service says that there is no such thing, yet the list above it still names it: it "
     "may "
     "have been removed just now, try again in a minute; a list that holds nobody may need the "
     "option empty_lists=404"},
    {0, "EACCES", "the key may not do this, or is not accepted: check it and the data centre"},
    {0, "EINVAL", "the service does not take the question: check the IDs in the options"},
    {0, "EAGAIN",
     "more calls a minute than the service allows: others use the key too, or the option rate "
     "is "
     "too high"},
    {0, "EDQUOT",
     "no calls are left: wait until the subscription's are renewed, or raise the option that "
     "is "
     "named (allowance, reserve, max_calls)"},
    {0, "EIO", "the service failed, not this machine: it is tried again when it is next asked"},
    {0, "ETIMEDOUT",
     "no answer in time: check the network; if the service is just slow, raise the option "
     "timeout"},
    {0, "ECONNREFUSED", "nothing listens there: check api_url and env, and the option proxy"},
    {0, "ECONNRESET", "the connection broke: check the network, and any proxy or firewall"},
    {0, "EHOSTUNREACH",
     "there is no way there: check the network, the name server, api_url and the option proxy"},
    {0, "EPROTO",
     "no secure connection: check the clock of this machine, the option cacert, and any proxy "
     "that looks into TLS"},
    {0, "EBADMSG",
     "the answer is not what the service's documentation says: check api_url and any proxy; if "
     "they are right, report it with the request ID"},
};

const char *advice_for(const char *error, long status)
{
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++) {
        bool matches = advices[i].status ? advices[i].status == status
                                         : strcmp(advices[i].error, error) == 0;
        if (matches)
            return advices[i].advice;
    }
    return NULL;
}
