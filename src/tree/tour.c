/* Asks ahead for the lists to which a process will come that reads them in their order. */
#include "tree/tour.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"

/* What is asked for ahead is read within this part of the time for which it serves, and of that
 * which a call may take: a service may answer one call after the other. */
#define TOUR_TIME_PART 4

/* How much the last of the times between two reads counts in their average. */
#define TOUR_PACE_PART 8

/* -------- where a reader is -------- */

struct stop {
    const struct dir *dir;    /* whose own list was read */
    const struct dir *listed; /* that, or the directory that it lies in: it stands in ORDER */
    const struct snapshot *order; /* the list above */
    size_t index;                 /* its place there */
};

/* Return whether DIR stands in the list that the directory above it shows. */
static bool stop_is_listed(const struct dir *dir)
{
    return dir->owner_listed && dir->parent->listing == dir->owner;
}

/* Return false if no list gives an order to DIR. */
static bool stop_find(struct stop *stop, const struct dir *dir)
{
    stop->dir = dir->lister ? dir->lister : dir;
    if (!stop->dir->owner_listed)
        return false;
    stop->listed = stop_is_listed(stop->dir) ? stop->dir : stop->dir->parent;
    stop->order = cache_held(stop->dir->owner);
    return stop_is_listed(stop->listed) && stop->order &&
           snapshot_place(stop->order, stop->dir->owner_id, &stop->index);
}

static uint64_t stop_above(const struct stop *stop)
{
    return stop->listed->parent->ino;
}

static const struct fetch_source *stop_source(const struct stop *stop)
{
    return cache_source(stop->dir->tree->cache);
}

/* Return the listing that such a directory shows which stands DISTANCE places behind STOP, or
 * before it if that is negative. NULL: there is none, or memory is out. */
static struct listing *stop_listing(const struct stop *stop, int64_t distance)
{
    int64_t index = (int64_t)stop->index + distance;
    if (index < 0 || index >= (int64_t)stop->order->count)
        return NULL;
    struct dir *dir = dir_child(stop->listed->parent, dir_kind_name(stop->listed->kind),
                                stop->order->records[index]->id);
    if (dir && stop->dir != stop->listed)
        dir = dir_child(dir, dir_kind_name(stop->dir->kind), 0);
    return dir ? dir->listing : NULL;
}

/* Return whether all lists between STOP and DISTANCE places before it failed: the reader could
 * not read them. */
static bool stop_follows_failures(const struct stop *stop, int64_t distance)
{
    int64_t back = distance > 0 ? -1 : 1;
    if (llabs(distance) > stop_source(stop)->parallel)
        return false;
    for (int64_t at = back; at != -distance; at += back) {
        const struct listing *listing = stop_listing(stop, at);
        if (!listing || !cache_has_failed(listing))
            return false;
    }
    return true;
}

/* -------- who reads -------- */

static bool party_is_of(const struct party *party, const struct walker *walker,
                        const struct stop *stop)
{
    return party->walker == walker && party->above == stop_above(stop) &&
           party->kind == stop->dir->kind;
}

static bool party_has_ended(const struct party *party, const struct stop *stop)
{
    return walker_active_since_ms(party->walker) > party->read_ms ||
           party->anew_ms != stop_source(stop)->anew_ms;
}

static void party_add_thread(struct party *party, pid_t thread)
{
    for (unsigned i = 0; i < party->thread_count; i++) {
        if (party->threads[i] == thread)
            return;
    }
    if (party->thread_count < TOUR_THREADS)
        party->threads[party->thread_count++] = thread;
}

/* Return the party that reads such directories; a new one takes the place of the one that has
 * read nothing for longest. */
static struct party *tours_party(struct tours *tours, const struct walker *walker,
                                 const struct stop *stop)
{
    const size_t count = sizeof tours->parties / sizeof tours->parties[0];
    struct party *party = &tours->parties[0];
    for (size_t i = 0; i < count; i++) {
        struct party *other = &tours->parties[i];
        if (party_is_of(other, walker, stop)) {
            party = other;
            break;
        }
        if (other->read_ms < party->read_ms)
            party = other;
    }
    if (!party_is_of(party, walker, stop) || party_has_ended(party, stop))
        *party = (struct party){.walker = walker,
                                .above = stop_above(stop),
                                .kind = stop->dir->kind,
                                .anew_ms = stop_source(stop)->anew_ms};
    return party;
}

/* -------- tours -------- */

