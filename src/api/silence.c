/* Finds connections that died without a word. */
#include "api/silence.h"

#include <stddef.h>

#include "base/clock.h"

#define SILENCE_MIN_MS   1000
#define SILENCE_MAX_MS   10000
#define SILENCE_LEARN_MS 600000

static void silence_on_timer(void *data);

void silences_init(struct silences *silences, struct loop *loop, int64_t timeout_ms,
                   void (*renew)(void *data), void *data)
{
    int64_t default_ms = timeout_ms / 4;
    if (default_ms < SILENCE_MIN_MS)
        default_ms = SILENCE_MIN_MS;
    if (default_ms > SILENCE_MAX_MS)
        default_ms = SILENCE_MAX_MS;
    *silences = (struct silences){.loop = loop, .renew = renew, .data = data};
    silences->default_ms = default_ms;
    TAILQ_INIT(&silences->all);
}

void silences_renew(struct silences *silences)
{
    silences->generation++;
    silences->answered = false;
}

int64_t silences_patience_ms(const struct silences *silences, int64_t now)
{
    int64_t learnt_ms = 2 * silences->learnt_ms;
    bool holds = now - silences->learnt_at_ms < SILENCE_LEARN_MS;
    return holds && learnt_ms > silences->default_ms ? learnt_ms : silences->default_ms;
}

static void silences_learn(struct silences *silences, int64_t now, int64_t waited_ms)
{
    if (2 * waited_ms <= silences->default_ms)
        return;
    if (now - silences->learnt_at_ms >= SILENCE_LEARN_MS || waited_ms > silences->learnt_ms)
        silences->learnt_ms = waited_ms;
    silences->learnt_at_ms = now;
}

static void silence_wait(struct silence *silence, int64_t ms)
{
    loop_timer_start(silence->silences->loop, &silence->timer, ms, silence_on_timer, silence);
}

/* All that waited for a sign that new connections are better. */
static void silences_follow(struct silences *silences)
{
    struct silence *silence;
    TAILQ_FOREACH(silence, &silences->all, link) {
        if (silence->timer.loop)
            silence_wait(silence, 0);
    }
}

/* Timers run before what has come is read, so a machine that stood still looks as if nothing
 * had come. Hence the second look. */
static void silence_on_timer(void *data)
{
    struct silence *silence = data;
    struct silences *silences = silence->silences;
    int64_t now = clock_ms();
    int64_t patience_ms = silences_patience_ms(silences, now);
    int64_t left_ms = silence->last_ms + patience_ms - now;
    if (left_ms > 0 || !silence->looked) {
        silence->looked = left_ms <= 0;
        silence_wait(silence, left_ms);
        return;
    }
    if (silence->generation == silences->generation)
        silences->renew(silences->data);
    if (!silences->answered && now < silences->scout_until_ms) {
        silence_wait(silence, silences->scout_until_ms - now);
        return;
    }
    silences->scout_until_ms = now + patience_ms;
    silence->again(silence->data);
}

void silence_begin(struct silence *silence, struct silences *silences,
                   void (*again)(void *data), void *data)
{
    *silence = (struct silence){.silences = silences, .again = again, .data = data};
    silence->generation = silences->generation;
    TAILQ_INSERT_TAIL(&silences->all, silence, link);
}

void silence_sent(struct silence *silence, int connection, bool is_new)
{
    const struct silences *silences = silence->silences;
    bool proven = silence->generation != silences->generation || silences->answered;
    int64_t now = clock_ms();
    silence->connection = connection;
    silence->sent_ms = silence->last_ms = now;
    silence->looked = false;
    if (silence->again && proven && !is_new)
        silence_wait(silence, silences_patience_ms(silences, now));
    else
        loop_timer_stop(&silence->timer);
}

void silence_heard(struct silence *silence)
{
    struct silences *silences = silence->silences;
    int64_t now = clock_ms();
    struct silence *other;
    TAILQ_FOREACH(other, &silences->all, link) {
        if (other->generation == silence->generation &&
            other->connection == silence->connection)
            other->last_ms = now;
    }
    if (silence->heard)
        return;
    silence->heard = true;
    loop_timer_stop(&silence->timer);
    silences_learn(silences, now, now - silence->sent_ms);
    if (silences->answered || silence->generation != silences->generation)
        return;
    silences->answered = true;
    silences_follow(silences);
}

void silence_end(struct silence *silence)
{
    if (!silence->silences)
        return;
    loop_timer_stop(&silence->timer);
    TAILQ_REMOVE(&silence->silences->all, silence, link);
    silence->silences = NULL;
}
