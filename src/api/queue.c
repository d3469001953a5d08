/* Lets calls go one after the other, within the limits that hold for all of them. */
#include "api/queue.h"

#include <errno.h>

#include "base/clock.h"

/* After that many answers in a row that were no 429, all calls go. */
#define QUEUE_ALONE 8

/* For so long after a hold it counts that there was one. */
#define QUEUE_CAREFUL_MS 60000

static void queue_run(void *data);

int queue_init(struct queue *queue, struct loop *loop, unsigned rate)
{
    *queue = (struct queue){.loop = loop, .bucket = bucket_create(rate)};
    TAILQ_INIT(&queue->tickets);
    return queue->bucket ? 0 : -ENOMEM;
}

void queue_finish(struct queue *queue)
{
    loop_timer_stop(&queue->timer);
    bucket_destroy(queue->bucket);
    queue->bucket = NULL;
}

static void queue_run_after(struct queue *queue, int64_t delay_ms)
{
    loop_timer_start(queue->loop, &queue->timer, delay_ms, queue_run, queue);
}

void queue_enter(struct queue *queue, struct queue_ticket *ticket,
                 const struct queue_events *events, void *data)
{
    ticket->events = events;
    ticket->data = data;
    ticket->waits = true;
    TAILQ_INSERT_TAIL(&queue->tickets, ticket, link);
    if (queue->scout == ticket)
        queue->scout = NULL;
    queue_run_after(queue, 0);
}

void queue_leave(struct queue *queue, struct queue_ticket *ticket)
{
    if (ticket->waits)
        TAILQ_REMOVE(&queue->tickets, ticket, link);
    ticket->waits = false;
    if (queue->scout != ticket)
        return;
    queue->scout = NULL;
    queue_run_after(queue, 0);
}

void queue_count(struct queue *queue)
{
    queue->requests++;
    bucket_take(queue->bucket, clock_ms());
    ledger_count(queue->ledger);
}

static int64_t queue_scouted_ms(const struct queue *queue, int64_t now)
{
    return queue->scout && queue->alone_until_ms > now ? queue->alone_until_ms - now : 0;
}

bool queue_is_held(const struct queue *queue)
{
    int64_t now = clock_ms();
    return bucket_held_ms(queue->bucket, now) > 0 || queue_scouted_ms(queue, now) > 0;
}

/* Return whether calls go alone at NOW. */
static bool queue_is_careful(const struct queue *queue, int64_t now)
{
    return queue->alone > 0 && now < queue->held_until_ms + QUEUE_CAREFUL_MS;
}

/* While all wait, only the scout's answer is news. Other calls were sent before. */
void queue_hear(struct queue *queue, const struct queue_ticket *ticket, bool over_rate)
{
    /* Also where nothing else changes: the time of a call stops when its silent transfer broke,
     * and queue_tell() does that. */
    if (!TAILQ_EMPTY(&queue->tickets))
        queue_run_after(queue, 0);
    if (queue->scout != ticket && queue_is_held(queue))
        return;
    queue->scout = NULL;
    if (over_rate) {
        queue->holds = queue_is_careful(queue, clock_ms()) ? queue->holds + 1 : 1;
        queue->alone = QUEUE_ALONE;
        queue->alone_until_ms = 0;
    } else if (queue->alone > 0) {
        queue->holds = 0;
        queue->alone--;
    }
}

void queue_hold(struct queue *queue, int64_t hold_ms)
{
    int64_t until_ms = clock_ms() + hold_ms;
    if (queue->held_until_ms < until_ms)
        queue->held_until_ms = until_ms;
    bucket_hold(queue->bucket, until_ms);
    queue_run_after(queue, 0);
}

void queue_note_end(struct queue *queue, bool probe, const struct answer *answer)
{
    int64_t now = clock_ms();
    circuit_ended(&queue->circuit, now, probe, answer);
    if (circuit_blocks(&queue->circuit, now) && !TAILQ_EMPTY(&queue->tickets))
        queue_run_after(queue, 0);
}

size_t queue_length(const struct queue *queue)
{
    const struct queue_ticket *ticket;
    size_t length = 0;
    TAILQ_FOREACH(ticket, &queue->tickets, link) {
        length++;
    }
    return length;
}

bool queue_waits_for_rate(const struct queue *queue)
{
    return !TAILQ_EMPTY(&queue->tickets) && !queue_is_held(queue) &&
           bucket_wait_ms(queue->bucket, clock_ms()) > 0;
}

