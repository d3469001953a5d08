/* Fills in the attributes of files, links and directories. */
#include "fuse/attr.h"

#include <string.h>

#include "fuse/node.h"

#define ATTR_BLOCK      512 /* the unit of st_blocks */
#define ATTR_BLOCK_SIZE 4096
#define ATTR_DAY        86400 /* seconds */

static void attr_fill(const struct fs *fs, struct stat *attr, uint64_t ino, mode_t mode)
{
    memset(attr, 0, sizeof *attr);
    attr->st_ino = ino;
    attr->st_mode = mode;
    attr->st_uid = fs->options.uid;
    attr->st_gid = fs->options.gid;
    attr->st_nlink = 1;
    attr->st_blksize = ATTR_BLOCK_SIZE;
}

static void attr_set_times(struct stat *attr, uint32_t seconds, uint32_t nanoseconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds, .tv_nsec = (long)nanoseconds};
    attr->st_mtim = attr->st_atim = attr->st_ctim = time;
}

void attr_of_dir(const struct fs *fs, const struct dir *dir, struct stat *attr)
{
    attr_fill(fs, attr, dir->ino, S_IFDIR | (0777 & ~fs->options.umask));
    attr_set_times(attr, MTIME_DEFAULT_DAY, 0);
}

void attr_of_record(const struct fs *fs, const struct record *record, struct stat *attr)
{
    attr_fill(fs, attr, record->ino, S_IFREG | (0666 & ~fs->options.umask));
    attr->st_size = record->size;
    attr->st_blocks = (record->size + ATTR_BLOCK - 1) / ATTR_BLOCK;
    attr_set_times(attr, record->mtime.seconds, record->mtime.nanoseconds);
}

/* What is written in a link is its target; it is as old as its record. */
void attr_of_link(const struct fs *fs, const struct record *record, const struct links *links,
                  struct stat *attr)
{
    char target[LINKS_TARGET_SIZE];
    attr_fill(fs, attr, links_ino(links, record), S_IFLNK | 0777);
    size_t size = links_target(links, record, target);
    uint32_t day = record->mtime.seconds - record->mtime.seconds % ATTR_DAY;
    struct mtime mtime = mtime_fingerprint(day, target, size);
    attr->st_size = (off_t)size;
    attr_set_times(attr, mtime.seconds, mtime.nanoseconds);
}

/* An address may come back for something else, and a file handle (name_to_handle_at) from
 * before must not open that: the generation tells them apart. */
static uint64_t attr_generation(uint64_t ino)
{
    return (uint32_t)(ino ^ ino >> 32);
}

static void attr_of_held(const struct fs *fs, const struct dir_entry *entry,
                         struct fuse_entry_param *param)
{
    const struct record *record = entry->record;
    const struct dir_kind *kind = entry->dir->kind;
    if (entry->type == ENTRY_LINK) {
        param->ino = node_of_link(record, kind);
        attr_of_link(fs, record, &kind->links, &param->attr);
    } else {
        param->ino = node_of_record(record);
        attr_of_record(fs, record, &param->attr);
    }
}

void attr_of_entry(const struct fs *fs, const struct dir_entry *entry,
                   struct fuse_entry_param *param)
{
    memset(param, 0, sizeof *param);
    param->entry_timeout = (double)entry->valid_ms / 1000;
    param->attr_timeout = ATTR_TIMEOUT;
    if (entry->child) {
        param->ino = node_of_dir(fs, entry->child);
        param->generation = attr_generation(entry->child->ino);
        attr_of_dir(fs, entry->child, &param->attr);
    } else if (entry->record) {
        param->generation = attr_generation(entry->ino) ^ entry->record->mtime.nanoseconds;
        attr_of_held(fs, entry, param);
    } else {
        attr_fill(fs, &param->attr, entry->ino, S_IFREG);
    }
}
