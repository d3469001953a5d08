#ifndef QPFS_PROGRAM_ADVICE_H
#define QPFS_PROGRAM_ADVICE_H

/* What to do about a failure: a sentence, static; by its HTTP status (0: none) where that says
 * more, else by the name of its errno ("EACCES"). NULL: nothing is known of it. */
const char *advice_for(const char *error, long status);

#endif