/* So many calls, and this part of all that are allowed, are not spare. */
#define QUEUE_KEPT      20
#define QUEUE_KEPT_PART 20

static bool queue_is_spare(uint64_t left, uint64_t allowed)
{
    return allowed == 0 || left > QUEUE_KEPT + allowed / QUEUE_KEPT_PART;
}

bool queue_has_spare(const struct queue *queue)
{
    size_t waiting = queue_length(queue);
    uint64_t made = queue->requests + waiting, left = ledger_left(queue->ledger);
    return queue->circuit.trouble == CIRCUIT_FINE && !queue_is_careful(queue, clock_ms()) &&
           bucket_has_spare(queue->bucket, clock_ms(), waiting) &&
           queue_is_spare(left > waiting ? left - waiting : 0,
                          ledger_allowance(queue->ledger)) &&
           queue_is_spare(queue->max_calls > made ? queue->max_calls - made : 0,
                          queue->max_calls);
}

/* Why no call may be made any more, or NULL. */
static const char *queue_refusal(struct queue *queue)
{
    if (queue->max_calls && queue->requests >= queue->max_calls)
        return "the option max_calls allows no more calls";
    return ledger_refusal(queue->ledger);
}

/* Return whether no call may be sent at NOW; then ANSWER says why. */
static bool queue_refuses(struct queue *queue, int64_t now, struct answer *answer)
{
    const char *refusal = queue_refusal(queue);
    const struct answer *blocked = refusal ? NULL : circuit_blocks(&queue->circuit, now);
    if (refusal) {
        answer_fail(answer, -EDQUOT, false, refusal);
    } else if (blocked) {
        *answer = *blocked;
        answer->untried = true;
        circuit_blocked(&queue->circuit, now);
    }
    return refusal || blocked;
}

static void queue_refuse(struct queue *queue, struct queue_ticket *ticket,
                         const struct answer *answer)
{
    queue_leave(queue, ticket);
    ticket->events->refuse(ticket->data, answer);
}

/* Return for how long no call may go at NOW. What holds all of them back comes first. */
static int64_t queue_wait_ms(const struct queue *queue, int64_t now)
{
    int64_t held = bucket_held_ms(queue->bucket, now);
    int64_t scouted = queue_scouted_ms(queue, now);
    if (held > 0)
        return held;
    return scouted > 0 ? scouted : bucket_wait_ms(queue->bucket, now);
}

static void queue_send(struct queue *queue, struct queue_ticket *ticket, int64_t now)
{
    queue_leave(queue, ticket);
    if (queue_is_careful(queue, now)) {
        queue->scout = ticket;
        if (queue->alone_until_ms == 0)
            queue->alone_until_ms = now + queue->patience_ms;
    }
    ticket->events->go(ticket->data);
}

/* Return whether TICKET, the first one, has left the queue: its call was refused or sent. */
static bool queue_serve(struct queue *queue, struct queue_ticket *ticket)
{
    int64_t now = clock_ms();
    int64_t held = bucket_held_ms(queue->bucket, now);
    int64_t wait = queue_wait_ms(queue, now);
    struct answer answer;
    bool in_vain = held > 0 && !ticket->events->hold(ticket->data, now + held);
    if (queue_refuses(queue, now, &answer)) {
        queue_refuse(queue, ticket, &answer);
    } else if (in_vain) {
        answer_fail(&answer, -EAGAIN, false, QUEUE_HELD);
        queue_refuse(queue, ticket, &answer);
    } else if (wait > 0) {
        queue_run_after(queue, wait);
        return false;
    } else {
        queue_send(queue, ticket, now);
    }
    return true;
}

/* Tell all that wait whether the service holds them back. The scout may be answered at once. */
static void queue_tell(struct queue *queue)
{
    int64_t now = clock_ms();
    int64_t until = queue_is_held(queue) ? now + bucket_held_ms(queue->bucket, now) : 0;
    struct queue_ticket *ticket;
    TAILQ_FOREACH(ticket, &queue->tickets, link) {
        ticket->events->hold(ticket->data, until);
    }
}

static void queue_run(void *data)
{
    struct queue *queue = data;
    struct queue_ticket *ticket;
    while ((ticket = TAILQ_FIRST(&queue->tickets)) && queue_serve(queue, ticket))
        ;
    queue_tell(queue);
}
