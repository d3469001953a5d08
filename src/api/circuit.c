#include "api/circuit.h"

#include <errno.h>
#include <stdio.h>

#include "base/log.h"

#define CIRCUIT_FAILURES      3
#define CIRCUIT_PAUSE_FIRST   1000
#define CIRCUIT_PAUSE_LONGEST 30000

bool circuit_allows(struct circuit *circuit, int64_t now, bool *probe)
{
    *probe = false;
    if (circuit->pause_ms == 0)
        return true;
    if (circuit->trying || now < circuit->next_try_ms)
        return false;
    circuit->trying = *probe = true;
    return true;
}

void circuit_answered(struct circuit *circuit)
{
    if (circuit->pause_ms > 0)
        log_info("the service answers again");
    *circuit = (struct circuit){.failures = 0};
}

static void circuit_open(struct circuit *circuit, int64_t now)
{
    bool was_closed = circuit->pause_ms == 0;
    circuit->pause_ms = was_closed ? CIRCUIT_PAUSE_FIRST : circuit->pause_ms * 2;
    if (circuit->pause_ms > CIRCUIT_PAUSE_LONGEST)
        circuit->pause_ms = CIRCUIT_PAUSE_LONGEST;
    circuit->next_try_ms = now + circuit->pause_ms;
    if (was_closed)
        log_warning("the service does not answer; until it does, calls fail at once (%s)",
                    circuit->why);
}

void circuit_failed(struct circuit *circuit, int64_t now, bool probe, int error,
                    const char *why)
{
    circuit->failures++;
    circuit->error = error;
    snprintf(circuit->why, sizeof circuit->why, "%s", why);
    if (probe)
        circuit->trying = false;
    /* Calls that were under way when it opened say nothing new. */
    if (probe || (circuit->pause_ms == 0 && circuit->failures >= CIRCUIT_FAILURES))
        circuit_open(circuit, now);
}

void circuit_abandoned(struct circuit *circuit)
{
    circuit->trying = false;
}

bool circuit_counts(int error, long status)
{
    switch (-error) {
    case EHOSTUNREACH:
    case ECONNREFUSED:
    case ECONNRESET:
    case ETIMEDOUT:
        return status == 0;
    default:
        return status >= 502 && status <= 504;
    }
}