static void tour_begin(struct tour *tour, const struct stop *stop)
{
    *tour = (struct tour){.id = stop->dir->owner_id, .reads = 1, .read_ms = clock_ms()};
}

/* Return whether STOP is on TOUR, or as little out of order as so many THREADS may read. PLACES
 * is set to those from the furthest that was read to STOP, as the list goes. */
static bool tour_has(const struct tour *tour, const struct stop *stop, unsigned threads,
                     int64_t *places)
{
    size_t last;
    if (tour->reads == 0 || !snapshot_place(stop->order, tour->id, &last))
        return false;
    *places = (int64_t)stop->index - (int64_t)last;
    int64_t forward = tour->way ? *places * tour->way : llabs(*places);
    if (forward <= 0)
        return forward > -(int64_t)threads;
    return forward <= threads || stop_follows_failures(stop, *places);
}

/* Return the tour that STOP is on, and set PLACES; else begin one, in the place of the one that
 * was left for longest, and return NULL. */
static struct tour *party_tour(struct party *party, const struct stop *stop, int64_t *places)
{
    struct tour *oldest = &party->tours[0];
    for (unsigned i = 0; i < party->thread_count; i++) {
        struct tour *tour = &party->tours[i];
        if (tour_has(tour, stop, party->thread_count, places))
            return tour;
        if (tour->read_ms < oldest->read_ms)
            oldest = tour;
    }
    tour_begin(oldest, stop);
    return NULL;
}

/* Take TOUR to STOP. Return false if that is not further than it was. */
static bool tour_go_on(struct tour *tour, const struct stop *stop, int64_t places)
{
    int64_t now = clock_ms(), taken_ms = now - tour->read_ms;
    if (places * (tour->way ? tour->way : places) <= 0)
        return false;
    if (tour->reads == 1)
        tour->pace_ms = taken_ms;
    else
        tour->pace_ms += (taken_ms - tour->pace_ms) / TOUR_PACE_PART;
    tour->way = places > 0 ? 1 : -1;
    tour->id = stop->dir->owner_id;
    tour->read_ms = now;
    tour->reads++;
    return true;
}

/* -------- what lies ahead -------- */

/* Return how soon what is asked for now must be read, if it is as SNAPSHOT is. */
static int64_t tour_patience_ms(const struct stop *stop, const struct snapshot *snapshot)
{
    int64_t serves_ms = snapshot->fresh_until_ms - snapshot->fetched_ms;
    int64_t timeout_ms = stop_source(stop)->client->timeout_ms;
    return (serves_ms < timeout_ms ? serves_ms : timeout_ms) / TOUR_TIME_PART;
}

/* Return how many lists it pays to have ahead, if they are as SNAPSHOT is. */
static int64_t tour_reach(const struct tour *tour, const struct stop *stop,
                          const struct snapshot *snapshot)
{
    int64_t reach = stop_source(stop)->parallel;
    int64_t patience_ms = tour_patience_ms(stop, snapshot);
    if (tour->reads < TOUR_READS_MIN || !cache_is_short(stop->dir->listing) ||
        cache_has_failed(stop->dir->listing)) /* what is old serves on */
        return 0;
    if (reach > tour->reads)
        reach = tour->reads;
    if (tour->pace_ms * reach > patience_ms)
        reach = patience_ms / tour->pace_ms;
    return reach;
}

static void tour_look_ahead(struct tour *tour, const struct stop *stop, int64_t reach)
{
    enum cache_ahead state = CACHE_AHEAD_GOES_ON;
    for (int64_t i = 1; i <= reach && state == CACHE_AHEAD_GOES_ON; i++) {
        struct listing *listing = stop_listing(stop, i * tour->way);
        state = listing ? cache_ask_ahead(listing) : CACHE_AHEAD_WAITS;
    }
    if (state == CACHE_AHEAD_ENDS)
        tour_begin(tour, stop);
}

void tours_read(struct tours *tours, const struct walker *walker, pid_t thread,
                const struct dir *dir, const struct snapshot *snapshot)
{
    struct stop stop;
    int64_t places;
    if (!walker || !stop_find(&stop, dir))
        return;
    struct party *party = tours_party(tours, walker, &stop);
    party_add_thread(party, thread);
    party->read_ms = clock_ms();
    struct tour *tour = party_tour(party, &stop, &places);
    if (tour && tour_go_on(tour, &stop, places))
        tour_look_ahead(tour, &stop, tour_reach(tour, &stop, snapshot));
}
