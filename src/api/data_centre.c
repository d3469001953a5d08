/* The data centres of the service, from the vendor's own client libraries. */
#include "api/data_centre.h"

#include <stddef.h>
#include <strings.h>

/* The first eight are the vendor's names. The others are in use for the same. */
static const struct {
    const char *env;
    const char *url;
} data_centres[] = {
    {"com", "https://api.questionpro.com/a/api/v2"},
    {"eu", "https://api.questionpro.eu/a/api/v2"},
    {"ca", "https://api.questionpro.ca/a/api/v2"},
    {"sg", "https://api.questionpro.sg/a/api/v2"},
    {"au", "https://api.questionpro.au/a/api/v2"},
    {"ae", "https://api.questionpro.ae/a/api/v2"},
    {"sa", "https://api.surveyanalytics.com/a/api/v2"},
    {"ksa", "https://api.questionprosa.com/a/api/v2"},
    {"us", "https://api.questionpro.com/a/api/v2"},
    {"com.au", "https://api.questionpro.com.au/a/api/v2"},
    {"surveyanalytics.com", "https://api.surveyanalytics.com/a/api/v2"},
};

const char *data_centre_names(void)
{
    return "com, eu, ca, sg, au, ae, sa, ksa";
}

const char *data_centre_url(const char *env)
{
    for (size_t i = 0; i < sizeof data_centres / sizeof *data_centres; i++) {
        if (strcasecmp(data_centres[i].env, env) == 0)
            return data_centres[i].url;
    }
    return NULL;
}
