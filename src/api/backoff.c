#include "api/backoff.h"

#define BACKOFF_FIRST_MS      500
#define BACKOFF_DOUBLINGS_MAX 5

int64_t backoff_ms(unsigned try, uint32_t random)
{
    unsigned doublings = try > 1 ? try - 1 : 0;
    if (doublings > BACKOFF_DOUBLINGS_MAX)
        doublings = BACKOFF_DOUBLINGS_MAX;
    int64_t whole = (int64_t)BACKOFF_FIRST_MS << doublings;
    return whole / 2 + (int64_t)(random % (uint32_t)(whole / 2 + 1));
}
