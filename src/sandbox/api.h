/* The API's endpoints: from a path and its query to the body of an answer. */
#ifndef SANDBOX_API_H
#define SANDBOX_API_H

#include "sandbox/reply.h"

/* What each path of the API begins with. */
#define API_PREFIX "/a/api/v2"

/* The most items of a page. */
#define API_PAGE_MAX 1000u

/*
 * Where the records come from; DATA is that of the call. A list has so many items, or there is
 * no such list: then the functions that return a bool return false. Items are written from
 * place FROM on, separated by commas. A record that is not there is not written.
 */
struct api_source {
    uint64_t (*departments)(const void *data);
    void (*write_departments)(const void *data, uint64_t id, uint64_t from, uint64_t count,
                              struct draft *out); /* ID means nothing */
    uint64_t (*communities)(const void *data);
    void (*write_communities)(const void *data, uint64_t id, uint64_t from, uint64_t count,
                              struct draft *out); /* ID means nothing */
    bool (*users)(const void *data, uint64_t department, uint64_t *count);
    void (*write_users)(const void *data, uint64_t department, uint64_t from, uint64_t count,
                        struct draft *out);
    /*
     * The users of all departments, department by department in the order of their IDs, and
     * then those who are in none. False: out of memory.
     */
    bool (*everybody)(const void *data, uint64_t *count);
    void (*write_everybody)(const void *data, uint64_t id, uint64_t from, uint64_t count,
                            struct draft *out); /* ID means nothing */
    bool (*write_department)(const void *data, uint64_t id, struct draft *out);
    bool (*write_user)(const void *data, uint64_t id, struct draft *out);
    bool (*has_user)(const void *data, uint64_t id);
    void (*write_organization)(const void *data, struct draft *out);
};

/* Which items go into an answer, and what it says of them. */
struct api_slice {
    uint64_t page;
    uint64_t asked;   /* items a page, as asked for */
    uint64_t size;    /* items a page has */
    uint64_t claimed; /* items a page is said to have */
    uint64_t total;   /* items that the list is said to have */
    uint64_t pages;   /* pages that it is said to have */
};

struct api_call {
    const struct api_source *source;
    const void *data; /* of the source */
    const char *path; /* without API_PREFIX */
    const char *page; /* the parameters as sent, or NULL */
    const char *per_page;
    uint64_t page_max; /* items */
    uint64_t request;  /* a number for the ID of the request */
    /* Changes what a list answers, before it does; NULL: as it should. */
    void (*bend)(const void *bend_data, struct api_slice *slice);
    const void *bend_data;
};

/* Fill in REPLY, which is initialized. */
void api_answer(const struct api_call *call, struct reply *reply);

/* Return how many pages of SIZE hold TOTAL items. */
uint64_t api_pages(uint64_t total, uint64_t size);

#endif
