/* Checks the base URL of all calls. */
#ifndef QPFS_API_BASE_URL_H
#define QPFS_API_BASE_URL_H

/*
 * Return NULL if URL can serve as the base of all calls; else the reason why not, for people.
 * It must be https, or http to this very machine: elsewhere the key would cross the network in
 * the clear. It must have no user, password, query or fragment.
 */
const char *base_url_problem(const char *url);

#endif
