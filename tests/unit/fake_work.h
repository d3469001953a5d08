/* Stands in for the work of the loop: a step runs at once, or when the test says so. */
#ifndef QPFS_TESTS_FAKE_WORK_H
#define QPFS_TESTS_FAKE_WORK_H

#include <stdbool.h>

/* In place of the loop's works: a step runs as soon as it is started, or is held until the test
 * says so. */
void fake_work_hold(bool hold);

/* Runs the step that is held; false if there is none. */
bool fake_work_step(void);

#endif
