/* Makes records of JSON texts for tests. */
#ifndef QPFS_TESTS_LAID_OUT_H
#define QPFS_TESTS_LAID_OUT_H

#include "base/buffer.h"
#include "json/record.h"

/* Append the value that JSON is, laid out, to TEXT. */
void laid_out_append(const char *json, struct buffer *text);

/* Return the record that the JSON text is, laid out as a fetch lays it out. */
struct record *laid_out_record(uint64_t id, const char *json);

/* The same of a record that was created on DAY, as mtime_day() sets it. */
struct record *laid_out_record_of_day(uint64_t id, uint32_t day, const char *json);

/* The same of {"name": NAME}, with NAME as it stands between the quotes. */
struct record *laid_out_name(uint64_t id, const char *name);

#endif
