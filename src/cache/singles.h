/* Decides when records of a list are asked for one by one, and holds them beside the list. */
#ifndef QPFS_CACHE_SINGLES_H
#define QPFS_CACHE_SINGLES_H

#include "cache/single.h"

/*
 * To show one user, one call is cheaper than the pages of a whole department. For a thousand
 * users the pages are. Which it will be is not known in advance, so it is done as one rents
 * skis: single calls until they have cost what the list would, then the list. Over the accesses
 * within one TTL that is at most twice what would have been best. Where the price of the list
 * is not known, it is one call more: the second user asks for page 1, which tells it. Eight at
 * the same moment do not wait for page 1: each is asked for alone, unless the lists of this
 * mount are known to be so short that page 1 is all of them.
 *
 * Of a single and a list the one that was asked for later counts, and not the one that came
 * later: either may have been under way for long. Where one was asked for while the other was
 * under way nobody knows which is newer, and what came first stays: somebody may have seen
 * that, and nobody the other. So:
 *
 * - A list comes. What was asked for before its first page gives way and serves no more, not
 *   even when the list does not either. A record that came while the list was being read is put
 *   into the list before anybody sees that, also if the list is without it. It is no older than
 *   other records of the list may be.
 * - A single comes, and a list has come since it was asked for: nobody sees it, and the list
 *   answers.
 *
 * So what is held of a single counts more than the list that is held, and a name that is listed
 * is found, with the bytes that the list has. The moments of pages would tell more, but they
 * would have to be kept for each record of a million.
 */

/* LIST is the one whose records they are. They share KIND with those of other lists. KIND NULL:
 * its records can't be asked for alone, and there will be none. */
void singles_init(struct singles *singles, struct holding *list, struct single_kind *kind);

/* Nobody may wait for one any more. */
void singles_finish(struct singles *singles);

/* -------- for who looks a record up -------- */

/* Return the snapshot in which record ID can be looked up now without a call, borrowed; NULL if
 * there is none. That of the list may be without the record. ID 0: that of the list. */
struct snapshot *singles_fresh(const struct singles *singles, uint64_t id);

/* Return of SNAPSHOT, of the list, and that of record ID alone, the one that counts, whether
 * its time is over or not. Borrowed. */
struct snapshot *singles_newer(const struct singles *singles, uint64_t id,
                               struct snapshot *snapshot);

/* Wait for a snapshot in which record ID can be looked up, of the list or of that record alone.
 * ID 0: of the list. Errors as of fetch_join(). */
int singles_wait(struct singles *singles, uint64_t id, struct waiter *waiter);

/* Return how many calls a fetch of the list may take, unless somebody wants all of it. */
uint64_t singles_limit(const struct singles *singles);

/* WAITER has waited for long. If it waits for the list, which PAGER still fetches, and one call
 * more is allowed, its record is asked for alone, while the fetch pauses. PAGER may be that of
 * a list which stands for this one; NULL: nothing is fetched. */
void singles_hurry(struct singles *singles, struct waiter *waiter, const struct pager *pager);

/* -------- when the list changes -------- */

/* A new list came, SNAPSHOT, which nobody has seen so far. Take into it what was asked for
 * later, and the nodes of what is the same. Its order of members is what a list's is from now
 * on. Return false when memory is out. */
bool singles_meet_list(struct singles *singles, struct snapshot *snapshot);

/* Return the ID of somebody who was asked for before SNAPSHOT, is held alone, and is not among
 * RECORDS, COUNT of them in ascending order of ID; 0: there is nobody. */
uint64_t singles_missing(const struct singles *singles, const struct snapshot *snapshot,
                         struct record **records, size_t count);

/* That list is held now. RESULT brought it. */
void singles_note_list(struct singles *singles, const struct pager_result *result);

/* The list costs PRICE, which is more than was thought: those who wait for one name of it go on
 * to singles. */
void singles_take_over(struct singles *singles, uint64_t price);

/* A refresh of the list failed with RESULT, and that may pass. Answer those who look up a
 * record that is held alone, and so newer than what is held of the list, with that. */
void singles_stand_in(struct singles *singles, const struct pager_result *result);

/* Let go of what is held; or let it serve no more. */
void singles_drop(struct singles *singles);
void singles_expire(struct singles *singles);

/* Drop what can't serve any more, and forget what is not needed. */
void singles_sweep(struct singles *singles);

#endif
