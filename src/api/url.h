/* Checks the URL of the service and that of a proxy. */
#ifndef QPFS_API_URL_H
#define QPFS_API_URL_H

#include <stdbool.h>

/* -------- the service -------- */

/* Return the base URL of the data centre ENV ("com", "eu", …), in small letters or capitals;
 * NULL for an unknown one. Some have other names beside those of base_url_envs(). The data
 * centres are those of the vendor's own client libraries. */
const char *base_url_of(const char *env);

/* Return the names that the vendor has for all data centres, separated by a comma and a space.
 */
const char *base_url_envs(void);

/* Return the name of the data centre whose base URL is URL; NULL if it is none of these. */
const char *base_url_env(const char *url);

/*
 * Return NULL if URL can serve as the base of all calls; else the reason why not, for people.
 * It must be https, or http to this very machine: elsewhere the key would cross the network in
 * the clear. It must have no user, password, query or fragment.
 */
const char *base_url_problem(const char *url);

/* -------- a proxy -------- */

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
