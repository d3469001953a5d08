#ifndef QPFS_API_BASE_URL_H
#define QPFS_API_BASE_URL_H

/*
 * NULL if URL can serve as the base of all calls, else the reason why not, for a person: it
 * must be https, or http to this very machine (the key would cross the network in the clear),
 * and have no user, password, query or fragment.
 */
const char *base_url_problem(const char *url);

#endif
