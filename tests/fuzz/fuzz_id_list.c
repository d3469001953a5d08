/* Fuzzes the values of the options organizations and departments. */
#include "fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "options/id_list.h"

static bool has_organization(const struct tree_options *options, uint64_t id)
{
    for (size_t i = 0; i < options->organization_count; i++) {
        if (options->organizations[i] == id)
            return true;
    }
    return false;
}

static void check(const struct tree_options *options)
{
    for (size_t i = 0; i < options->organization_count; i++) {
        HOLDS(options->organizations[i] >= 1 && options->organizations[i] <= NUMBER_ID_MAX);
        HOLDS(i == 0 || options->organizations[i - 1] < options->organizations[i]);
    }
    for (size_t i = 0; i < options->department_count; i++) {
        const struct tree_department *this = &options->departments[i], *before = this - 1;
        HOLDS(this->department >= 1 && this->department <= NUMBER_ID_MAX);
        HOLDS(has_organization(options, this->organization));
        HOLDS(i == 0 || before->organization < this->organization ||
              (before->organization == this->organization &&
               before->department < this->department));
    }
}

/* The first line is the organizations, the second the departments; a missing one is NULL. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tree_options options = {.user_id = 0};
    fuzz_silence_log();
    char *organizations = fuzz_string(data, size);
    char *departments = strchr(organizations, '\n');
    if (departments)
        *departments++ = '\0';
    int error = id_list_read(&options, *organizations ? organizations : NULL, departments);
    HOLDS(error == 0 || error == -EINVAL);
    if (!error) {
        check(&options);
        HOLDS((options.organization_count > 0) == (*organizations || departments));
        HOLDS((options.department_count > 0) == (departments != NULL));
    }
    free(options.organizations);
    free(options.departments);
    free(organizations);
    return 0;
}
