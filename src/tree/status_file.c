#include "tree/status_file.h"

#include <errno.h>
#include <time.h>

#include "cache/status.h"

uint64_t status_file_ino(void)
{
    return ino_make(INO_STATUS_FILE, 0, 0, 0);
}

int status_file_make(struct tree *tree, struct record **record)
{
    struct buffer text;
    struct timespec now = {.tv_sec = 0};
    buffer_init(&text, RECORD_SIZE_MAX);
    int error = status_write(tree->cache, &text);
    struct record *made = error ? NULL : record_create(1, 0, text.data, text.size);
    buffer_finish(&text);
    if (!made)
        return error ? error : -ENOMEM;
    clock_gettime(CLOCK_REALTIME, &now);
    made->mtime = (struct mtime){(uint32_t)now.tv_sec, (uint32_t)now.tv_nsec};
    made->ino = status_file_ino();
    record_unref(tree->status);
    tree->status = *record = made;
    return 0;
}
