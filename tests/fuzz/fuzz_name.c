/* Fuzzes which names of files and directories are read as IDs. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "view/name.h"

/* Each name that is taken is the one spelling of its ID. */
static void check_name(const char *name)
{
    char formatted[NAME_SIZE];
    uint64_t id;
    bool file = name_parse_file(name, &id);
    if (file) {
        HOLDS(id >= 1 && id <= NUMBER_ID_MAX);
        name_of_file(id, formatted);
        HOLDS(strcmp(formatted, name) == 0);
    }
    if (name_parse_dir(name, &id)) {
        HOLDS(!file);
        HOLDS(id >= 1 && id <= NUMBER_ID_MAX);
        name_of_dir(id, formatted);
        HOLDS(strcmp(formatted, name) == 0);
    }
}

/* Each ID that can be served gets names that are taken, and no other does. */
static void check_id(uint64_t id)
{
    char name[NAME_SIZE];
    uint64_t parsed = 0;
    bool served = id >= 1 && id <= NUMBER_ID_MAX;
    name_of_file(id, name);
    HOLDS(name_parse_file(name, &parsed) == served);
    HOLDS(!served || parsed == id);
    name_of_dir(id, name);
    HOLDS(name_parse_dir(name, &parsed) == served);
    HOLDS(!served || parsed == id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t id = 0;
    char *name = fuzz_string(data, size);
    check_name(name);
    free(name);
    memcpy(&id, data, size < sizeof id ? size : sizeof id);
    check_id(id);
    return 0;
}
