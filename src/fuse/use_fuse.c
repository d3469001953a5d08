/* Says to the kernel what some versions of libfuse leave unsaid. */
#include "fuse/use_fuse.h"

#include <errno.h>
#include <linux/fuse.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include <unistd.h>

/* -------- names that are no longer valid -------- */

int fuse_expire_name(struct fuse_session *fuse, fuse_ino_t parent, const char *name,
                     size_t size)
{
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 16)
    return fuse_lowlevel_notify_expire_entry(fuse, parent, name, size);
#elif FUSE_VERSION >= FUSE_MAKE_VERSION(3, 13)
    return fuse_lowlevel_notify_expire_entry(fuse, parent, name, size, FUSE_LL_EXPIRE_ONLY);
#else
    (void)fuse;
    (void)parent;
    (void)name;
    (void)size;
    return -ENOSYS;
#endif
}

/* FUSE_NOTIFY_INC_EPOCH, which libfuse knows from 3.18 on, and older headers of Linux do not.
 */
#define FUSE_INCREMENT_EPOCH 8

bool fuse_increment_epoch(struct fuse_session *fuse)
{
    const struct fuse_out_header notice = {.len = sizeof notice, .error = FUSE_INCREMENT_EPOCH};
    return write(fuse_session_fd(fuse), &notice, sizeof notice) == sizeof notice;
}

/* -------- the reply to INIT -------- */

/* libfuse before 3.17 wants FUSE_PARALLEL_DIROPS by itself, and forgets to say so, and does not
 * know FUSE_NO_EXPORT_SUPPORT. From 3.17 on it says what is wanted. */
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 17)

void init_reply_want(struct fuse_conn_info *conn)
{
    conn->want |= (FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_NO_EXPORT_SUPPORT) & conn->capable;
}

int init_reply_prepare(struct fuse_session *fuse)
{
    (void)fuse;
    return 0;
}

#elif FUSE_VERSION >= FUSE_MAKE_VERSION(3, 14)

/* FUSE_NO_EXPORT_SUPPORT, since Linux 6.8, in flags2. An older kernel takes no notice. */
#define INIT_REPLY_NO_EXPORT (1u << (38 - 32))

/* Between the init() and the reply to it, which follows at once. */
static bool init_reply_is_next;
static uint32_t init_reply_flags;

/* Up to flags2. Kernels before that got a shorter reply. */
#define INIT_REPLY_SIZE      (offsetof(struct fuse_init_out, flags2) + sizeof(uint32_t))

void init_reply_want(struct fuse_conn_info *conn)
{
    init_reply_is_next = true;
    init_reply_flags = conn->capable & FUSE_CAP_PARALLEL_DIROPS ? FUSE_PARALLEL_DIROPS : 0;
}

static ssize_t init_reply_write(int fd, struct iovec *parts, int count, void *data)
{
    (void)data;
    if (init_reply_is_next && count == 2 && parts[1].iov_len >= INIT_REPLY_SIZE) {
        struct fuse_init_out *reply = parts[1].iov_base;
        reply->flags |= init_reply_flags;
        if (reply->flags & FUSE_INIT_EXT)
            reply->flags2 |= INIT_REPLY_NO_EXPORT;
    }
    if (init_reply_is_next) /* from then on threads write too, and must find nothing changed */
        init_reply_is_next = false;
    return writev(fd, parts, count);
}

static ssize_t init_reply_read(int fd, void *buffer, size_t size, void *data)
{
    (void)data;
    return read(fd, buffer, size);
}

int init_reply_prepare(struct fuse_session *fuse)
{
    static const struct fuse_custom_io io = {
        .writev = init_reply_write,
        .read = init_reply_read,
    };
    return fuse_session_custom_io(fuse, &io, fuse_session_fd(fuse));
}

#else

void init_reply_want(struct fuse_conn_info *conn)
{
    (void)conn;
}

int init_reply_prepare(struct fuse_session *fuse)
{
    (void)fuse;
    return 0;
}

#endif
