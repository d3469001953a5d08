#include "program/trial.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/log.h"

static const struct {
    int error;
    const char *advice;
} trial_advices[] = {
    {EACCES,
     "the key is not accepted, or may not read this; check it, and that the data centre "
     "is right (env, api_url)"},
    {EINVAL, "it refuses the question; check user_id, organizations and departments"},
    {EIO, "check user_id, organizations and departments, or try again later"},
    {ENOENT, "check user_id, organizations and departments"},
    {EAGAIN, "there were too many calls; try again in a minute, or with a lower rate=N"},
    {EDQUOT,
     "there are no calls left; wait for new ones, or see allowance, reserve, max_calls"},
    {EHOSTUNREACH, "it is not found; check the network, its name server, the option proxy, and "
                   "env or api_url, or "
                   "mount with -o delay_connect, which waits for the network"},
    {EPROTO, "the connection is not safe, so the key was not sent; check the clock of this "
             "machine, the certificates (cacert), and who is in between"},
    {EBADMSG, "that is not the API; check api_url, and whether a proxy or a login page of the "
              "network answers in its place"},
};

static const char *trial_advice(int error)
{
    for (size_t i = 0; i < sizeof trial_advices / sizeof *trial_advices; i++) {
        if (trial_advices[i].error == -error)
            return trial_advices[i].advice;
    }
    return "it does not answer as it should; check the network, the option proxy, and env or "
           "api_url, "
           "or "
           "mount with -o delay_connect, which waits for the service";
}

void trial_explain(const struct options *options, int error)
{
    char now[64] = "";
    if (error == -EPROTO) {
        struct tm parts;
        time_t seconds = time(NULL);
        gmtime_r(&seconds, &parts);
        strftime(now, sizeof now, " (it is %Y-%m-%d %H:%M UTC here)", &parts);
    }
    log_error("not mounted: %s, with the key from %s: %s%s", options->api_url,
              options->key_origin ? options->key_origin : "the demo", trial_advice(error), now);
}
