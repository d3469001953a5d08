/* Makes records of JSON texts for tests. */
#ifndef QPFS_TESTS_LAID_OUT_H
#define QPFS_TESTS_LAID_OUT_H

#include "json/record.h"

/* The record that the JSON text is, laid out as a fetch lays it out. */
struct record *laid_out_record(uint64_t id, const char *json);

/* The same of {"name": NAME}, with NAME as it stands between the quotes. */
struct record *laid_out_name(uint64_t id, const char *name);

#endif
