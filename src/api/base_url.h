#ifndef QPFS_API_BASE_URL_H
#define QPFS_API_BASE_URL_H

#include <stdbool.h>

/* The base URL of the data centre ENV ("com", "eu", …), or NULL for an unknown one. */
const char *base_url_of(const char *env);

/* The names of all data centres, separated by a comma and a space, for messages. */
const char *base_url_names(void);

/*
 * NULL if URL can serve as the base of all calls, else the reason why not, for a person: it
 * must be https, or http to this very machine (the key would cross the network in the clear),
 * and have no user, password, query or fragment.
 */
const char *base_url_problem(const char *url);

#endif
