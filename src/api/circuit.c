/* Fails calls at once that would fail anyway. */
#include "api/circuit.h"

#include <errno.h>
#include <stddef.h>

#include "base/log.h"

#define CIRCUIT_FAILURES    3
#define CIRCUIT_PAUSE_FIRST 1000
#define CIRCUIT_LINE_EVERY  60000 /* in the log, while it is open */

/* A person corrects a key, and wants to see at once that it works. Calls are bought seldom, and
 * what a try costs then is not known. */
static const struct {
    int64_t longest_pause_ms;
    const char *opens; /* followed by the last answer */
    const char *lasts;
    const char *closes;
} troubles[] = {
    [CIRCUIT_NO_ANSWER] = {30000,
                           "the service does not answer; until it does, calls fail at once",
                           "the service still does not answer", "the service answers again"},
    [CIRCUIT_REFUSED] = {60000,
                         "the service refuses the key; until it takes it, calls fail at once; "
                         "check the key, then send SIGHUP or wait a minute",
                         "the service still refuses the key",
                         "the service takes the key again"},
    [CIRCUIT_USED_UP] = {300000,
                         "no calls are left; until there are, calls fail at once; wait for new "
                         "ones or buy some, then send SIGHUP or wait five minutes",
                         "there are still no calls left", "there are calls again"},
};

const struct answer *circuit_blocks(const struct circuit *circuit, int64_t now)
{
    if (circuit->pause_ms == 0 || (!circuit->trying && now >= circuit->next_try_ms))
        return NULL;
    return &circuit->answer;
}

bool circuit_begin(struct circuit *circuit)
{
    circuit->trying = circuit->pause_ms > 0;
    return circuit->trying;
}

void circuit_abandoned(struct circuit *circuit)
{
    circuit->trying = false;
}

void circuit_reset(struct circuit *circuit)
{
    *circuit = (struct circuit){.trouble = CIRCUIT_FINE};
}

const struct answer *circuit_verdict(const struct circuit *circuit)
{
    return circuit->pause_ms > 0 && circuit->trouble > CIRCUIT_NO_ANSWER ? &circuit->answer
                                                                         : NULL;
}

static void circuit_open(struct circuit *circuit, int64_t now)
{
    bool was_closed = circuit->pause_ms == 0;
    int64_t longest_ms = troubles[circuit->trouble].longest_pause_ms;
    circuit->pause_ms = was_closed ? CIRCUIT_PAUSE_FIRST : circuit->pause_ms * 2;
    if (circuit->pause_ms > longest_ms)
        circuit->pause_ms = longest_ms;
    circuit->next_try_ms = now + circuit->pause_ms;
    if (!was_closed)
        return;
    circuit->next_line_ms = now + CIRCUIT_LINE_EVERY;
    log_warning("%s (%s)", troubles[circuit->trouble].opens, circuit->answer.why);
}

void circuit_blocked(struct circuit *circuit, int64_t now)
{
    circuit->blocked++;
    if (now < circuit->next_line_ms)
        return;
    log_warning("%s; %u calls more failed at once (%s)", troubles[circuit->trouble].lasts,
                circuit->blocked - circuit->blocked_told, circuit->answer.why);
    circuit->blocked_told = circuit->blocked;
    circuit->next_line_ms = now + CIRCUIT_LINE_EVERY;
}

static void circuit_close(struct circuit *circuit)
{
    const char *closes = troubles[circuit->trouble].closes;
    if (circuit->pause_ms > 0 && circuit->blocked > 0)
        log_info("%s; %u calls failed at once meanwhile", closes, circuit->blocked);
    else if (circuit->pause_ms > 0)
        log_info("%s", closes);
    circuit_reset(circuit);
}

/* Return whether ANSWER, which is no sign of trouble, says that there is none. A 500 and the
 * like come from before anybody looked at the key. */
static bool circuit_is_disproved(const struct circuit *circuit, const struct answer *answer)
{
    if (!circuit_verdict(circuit))
        return true;
    bool is_refusal = answer->status >= 400 && answer->status < 500 && !answer->transient;
    return answer->error == 0 || is_refusal;
}

static void circuit_note(struct circuit *circuit, enum circuit_trouble trouble,
                         const struct answer *answer)
{
    if (circuit->trouble != trouble)
        circuit_reset(circuit);
    circuit->trouble = trouble;
    circuit->failures++;
    circuit->answer = *answer;
    answer_forget_body(&circuit->answer);
}

void circuit_ended(struct circuit *circuit, int64_t now, bool probe,
                   const struct answer *answer)
{
    enum circuit_trouble trouble = circuit_trouble_of(answer);
    bool was_open = circuit->pause_ms > 0;
    if (probe)
        circuit->trying = false;
    if (trouble == CIRCUIT_FINE && circuit_is_disproved(circuit, answer)) {
        circuit_close(circuit);
        return;
    }
    /* Calls that were under way when it opened say nothing new. */
    if (was_open && !probe)
        return;
    /* That there was no answer does not give a key back. */
    if (!circuit_verdict(circuit) || trouble > CIRCUIT_NO_ANSWER)
        circuit_note(circuit, trouble, answer);
    if (was_open || circuit->failures >= CIRCUIT_FAILURES)
        circuit_open(circuit, now);
}

enum circuit_trouble circuit_trouble_of(const struct answer *answer)
{
    if (answer->status == 401)
        return CIRCUIT_REFUSED;
    if (answer->status == 429 && answer->error == -EDQUOT)
        return CIRCUIT_USED_UP;
    if (answer->status >= 502 && answer->status <= 504)
        return CIRCUIT_NO_ANSWER;
    switch (-answer->error) {
    case EHOSTUNREACH:
    case ECONNREFUSED:
    case ECONNRESET:
    case ETIMEDOUT:
        return answer->status == 0 ? CIRCUIT_NO_ANSWER : CIRCUIT_FINE;
    default:
        return CIRCUIT_FINE;
    }
}
