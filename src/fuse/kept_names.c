/* Decides when the kernel may read a directory from the names that it keeps. */
#include "fuse/kept_names.h"

#include <errno.h>
#include <linux/fuse.h>
#include <string.h>

/* Offsets have 31 bits: a mark, which is not 0, above the index. */
#define KEPT_INDEX_BITS 24

/* With more marks than these in use, a free one might come again too soon. */
#define KEPT_MARKS_IN_USE 32

static unsigned kept_names_next_mark(struct kept_names *names)
{
    names->mark = names->mark % KEPT_MARKS + 1;
    return names->mark;
}

enum kept_names_way kept_names_open(struct kept_names *names, struct kept_handle *handle,
                                    uint32_t snapshot, bool known)
{
    bool same = names->snapshot == snapshot, sure = same && names->sure;
    if ((names->handles > 0 && !sure) || (sure && !known))
        return KEPT_NAMES_NONE;
    if (!same) {
        names->snapshot = snapshot;
        names->sure = names->ended = false;
        kept_names_next_mark(names);
    }
    names->handles++;
    *handle = (struct kept_handle){names->mark, snapshot};
    return sure ? KEPT_NAMES_KEEP : KEPT_NAMES_ANEW;
}

void kept_names_came(struct kept_names *names, const struct kept_handle *handle)
{
    if (handle->mark && handle->snapshot == names->snapshot)
        names->sure = true;
}

void kept_names_end(struct kept_names *names, const struct kept_handle *handle)
{
    names->ended = names->ended || handle->mark;
}

bool kept_names_take_end(struct kept_names *names)
{
    bool ended = names->ended;
    names->ended = false;
    return ended;
}

bool kept_names_is_shared(const struct kept_names *names, const struct kept_handle *handle)
{
    return handle->mark && names->handles > 1;
}

/* Go on to the next mark that no handle has. A list that was read halfway is not recalled
 * otherwise. It has to be gone when its mark comes again, or the kernel would go on with it. So
 * it is recalled twice a round of marks. */
static void kept_names_find_mark(struct kept_names *names, const struct kept_marks *in_use)
{
    unsigned before = names->mark;
    do
        kept_names_next_mark(names);
    while (in_use->has[names->mark]);
    if ((before > KEPT_MARKS / 2) != (names->mark > KEPT_MARKS / 2))
        names->ended = true;
}

void kept_marks_add(struct kept_marks *marks, const struct kept_handle *handle)
{
    if (!handle->mark || marks->has[handle->mark])
        return;
    marks->has[handle->mark] = true;
    marks->count++;
}

/* The kernel may have names of the old snapshot, and add those of the new one. So nobody else
 * takes part until all have closed. */
int kept_names_rewind(struct kept_names *names, struct kept_handle *handle, uint32_t snapshot,
                      const struct kept_marks *in_use)
{
    if (!handle->mark || handle->snapshot == snapshot)
        return 0;
    if (in_use->count > KEPT_MARKS_IN_USE)
        return -ESTALE;
    kept_names_find_mark(names, in_use);
    names->snapshot = 0;
    *handle = (struct kept_handle){names->mark, snapshot};
    return 0;
}

bool kept_names_is_of(const struct kept_handle *handle, off_t offset)
{
    return offset == 0 || offset >> KEPT_INDEX_BITS == (off_t)handle->mark;
}

void kept_names_close(struct kept_names *names, const struct kept_handle *handle)
{
    if (handle->mark)
        names->handles--;
}

off_t kept_names_offset(const struct kept_handle *handle, int64_t index)
{
    return index ? (off_t)handle->mark << KEPT_INDEX_BITS | (off_t)index : 0;
}

int64_t kept_names_index(const struct kept_handle *handle, off_t offset)
{
    return handle->mark ? offset & (((off_t)1 << KEPT_INDEX_BITS) - 1) : offset;
}

size_t kept_names_grow(size_t size, const char *name, size_t page)
{
    size_t entry = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + strlen(name));
    size_t left = page - size % page;
    return size + (entry > left ? left : 0) + entry;
}
