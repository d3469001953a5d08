#ifndef QPFS_OPTIONS_KEY_H
#define QPFS_OPTIONS_KEY_H

/* The API key: who has it can read everyone's data. It is wiped from memory when it is freed.
 */

/* NULL if KEY can be sent in a header, else what is wrong with it. */
const char *key_problem(const char *key);

/* Takes it from $QUESTIONPRO_API_KEY, and wipes the variable, which /proc/PID/environ would
 * show. NULL if there is none, or what there is can't be a key; then PROBLEM gets the reason,
 * for a log. */
char *key_take_from_environment(const char **problem);

/* Takes NULL. */
void key_free(char *key);

#endif
