#ifndef QPFS_CACHE_SINGLE_H
#define QPFS_CACHE_SINGLE_H

#include "cache/listing.h"

/*
 * One record of a list, by a call of its own. To show one user, one call is cheaper than the
 * pages of his whole department; for a thousand users the pages are. Which it will be is not
 * known in advance, so it is done as one rents skis: single calls until they have cost what the
 * list would, then the list. Over the accesses within one TTL that is at most twice what would
 * have been best. Where the price of the list is not known, it is one call more: the second
 * user asks for page 1, which tells it. Eight at the same moment do not wait for page 1: each
 * is asked for alone, unless the lists of this mount are known to be so short that page 1 is
 * all of them.
 *
 * A single is a listing of its own, of one record or none, below the listing of its list. Only
 * a plain yes counts: the record, of this list, with the members that its list's records have,
 * which are put in the list's order. For everything else the list has the last word, so that no
 * name comes and goes with the endpoint that was asked: also if the record names another list.
 * A 404 for a name that no list of this mount has ever shown is believed; what was once shown
 * is gone only if a list says so.
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
 *
 * Does the service write a user alone as it does in lists? Where a single differs from what a
 * list shows, that may be a change. It may also be another form, and then the file would go
 * back and forth with the endpoint. One difference does not tell. So:
 *
 * - As long as no single has said the same as a list, in whichever order, one that differs is
 *   not shown, but the list is asked. One that has other members than the list never is.
 * - A list comes and does not say what a single had said that was asked for before: that single
 *   is asked for once more. If it says the same again, with a list in between that did not, it
 *   is another form, and lists are used from then on. If it does not, the user had changed.
 *
 * So a file goes back and forth at most once. A change costs one call more if somebody had seen
 * the user alone shortly before it. To ask for a list instead would cost its pages, and to
 * count differences would end in distrust of an account that changes.
 */

/* The snapshot in which record ID of LIST can be looked up now without a call, borrowed; NULL
 * if there is none. It may be one without the record. */
struct snapshot *listing_fresh_for(const struct listing *list, uint64_t id);

/* Of SNAPSHOT, of LIST, and that of record ID alone, the one that counts, whether its time is
 * over or not. Borrowed. */
struct snapshot *listing_newer_for(const struct listing *list, uint64_t id,
                                   struct snapshot *snapshot);

/* Milliseconds for which what SNAPSHOT, from listing_fresh_for() or older, says of LIST's
 * record ID may be believed. */
int64_t listing_valid_ms(const struct listing *list, const struct snapshot *snapshot,
                         uint64_t id);

/* Waits for a snapshot in which record ID can be looked up, of the list or of that record
 * alone. ID 0: of the list. Errors as of listing_wait(). */
int listing_wait_for(struct listing *list, uint64_t id, struct waiter *waiter);

/* WAITER has waited for long: if what it waits for is a list that is still being fetched, and
 * one call more is allowed, its record is asked for alone, while the fetch pauses. */
void waiter_hurry(struct waiter *waiter);

/* The record of single number INDEX that LIST holds, in no order, borrowed; NULL: no more. */
struct record *listing_single_at(const struct listing *list, size_t index);

#endif
