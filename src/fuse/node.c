#include "fuse/node.h"

#include <assert.h>
#include <stdalign.h>

#define NODE_DIR_BIT    ((fuse_ino_t)1)
#define NODE_LINK_SHIFT 1
#define NODE_LINK_MASK  ((fuse_ino_t)6)

static_assert(VIEW_END <= 4 && alignof(struct record) >= 8, "no room for the view");

fuse_ino_t node_of_dir(const struct fs *fs, const struct dir *dir)
{
    return dir == fs->tree->root ? FUSE_ROOT_ID : (fuse_ino_t)(uintptr_t)dir | NODE_DIR_BIT;
}

fuse_ino_t node_of_record(const struct record *record)
{
    return (fuse_ino_t)(uintptr_t)record;
}

struct dir *node_dir(const struct fs *fs, fuse_ino_t ino)
{
    if (ino == FUSE_ROOT_ID)
        return fs->tree->root;
    if (!(ino & NODE_DIR_BIT))
        return NULL;
    return (struct dir *)(uintptr_t)(ino & ~NODE_DIR_BIT);
}

struct record *node_record(fuse_ino_t ino)
{
    return (struct record *)(uintptr_t)(ino & ~NODE_LINK_MASK);
}

fuse_ino_t node_of_link(const struct record *record, enum view_name view)
{
    return node_of_record(record) | (fuse_ino_t)view << NODE_LINK_SHIFT;
}

enum view_name node_link(fuse_ino_t ino)
{
    if (ino & NODE_DIR_BIT)
        return VIEW_NONE;
    return (enum view_name)((ino & NODE_LINK_MASK) >> NODE_LINK_SHIFT);
}

void node_remember(struct fs *fs, const struct dentry *dentry)
{
    struct record *record = dentry->record;
    if (dentry->dir)
        dentry->dir->lookups++;
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
