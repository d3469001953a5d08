/* Reads the URL of a proxy. */
#ifndef QPFS_API_PROXY_URL_H
#define QPFS_API_PROXY_URL_H

#include <stdbool.h>

/* Return TEXT with a scheme, as what curl takes it for; the caller wipe_free()s it. Return NULL
 * if it is no proxy, or memory is out: then PROBLEM gets the reason, which shows nothing of
 * TEXT.
 */
char *proxy_url_read(const char *text, const char **problem);

/* Return whether URL, as the above returns it, holds a user or a password. */
bool proxy_url_has_user(const char *url);

/* Return URL without user and password, for people; the caller frees it. Return NULL when
 * memory is out. */
char *proxy_url_shown(const char *url);

#endif
