/* Reads the lists of IDs that options give. */
#include "options/id_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"

static int department_compare(const void *a, const void *b)
{
    const struct tree_department *first = a, *second = b;
    int order = number_compare(&first->organization, &second->organization);
    return order ? order : number_compare(&first->department, &second->department);
}

/* Drop what stands twice in a sorted array of COUNT elements. Return how many are left. */
static size_t id_list_once(void *array, size_t count, size_t size,
                           int (*compare)(const void *, const void *))
{
    char *bytes = array;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && compare(bytes + (kept - 1) * size, bytes + i * size) == 0)
            continue;
        memmove(bytes + kept++ * size, bytes + i * size, size);
    }
    return kept;
}

static bool id_parse(const char *text, size_t size, uint64_t *id)
{
    return number_parse(text, size, NUMBER_ID_MAX, id) && *id > 0;
}

static int id_list_add_department(struct tree_options *options, const char *part, size_t size)
{
    struct tree_department *department = &options->departments[options->department_count];
    const char *slash = memchr(part, '/', size);
    size_t first = slash ? (size_t)(slash - part) : 0;
    if (!slash || !id_parse(part, first, &department->organization) ||
        !id_parse(slash + 1, size - first - 1, &department->department)) {
        log_error("departments=%.*s: it is ORG/DEPT, two IDs, as 2345678/1234; several are "
                  "separated by :",
                  (int)size, part);
        return -EINVAL;
    }
    options->department_count++;
    options->organizations[options->organization_count++] = department->organization;
    return 0;
}

static int id_list_add_organization(struct tree_options *options, const char *part, size_t size)
{
    if (!id_parse(part, size, &options->organizations[options->organization_count])) {
        log_error("organizations=%.*s: it is an ID, as 2345678; several are separated by :",
                  (int)size, part);
        return -EINVAL;
    }
    options->organization_count++;
    return 0;
}

static int id_list_each(struct tree_options *options, const char *text,
                        int (*add)(struct tree_options *, const char *, size_t))
{
    int error = 0;
    while (text && !error) {
        size_t size = strcspn(text, ":");
        error = add(options, text, size);
        text = text[size] ? text + size + 1 : NULL;
    }
    return error;
}

int id_list_read(struct tree_options *options, const char *organizations,
                 const char *departments)
{
    /* Each ID that is taken has a byte at least, and the one that is not needs a place, too. */
    size_t most = (organizations ? strlen(organizations) : 0) +
                  (departments ? strlen(departments) : 0) + 1;
    options->organizations = calloc(most, sizeof *options->organizations);
    options->departments = calloc(most, sizeof *options->departments);
    if (!options->organizations || !options->departments)
        return -ENOMEM;
    int error = id_list_each(options, organizations, id_list_add_organization);
    if (!error)
        error = id_list_each(options, departments, id_list_add_department);
    qsort(options->organizations, options->organization_count, sizeof *options->organizations,
          number_compare);
    qsort(options->departments, options->department_count, sizeof *options->departments,
          department_compare);
    options->organization_count =
        id_list_once(options->organizations, options->organization_count,
                     sizeof *options->organizations, number_compare);
    options->department_count = id_list_once(options->departments, options->department_count,
                                             sizeof *options->departments, department_compare);
    return error;
}
