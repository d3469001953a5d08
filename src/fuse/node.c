/* Makes node ids, and counts what the kernel holds of each. */
#include "fuse/node.h"

#include <assert.h>
#include <stdalign.h>

/* A node id has 64 bits on every machine. No process has an address in the upper three. */
#define NODE_SHIFT     3
#define NODE_KIND_BITS 5
#define NODE_KIND_MASK (((fuse_ino_t)1 << NODE_KIND_BITS) - 1)

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

const struct links *node_links(fuse_ino_t ino)
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
