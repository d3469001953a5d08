/* Tells what the options say of the tree. */
#include "tree/tree_options.h"

bool tree_options_have_communities(const struct tree_options *options)
{
    return options->user_id && options->communities;
}

size_t tree_options_organizations(const struct tree_options *options, const uint64_t *ids,
                                  size_t index, uint64_t *id)
{
    (void)ids;
    if (index < options->organization_count)
        *id = options->organizations[index];
    return options->organization_count;
}

size_t tree_options_departments(const struct tree_options *options, const uint64_t *ids,
                                size_t index, uint64_t *id)
{
    size_t count = 0;
    for (size_t i = 0; i < options->department_count; i++) {
        const struct tree_department *given = &options->departments[i];
        if (given->organization == ids[0] && count++ == index)
            *id = given->department;
    }
    return count;
}
