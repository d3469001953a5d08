/* Says what the end of a request of libcurl means. */
#ifndef QPFS_API_CURL_FAILURE_H
#define QPFS_API_CURL_FAILURE_H

#include <curl/curl.h>

#include "api/answer.h"

/* Make ANSWER what the end of EASY with CODE means: an errno by the table in docs/semantics.md,
 * and whether it may pass by itself. MESSAGE: curl's own, or "". PROXY: as it may be shown, or
 * NULL. For transfer.c alone. */
void curl_failure(CURL *easy, CURLcode code, const char *message, const char *proxy,
                  struct answer *answer);

#endif
