/* Takes the API key from the environment or from its file. */
#ifndef QPFS_OPTIONS_KEY_H
#define QPFS_OPTIONS_KEY_H

#include <stdbool.h>
#include <sys/stat.h>

/* Take the key from $QUESTIONPRO_API_KEY, and wipe the variable, which /proc/PID/environ would
 * show. Return the key, for wipe_free(). Return NULL if it is not set, or holds no key.
 * *PROBLEM is then what is wrong with it, for a log; else NULL. */
char *key_take_from_environment(const char **problem);

/* -------- its file -------- */

/* The file with the key. It is read before the mount, and again when there is another key in
 * it. */
struct key_file {
    char *path;            /* absolute; NULL: it was a pipe, or there is no file */
    struct stat when_read; /* zeroed if there was nothing then */
};

/*
 * Read the key from PATH, which must be readable by its owner alone. If it is a pipe, wait for
 * the key: a person may have to say a password first. Where nobody has the pipe open for
 * writing, wait for a few seconds only. Return the key, for wipe_free(); or NULL after the
 * reason was logged, which never shows a part of the key. Finish FILE in any case.
 */
char *key_file_read(struct key_file *file, const char *path);

/* Return whether the file is another one than when it was read last. */
bool key_file_has_changed(const struct key_file *file);

/* Read the key again, and wait for nothing. Return it, or NULL, as above. */
char *key_file_read_again(struct key_file *file);

/* Take a zeroed one. */
void key_file_finish(struct key_file *file);

#endif
