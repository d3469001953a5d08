#include "options/key.h"

#include <stdlib.h>
#include <string.h>

void key_free(char *key)
{
    if (!key)
        return;
    explicit_bzero(key, strlen(key));
    free(key);
}

const char *key_problem(const char *key)
{
    if (!*key)
        return "it is empty";
    for (; *key; key++) {
        if (*key <= ' ' || *key > '~')
            return "it holds a blank or a character that can't be in a key";
    }
    return NULL;
}

char *key_take_from_environment(const char **problem)
{
    char *variable = getenv("QUESTIONPRO_API_KEY");
    *problem = NULL;
    if (!variable)
        return NULL;
    *problem = key_problem(variable);
    char *key = *problem ? NULL : strdup(variable);
    explicit_bzero(variable, strlen(variable));
    unsetenv("QUESTIONPRO_API_KEY");
    return key;
}
