/* Asks the list above what a 404 on a list means. */
#include "cache/confirmation.h"

#include "base/clock.h"
#include "base/objects.h"

/* Where nobody was listed before, it does not matter when the owner was there. Nor does it
 * where the service has just said 404 of another one that a new list still named: it may say so
 * of many, and to call one of them broken deletes nothing. */
static bool confirmation_takes_any_age(const struct confirmation *confirmation)
{
    return confirmation->any_age ||
           (confirmation->asked->disputed && !confirmation->may_be_empty);
}

static bool confirmation_is_answered_by(const struct confirmation *confirmation,
                                        const struct snapshot *snapshot)
{
    if (snapshot && snapshot->began_ms >= confirmation->missing_ms)
        return true;
    return snapshot && confirmation_takes_any_age(confirmation) &&
           snapshot_find(snapshot, confirmation->id);
}

/* Return as holding_join(). What a cache in between has proves nothing. */
static int confirmation_ask(struct confirmation *confirmation)
{
    confirmation->asked->fetch.doubted = true;
    return holding_join(confirmation->asked, &confirmation->waiter, 0);
}

static enum confirmation_verdict confirmation_judge(const struct confirmation *confirmation,
                                                    const struct snapshot *snapshot)
{
    if (!confirmation_is_answered_by(confirmation, snapshot))
        return CONFIRMATION_BROKEN;
    if (!snapshot_find(snapshot, confirmation->id))
        return confirmation->may_be_gone ? CONFIRMATION_GONE : CONFIRMATION_BROKEN;
    if (confirmation->may_be_empty)
        return CONFIRMATION_EMPTY;
    confirmation->asked->disputed = true;
    return CONFIRMATION_BROKEN;
}

static void confirmation_on_answer(struct waiter *waiter, struct snapshot *snapshot, int error,
                                   const char *why)
{
    struct confirmation *confirmation = container_of(waiter, struct confirmation, waiter);
    (void)error;
    (void)why;
    bool answered = confirmation_is_answered_by(confirmation, snapshot);
    if (snapshot && !answered && !confirmation->again) {
        confirmation->again = true;
        if (confirmation_ask(confirmation) == 0)
            return;
    }
    confirmation->done(confirmation, confirmation_judge(confirmation, snapshot));
}

enum confirmation_verdict confirmation_start(struct confirmation *confirmation)
{
    struct holding *asked = confirmation->asked;
    confirmation->missing_ms = clock_ms();
    confirmation->waiter.done = confirmation_on_answer;
    const struct snapshot *held =
        asked && confirmation_takes_any_age(confirmation) ? holding_fresh(asked) : NULL;
    if (held && confirmation_is_answered_by(confirmation, held))
        return confirmation_judge(confirmation, held);
    if (asked && confirmation_ask(confirmation) == 0)
        return CONFIRMATION_NONE;
    return CONFIRMATION_BROKEN;
}
