/* The account that the demo shows: what was planned, and nothing changes it. */
#ifndef SANDBOX_SAMPLE_H
#define SANDBOX_SAMPLE_H

#include "sandbox/api.h"

/* Answers with the records of a struct blueprint, which is its data. */
extern const struct api_source sample_source;

#endif
