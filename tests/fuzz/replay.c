/* Gives a fuzz target each input of a directory once, as a unit test, with any compiler. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* A block of just the file's size, as libFuzzer gives it. */
static void replay(const char *directory, const char *name)
{
    char path[4096], *bytes = NULL;
    size_t size = 0;
    int byte;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "re");
    HOLDS(file != NULL);
    FILE *block = open_memstream(&bytes, &size);
    HOLDS(block != NULL);
    while ((byte = fgetc(file)) != EOF)
        fputc(byte, block);
    fclose(block);
    fclose(file);
    uint8_t *input = malloc(size);
    HOLDS(input != NULL || size == 0);
    for (size_t i = 0; i < size; i++)
        input[i] = (uint8_t)bytes[i];
    free(bytes);
    LLVMFuzzerTestOneInput(input, size);
    free(input);
}

int main(int argc, char **argv)
{
    struct dirent **names;
    int count = argc == 2 ? scandir(argv[1], &names, NULL, alphasort) : -1;
    int inputs = 0;
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.') {
            replay(argv[1], names[i]->d_name);
            inputs++;
        }
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    printf("%d inputs\n", inputs);
    return inputs > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
