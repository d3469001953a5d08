/* Counts calls, the time that they take and how they fail, for monitoring. */
#include "api/meter.h"

#include <errno.h>
#include <string.h>

#define METER_OTHER (METER_ERRORS - 1)

/* Those of docs/semantics.md. A monitoring system keeps a series for each, so there are few. */
static const int meter_rows[METER_OTHER] = {
    EACCES,       EAGAIN, EBADMSG, ECONNREFUSED, ECONNRESET, EDQUOT,
    EHOSTUNREACH, EINVAL, EIO,     ENOMEM,       EPROTO,     ETIMEDOUT,
};

static const unsigned meter_limits_ms[METER_LIMITS] = {
    100, 250, 500, 1000, 2500, 5000, 10000, 30000,
};

void meter_errors_add(struct meter_errors *errors, int error)
{
    size_t row = 0;
    while (row < METER_OTHER && meter_rows[row] != -error)
        row++;
    errors->counts[row]++;
}

const char *meter_error_name(size_t index)
{
    return index < METER_OTHER ? strerrorname_np(meter_rows[index]) : "other";
}

unsigned meter_limit_ms(size_t index)
{
    return meter_limits_ms[index];
}

void meter_add_answer(struct meter *meter, const struct answer *answer)
{
    size_t row = 0;
    if (answer->error)
        meter_errors_add(&meter->errors, answer->error);
    if (!answer->status)
        return;
    while (row < METER_LIMITS && answer->took_us > (int64_t)meter_limits_ms[row] * 1000)
        row++;
    meter->answers[row]++;
    meter->answers_us += answer->took_us > 0 ? (uint64_t)answer->took_us : 0;
}
