/* Reads the kernel's table of mounts. */
#include "base/mount_table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"

#define MOUNT_TABLE_MAX ((size_t)64 << 20)

/* The words of a line, see proc(5): "36 35 98:0 /root /mount/point options … - type source
 * options". */
enum mount_table_word {
    MOUNT_TABLE_ID = 0,
    MOUNT_TABLE_DEVICE = 2,
    MOUNT_TABLE_POINT = 4,
    MOUNT_TABLE_OPTIONAL = 6, /* any number of these, up to the "-" */
};

int mount_table_open(void)
{
    int table = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    return table < 0 ? -errno : table;
}

/* The kernel writes blanks and backslashes of a path as \ and three octal digits. */
static void mount_table_decode(char *path)
{
    char *to = path;
    while (*path) {
        char c = *path++;
        if (c == '\\' && strspn(path, "01234567") >= 3) {
            c = (char)((path[0] - '0') * 64 + (path[1] - '0') * 8 + (path[2] - '0'));
            path += 3;
        }
        *to++ = c;
    }
    *to = '\0';
}

/* Cut LINE into words. Return whether all that belongs to ENTRY is there. */
static bool mount_table_parse(char *line, struct mount_table_entry *entry)
{
    char *word;
    *entry = (struct mount_table_entry){.id = 0};
    for (int i = 0; !entry->type && (word = strsep(&line, " ")); i++) {
        if (i == MOUNT_TABLE_ID) {
            entry->id = strtoull(word, NULL, 10);
        } else if (i == MOUNT_TABLE_DEVICE) {
            entry->device = word;
        } else if (i == MOUNT_TABLE_POINT) {
            mount_table_decode(word);
            entry->point = word;
        } else if (i >= MOUNT_TABLE_OPTIONAL && strcmp(word, "-") == 0) {
            entry->type = strsep(&line, " ");
        }
    }
    return entry->type != NULL;
}

static int mount_table_read(int table, struct buffer *text)
{
    char part[4096];
    ssize_t got;
    if (lseek(table, 0, SEEK_SET) < 0)
        return -errno;
    while ((got = read(table, part, sizeof part)) != 0) {
        int error = got < 0 ? -errno : buffer_append(text, part, (size_t)got);
        if (error && error != -EINTR)
            return error;
    }
    return buffer_append_byte(text, '\0', 1);
}

int mount_table_visit(int table, mount_table_fn *visit, void *data)
{
    struct mount_table_entry entry;
    struct buffer text;
    buffer_init(&text, MOUNT_TABLE_MAX);
    int error = mount_table_read(table, &text);
    for (char *line = text.data, *end; !error && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (mount_table_parse(line, &entry))
            visit(data, &entry);
    }
    buffer_finish(&text);
    return error;
}
