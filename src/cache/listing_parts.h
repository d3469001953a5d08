#ifndef QPFS_CACHE_LISTING_PARTS_H
#define QPFS_CACHE_LISTING_PARTS_H

#include "cache/listing.h"

/* What a listing is made of, for the files of this folder alone. */

/* As listing_wait(), and the fetch may take LIMIT calls (0: any) unless someone else wants the
 * list at any price. The waiter's ID is the caller's to set. */
int listing_join(struct listing *listing, struct waiter *waiter, uint64_t limit);

/* Fetches it, though nobody may wait: none is under way. 0 or -ENOMEM. */
int listing_fetch(struct listing *listing, uint64_t limit);

/* Return whether the list that is held is not empty: an empty one is looked at twice then. */
bool listing_expects_people(const struct listing *listing);

/* Whether a fetch is under way, or has only just failed: to wait for it costs no call. */
bool listing_is_busy(const struct listing *listing);

/* Delivers to all who wait now: whoever begins to wait meanwhile belongs to the next round, and
 * to the next fetch. SNAPSHOT is borrowed. */
void listing_deliver(struct listing *listing, struct snapshot *snapshot, int error,
                     const char *why);

/* The same one by one: the next of those who waited when listing_begin_round() was called, who
 * waits no more; NULL when there are no more. */
void listing_begin_round(struct listing *listing);
struct waiter *listing_next_waiter(struct listing *listing);

/* Something began or ended: puts it where cache/status.c finds it. */
void listing_tell(struct listing *listing);
void listing_untell(struct listing *listing);

/* The same if nothing is left to tell of it. */
void listing_sweep_telling(struct listing *listing);

/* Log the error in RESULT, remember it for a moment, and deliver it. */
void listing_fail(struct listing *listing, const struct pager_result *result);
void listing_fail_memory(struct listing *listing);

/* A fetch succeeded: takes the records over and delivers the new snapshot. */
void listing_accept(struct listing *listing, struct pager_result *result);

/* Forgets what is held. */
void listing_drop(struct listing *listing);

/* The service refused it: nothing that is held of it serves any more, nor for a walk. */
void listing_refuse(struct listing *listing);

/* Milliseconds for which the old snapshot may go on to serve when a refresh has just failed; 0
 * or less: it may not. */
int64_t listing_stale_ms(const struct listing *listing);

/* Whether it is the service or the network that failed, and not a word about what was asked
 * for. */
bool listing_may_serve_stale(const struct pager_result *result);

/* Let the old snapshot, which may serve, do so until the next try, and log it: the refresh
 * failed with RESULT. */
void listing_mark_stale(struct listing *listing, const struct pager_result *result);

/* RESULT, of LISTING, is an error that counts: it is the last one from here on. */
void listing_note_failure(struct listing *listing, const struct pager_result *result);

/* The service does not know what LISTING is for: its parent's list has the last word. RESULT:
 * the 404. Delivers in the end. Where a 404 may mean that nobody is listed, it does so if the
 * listing's owner is there. */
void listing_confirm_missing(struct listing *listing, const struct pager_result *result);
void listing_stop_confirming(struct listing *listing);

/* -------- records by themselves: see single.h -------- */

/* Record ID as LISTING holds it, however old; NULL if it does not. Borrowed. */
struct record *single_held(const struct listing *listing, uint64_t id);

/* As listing_stale_ms(). That there was no such record is never said of a service that fails.
 * Takes NULL. */
int64_t single_stale_ms(const struct listing *single);

/* Those who wait for SINGLE get what its list says, which may have come meanwhile. */
void single_ask_list(struct listing *single);

/* Whether RECORD, which came of SINGLE, may be shown, where its list shows LISTED, or NULL. If
 * not, the list is to be asked. FITS: it has the members, and their order. */
bool single_is_believed(struct listing *single, struct record *record,
                        const struct record *listed, bool fits);

/* A list came that was asked for at LIST_MS and shows LISTED: compares it with what SINGLE
 * said. True if SINGLE is asked for once more, because they differ. */
bool single_compare(struct listing *single, const struct record *listed, int64_t list_ms);

/* Whether the service says in RECORD what it says in LISTED, in whichever order. */
bool single_says(struct record *record, const struct record *listed);

void single_forget_doubt(struct listing *single);

/* What a pager of a single record calls. */
struct record *single_keep(void *data, struct record *fresh);
void single_on_fetched(void *data, struct pager_result *result);

/* The list costs more than was thought: those who look one name up go on to singles. */
void singles_take_over(struct listing *list);

/* A new list came, SNAPSHOT, which nobody has seen so far: takes into it what was asked for
 * later than it (see single.h), and the nodes of what is the same. Its order of members is what
 * a list's is from now on. False when memory is out. */
bool singles_meet_list(struct listing *list, struct snapshot *snapshot);

/* A refresh of LIST failed, and that may pass: those who look up a record that is held by
 * itself, and so newer than what is held of the list, are given that. */
void singles_stand_in(struct listing *list, const struct pager_result *result);

void singles_drop(struct listing *list);
void singles_expire(struct listing *list);
void singles_sweep(struct listing *list);
void singles_destroy(struct listing *list);

#endif
