#include "json/tidy.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/wipe.h"

void tidy_json(void)
{
    cJSON_Hooks hooks = {.malloc_fn = malloc, .free_fn = wipe_free};
    cJSON_InitHooks(&hooks);
}
