/* Says what a file is to the kernel: its node id, how often that is held, its attributes. */
#include "fuse/node.h"

#include <assert.h>
#include <stdalign.h>
#include <string.h>

/* A node id has 64 bits on every machine. No process has an address in the upper three. */
#define NODE_SHIFT     3
#define NODE_KIND_BITS 5
#define NODE_KIND_MASK (((fuse_ino_t)1 << NODE_KIND_BITS) - 1)

#define ATTR_BLOCK      512 /* the unit of st_blocks */
#define ATTR_BLOCK_SIZE 4096

/* -------- node ids -------- */

/* Links are of the kinds above: of the last one plus the kind of their directory. FUSE's root,
 * 1, is a directory. */
enum { NODE_KIND_RECORD, NODE_KIND_DIR };

static_assert(NODE_KIND_DIR + DIR_END - 1 <= NODE_KIND_MASK, "no kind is left for a directory");
static_assert(alignof(struct record) >= 1 << (NODE_KIND_BITS - NODE_SHIFT) &&
                  alignof(struct dir) >= 1 << (NODE_KIND_BITS - NODE_SHIFT),
              "an address has no room for the kind");

static fuse_ino_t node_make(const void *address, fuse_ino_t kind)
{
    return (fuse_ino_t)(uintptr_t)address << NODE_SHIFT | kind;
}

static void *node_address(fuse_ino_t ino)
{
    return (void *)(uintptr_t)((ino & ~NODE_KIND_MASK) >> NODE_SHIFT);
}

fuse_ino_t node_of_dir(const struct fs *fs, const struct dir *dir)
{
    return dir == fs->tree->root ? FUSE_ROOT_ID : node_make(dir, NODE_KIND_DIR);
}

fuse_ino_t node_of_record(const struct record *record)
{
    return node_make(record, NODE_KIND_RECORD);
}

struct dir *node_dir(const struct fs *fs, fuse_ino_t ino)
{
    if (ino == FUSE_ROOT_ID)
        return fs->tree->root;
    return (ino & NODE_KIND_MASK) == NODE_KIND_DIR ? node_address(ino) : NULL;
}

struct record *node_record(fuse_ino_t ino)
{
    return node_address(ino);
}

fuse_ino_t node_of_link(const struct record *record, const struct dir_kind *kind)
{
    return node_make(record, NODE_KIND_DIR + (fuse_ino_t)dir_kind_name(kind));
}

const struct names_kind *node_links(fuse_ino_t ino)
{
    fuse_ino_t kind = ino & NODE_KIND_MASK;
    if (kind <= NODE_KIND_DIR)
        return NULL;
    return &dir_kind_of((enum dir_kind_name)(kind - NODE_KIND_DIR))->links;
}

void node_remember(struct fs *fs, const struct dir_entry *entry)
{
    struct record *record = entry->record;
    if (entry->child)
        entry->child->lookups++;
    else if (record && record->lookups++ == 0) {
        record_ref(record);
        LIST_INSERT_HEAD(&fs->known, record, known);
        fs->known_count++;
    }
}

static void node_drop(struct fs *fs, struct record *record)
{
    record->lookups = 0;
    LIST_REMOVE(record, known);
    fs->known_count--;
    fs->forgotten_count++;
    record_unref(record);
}

void node_forget(struct fs *fs, fuse_ino_t ino, uint64_t count)
{
    struct dir *dir = node_dir(fs, ino);
    if (dir) {
        dir->lookups -= count < dir->lookups ? count : dir->lookups;
        return;
    }
    struct record *record = node_record(ino);
    if (record->lookups > count)
        record->lookups -= count;
    else
        node_drop(fs, record);
}

void node_forget_all(struct fs *fs)
{
    struct record *record;
    while ((record = LIST_FIRST(&fs->known)))
        node_drop(fs, record);
}

/* -------- attributes -------- */

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

static void attr_of_dir(const struct fs *fs, const struct dir *dir, struct stat *attr)
{
    attr_fill(fs, attr, dir->ino, S_IFDIR | (0777 & ~fs->options.umask));
    attr_set_times(attr, MTIME_DEFAULT_DAY, 0);
}

static void attr_of_record(const struct fs *fs, const struct record *record, struct stat *attr)
{
    attr_fill(fs, attr, record->ino, S_IFREG | (0666 & ~fs->options.umask));
    attr->st_size = record->size;
    attr->st_blocks = (record->size + ATTR_BLOCK - 1) / ATTR_BLOCK;
    attr_set_times(attr, record->mtime.seconds, record->mtime.nanoseconds);
}

/* What is written in a link is its target; it is as old as its record. */
static void attr_of_link(const struct fs *fs, const struct record *record,
                         const struct names_kind *links, struct stat *attr)
{
    char target[NAMES_TARGET_SIZE];
    attr_fill(fs, attr, names_ino(links, record), S_IFLNK | 0777);
    size_t size = names_target(links, record, target);
    struct mtime mtime = mtime_fingerprint(mtime_day_of(record->mtime), target, size);
    attr->st_size = (off_t)size;
    attr_set_times(attr, mtime.seconds, mtime.nanoseconds);
}

void attr_of_node(const struct fs *fs, fuse_ino_t ino, struct stat *attr)
{
    const struct dir *dir = node_dir(fs, ino);
    if (dir)
        attr_of_dir(fs, dir, attr);
    else if (node_links(ino))
        attr_of_link(fs, node_record(ino), node_links(ino), attr);
    else
        attr_of_record(fs, node_record(ino), attr);
}

/* An address may come back for something else, and a file handle (name_to_handle_at) from
 * before must not open that: the generation tells them apart. */
static uint64_t attr_generation(uint64_t ino)
{
    return (uint32_t)(ino ^ ino >> 32);
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
    } else if (entry->record) {
        param->ino = entry->type == ENTRY_LINK ? node_of_link(entry->record, entry->dir->kind)
                                               : node_of_record(entry->record);
        param->generation = attr_generation(entry->ino) ^ entry->record->mtime.nanoseconds;
    }
    if (param->ino)
        attr_of_node(fs, param->ino, &param->attr);
    else
        attr_fill(fs, &param->attr, entry->ino, S_IFREG);
}
