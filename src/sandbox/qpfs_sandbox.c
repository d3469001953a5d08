/* qpfs-sandbox: serves the sample account that qpfs --demo shows. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "sandbox/visit.h"

/* Serves until the end of standard input, and prints its URL first. */
int main(void)
{
    struct visit_house house = {.key = getenv("QPFS_SANDBOX_KEY")};
    uint64_t first = 0;
    if (!house.key || !*house.key) {
        fputs("qpfs-sandbox: qpfs --demo starts this, with a key in QPFS_SANDBOX_KEY\n",
              stderr);
        return EXIT_FAILURE;
    }
    /* IDs that are only unique within one run are as good, should this fail. */
    if (getrandom(&first, sizeof first, GRND_NONBLOCK) == sizeof first)
        atomic_store(&house.requests, first);
    struct server_site site = visit_site(&house);
    return server_run(&site, 0, true);
}
