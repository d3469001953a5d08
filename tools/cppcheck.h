/* For cppcheck alone, which does not read the system's headers: the macros that look like statements. */
#define TAILQ_FOREACH(item, head, link)                                                         \
    for ((item) = (head)->tqh_first; (item); (item) = (item)->link.tqe_next)
#define cJSON_ArrayForEach(item, array)                                                         \
    for ((item) = (array)->child; (item); (item) = (item)->next)
