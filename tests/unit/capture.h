/* Captures what a test makes the program write to stderr. */
#ifndef QPFS_TESTS_CAPTURE_H
#define QPFS_TESTS_CAPTURE_H

/* What is written to stderr in between. Assert after the end: cmocka writes there as well. */
void capture_begin(void);

/* Valid until the next call. */
const char *capture_end(void);

#endif
