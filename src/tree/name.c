#include "tree/name.h"

#include <string.h>

#include "base/number.h"

static const char name_suffix[] = ".json";

void name_of_file(uint64_t id, char name[static NAME_SIZE])
{
    memcpy(name + number_write(id, name), name_suffix, sizeof name_suffix);
}

void name_of_dir(uint64_t id, char name[static NAME_SIZE])
{
    name[number_write(id, name)] = '\0';
}

bool name_parse_file(const char *name, uint64_t *id)
{
    size_t size = strlen(name), suffix = sizeof name_suffix - 1;
    if (size <= suffix || strcmp(name + size - suffix, name_suffix) != 0)
        return false;
    return number_parse(name, size - suffix, NUMBER_ID_MAX, id) && *id > 0;
}

bool name_parse_dir(const char *name, uint64_t *id)
{
    return number_parse(name, strlen(name), NUMBER_ID_MAX, id) && *id > 0;
}
