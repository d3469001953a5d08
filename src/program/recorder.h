/* Writes the answers of the service into a directory, with every value replaced. */
#ifndef QPFS_PROGRAM_RECORDER_H
#define QPFS_PROGRAM_RECORDER_H

#include "api/answer.h"
#include "options/options.h"

/*
 * For a report: one file an answer, in the form of tests/answers/README.md, so that it can be
 * played to a mount. What becomes of values is told in json/disguise.h. The key is in none.
 */
struct recorder;

/* Make the directory that OPTIONS name, which may be there if it is empty. OPTIONS must outlive
 * the recorder. Return NULL, with the reason in WHY, if it can't be used. */
struct recorder *recorder_create(const struct options *options, char why[static 256]);

/* Write ANSWER to a call for PATH. What fails is remembered. A client_heard_fn. */
void recorder_hear(void *recorder, const char *path, const struct answer *answer);

/* Write how to play it. Return 0, or -errno of what failed first. COUNT gets the number of
 * answers. */
int recorder_end(struct recorder *recorder, unsigned *count);

/* Take NULL. */
void recorder_destroy(struct recorder *recorder);

#endif
