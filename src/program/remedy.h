/* Says what to do about a call that failed. */
#ifndef QPFS_PROGRAM_REMEDY_H
#define QPFS_PROGRAM_REMEDY_H

#include <stdbool.h>

#include "cache/fetch.h"

/* Return what to do about FAILURE, a static text: by what the call was for and by its HTTP
 * status where those are known, else by its errno. */
const char *remedy_for(const struct failure *failure);

/* Return whether a mount may begin before the cause of FAILURE is gone: the network, or the
 * service, is not there yet. */
bool remedy_may_wait(const struct failure *failure);

#endif
