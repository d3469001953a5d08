/* Knows the calls that the service answers, and what each is made for. */
#ifndef QPFS_API_ENDPOINT_H
#define QPFS_API_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "json/record.h"

/* The most IDs that a path is made of, and the longest path with a query, in bytes. */
#define ENDPOINT_IDS_MAX  2
#define ENDPOINT_PATH_MAX 160

/* How a list is asked for in pages. */
enum endpoint_paging {
    ENDPOINT_SINGLE,      /* one record, no pages */
    ENDPOINT_PAGES,       /* documents page= and perPage= */
    ENDPOINT_PAGES_UNSAID /* documents neither, yet answers with a pagination object: page 1 is
                             asked for without, as the documentation shows it */
};

/* One kind of call that the service answers. All are GET. */
struct endpoint {
    const char *path;    /* below the base URL; {} stands for an ID */
    const char *id_name; /* the member that holds a record's ID */
    enum endpoint_paging paging;
    /* Of a list: the endpoint that answers with one of its records, or NULL. */
    const struct endpoint *one;
    /* Of a list: the members by which a record says to which list it belongs, one for each ID
     * of this path. */
    const char *owners[ENDPOINT_IDS_MAX];
    /* A record that names another list does not belong there. Else only a page of nothing but
     * such records does not. */
    bool owners_are_sure;
    /* Where this list is empty, a backup loses all communities, or all people of an
     * organization. So an empty one is always read twice. The service's own page on communities
     * shows three of them beside "totalItems": 0. */
    bool empty_is_doubted;
};

enum endpoint_name {
    ENDPOINT_COMMUNITIES,  /* {user} */
    ENDPOINT_USERS,        /* {organization} {department} */
    ENDPOINT_EVERYBODY,    /* {organization} */
    ENDPOINT_DEPARTMENTS,  /* {organization} */
    ENDPOINT_DEPARTMENT,   /* {organization} {department} */
    ENDPOINT_ORGANIZATION, /* {organization} */
    ENDPOINT_USER,         /* {user} */
    ENDPOINT_COUNT
};

/* Return which one ENDPOINT is: less than ENDPOINT_COUNT. */
enum endpoint_name endpoint_name(const struct endpoint *endpoint);

/* An endpoint with its IDs: what one call is made for. */
struct target {
    const struct endpoint *endpoint;
    uint64_t ids[ENDPOINT_IDS_MAX];
};

struct target target_make(enum endpoint_name name, uint64_t first_id, uint64_t second_id);

/* Read which list or record ADDRESS, without a query, leads to. Return false if it leads to
 * none that is known here. */
bool target_read_address(struct target *target, const char *address);

/* Return whether A and B are answered by the same calls. */
bool target_is_same(const struct target *a, const struct target *b);

/* Read by which IDs RECORD says to which list it belongs, in the order of TARGET's own; 0 where
 * it does not say. */
void target_read_owners(const struct target *target, const struct record *record,
                        uint64_t owners[static ENDPOINT_IDS_MAX]);

/* Write the path of TARGET for PAGE (from 1) with PER_PAGE items to PATH. PAGE 0: without a
 * query, as for single records. */
void target_path(const struct target *target, uint64_t page, uint64_t per_page,
                 char path[static ENDPOINT_PATH_MAX]);

#endif
