/* Knows the base URL of each data centre, and checks one that is given. */
#ifndef QPFS_API_BASE_URL_H
#define QPFS_API_BASE_URL_H

/* Return the base URL of the data centre ENV ("com", "eu", …), in small letters or capitals;
 * NULL for an unknown one. Some have other names beside those of base_url_envs(). The data
 * centres are those of the vendor's own client libraries. */
const char *base_url_of(const char *env);

/* Return the names that the vendor has for all data centres, separated by a comma and a space.
 */
const char *base_url_envs(void);

/*
 * Return NULL if URL can serve as the base of all calls; else the reason why not, for people.
 * It must be https, or http to this very machine: elsewhere the key would cross the network in
 * the clear. It must have no user, password, query or fragment.
 */
const char *base_url_problem(const char *url);

#endif
