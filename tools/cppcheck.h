/* Tells cppcheck which macros are loops, for it does not read the headers of libraries. */
#define TAILQ_FOREACH(item, head, link)                                                         \
    for ((item) = (head)->tqh_first; (item); (item) = (item)->link.tqe_next)
#define cJSON_ArrayForEach(item, array)                                                         \
    for ((item) = (array)->child; (item); (item) = (item)->next)
