/* Connects to the kernel: mounts, and unmounts. */
#include "fuse/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "fuse/anchor.h"
#include "fuse/detach.h"
#include "fuse/expiry.h"
#include "fuse/node.h"
#include "fuse/readahead.h"
#include "fuse/requests.h"
#include "fuse/waiting.h"

/* Requests that are served before the loop looks at other descriptors again. */
#define SESSION_REQUESTS_A_TURN 64

/* How long to wait after the kernel closed the connection: it does so a moment before umount
 * is through. */
#define SESSION_GRACE_MS 500

struct session {
    struct fs *fs;
    struct fuse_session *fuse;
    struct fuse_buf buf;  /* mem is owned, and reused */
    struct anchor anchor; /* root's: users mount and unmount through fusermount3 */
    struct detach *detach;
    struct expiry *expiry;
    bool mounted;
    bool aborted;
    struct loop_timer grace;
    const char *mount_point; /* borrowed */
    void (*ended)(void *data);
    void *data;
};

static void session_log(enum fuse_log_level level, const char *format, va_list arguments)
{
    char line[1024];
    vsnprintf(line, sizeof line, format, arguments);
    line[strcspn(line, "\n")] = '\0';
    if (!*line)
        return;
    if (level >= FUSE_LOG_INFO)
        log_debug("libfuse: %s", line);
    else if (level >= FUSE_LOG_WARNING)
        log_warning("libfuse: %s", line);
    else
        log_error("libfuse: %s", line);
}

static void session_on_detached(void *data)
{
    struct session *session = data;
    session->mounted = false;
    session->ended(session->data);
}

static void session_on_aborted(void *data)
{
    struct session *session = data;
    session->aborted = true;
    log_error("%s: the connection to the kernel was aborted; the dead mount stays there, do: "
              "fusermount3 -u %s",
              session->mount_point, session->mount_point);
    session->ended(session->data);
}

/* The kernel has closed the connection: the mount is gone, or about to go (umount -f closes
 * first, and session_on_detached() hears of the rest), or it stays and is dead. */
static void session_on_closed(struct session *session)
{
    loop_fd_remove(session->fs->loop, fuse_session_fd(session->fuse));
    if (detach_is_mounted(session->detach))
        loop_timer_start(session->fs->loop, &session->grace, SESSION_GRACE_MS,
                         session_on_aborted, session);
    else
        session->ended(session->data);
}

bool session_is_aborted(const struct session *session)
{
    return session->aborted;
}

/* The kernel would refuse every access from now on. */
static void session_on_init_failed(struct session *session)
{
    session->aborted = true;
    loop_fd_remove(session->fs->loop, fuse_session_fd(session->fuse));
    log_error("%s: libfuse and the kernel do not agree, so it is unmounted again",
              session->mount_point);
    session->ended(session->data);
}

static void session_on_request(void *data, int fd, uint32_t events)
{
    struct session *session = data;
    (void)fd, (void)events;
    for (int i = 0; i < SESSION_REQUESTS_A_TURN; i++) {
        int size = fuse_session_receive_buf(session->fuse, &session->buf);
        if (size == -EAGAIN)
            return;
        if (size == -EINTR)
            continue;
        if (size > 0)
            fuse_session_process_buf(session->fuse, &session->buf);
        if (size <= 0)
            session_on_closed(session);
        else if (fuse_session_exited(session->fuse))
            session_on_init_failed(session);
        else
            continue;
        return;
    }
}

unsigned session_max_read(const char *options)
{
    static const char name[] = "max_read=";
    unsigned long max_read = 0;
    while (*options) {
        if (strncmp(options, name, strlen(name)) == 0)
            max_read = strtoul(options + strlen(name), NULL, 10);
        for (; *options && *options != ','; options++)
            options += options[0] == '\\' && options[1];
        options += *options == ',';
    }
    return max_read > UINT_MAX ? UINT_MAX : (unsigned)max_read;
}

static struct fuse_session *session_new(struct fs *fs, const struct session_options *options)
{
    char mount_options[1024];
    int size = snprintf(mount_options, sizeof mount_options,
                        "ro,nosuid,nodev,default_permissions,subtype=qpfs%s%s,fsname=%s%s%s",
                        options->allow_other ? ",allow_other" : "",
                        options->allow_root ? ",allow_root" : "", options->source,
                        *options->mount_options ? "," : "", options->mount_options);
    if (size < 0 || (size_t)size >= sizeof mount_options) {
        log_error("the mount options are too long");
        return NULL;
    }
    char *arguments[] = {"qpfs", "-o", mount_options, options->debug ? "-d" : NULL, NULL};
    struct fuse_args args = {.argc = options->debug ? 4 : 3, .argv = arguments};
    struct fuse_session *fuse = fuse_session_new(&args, &fs_ops, sizeof fs_ops, fs);
    fuse_opt_free_args(&args);
    return fuse;
}

/* Root's mount would follow a link that stands there now; fusermount3 looks itself. */
static bool session_mount(struct session *session, const struct session_options *options)
{
    char way[32];
    if (options->make_way && options->make_way(options->mount_point) != 0)
        return false;
    int error = anchor_init(&session->anchor, options->mount_point);
    int fd = error ? error : anchor_open(&session->anchor);
    if (fd < 0) {
        log_error("%s: it is no longer what it was when qpfs started: %s", options->mount_point,
                  strerror(-fd));
        return false;
    }
    snprintf(way, sizeof way, "/proc/self/fd/%d", fd);
    if (geteuid() != 0)
        error = fuse_session_mount(session->fuse, options->mount_point);
    else /* libfuse would have fusermount3 try it, which looks at nothing for root */
        error = anchor_may_mount() ? fuse_session_mount(session->fuse, way) : -EPERM;
    close(fd);
    return error == 0;
}

/* What is mounted where the anchor is, is ours, unless someone has swapped that just before. */
static int session_watch(struct session *session)
{
    int root = anchor_open(&session->anchor);
    if (root < 0)
        return root;
    session->detach = detach_create(session->fs->loop, root, session_on_detached, session);
    int error = session->detach ? 0 : -errno;
    close(root);
    return error;
}

/* Requests are read until there are none, so reading must not wait for the next one. */
static int session_listen(struct session *session)
{
    int error = init_reply_prepare(session->fuse);
    if (error)
        return error;
    int fd = fuse_session_fd(session->fuse);
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -errno;
    error = session_watch(session);
    if (!error)
        error = loop_fd_set(session->fs->loop, fd, EPOLLIN, session_on_request, session);
    return error;
}

struct session *session_create(struct fs *fs, const struct session_options *options,
                               void (*ended)(void *data), void *data)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    session->fs = fs;
    session->ended = ended;
    session->data = data;
    session->mount_point = options->mount_point;
    fs->max_read = session_max_read(options->mount_options);
    fuse_set_log_func(session_log);
    session->fuse = session_new(fs, options);
    session->anchor.above = -1;
    session->mounted = session->fuse && session_mount(session, options);
    if (!session->mounted) {
        log_error("cannot mount on %s", options->mount_point);
        session_destroy(session);
        return NULL;
    }
    fs->fuse = session->fuse;
    fs->keeps_names = !options->allow_other;
    fs->readahead = readahead_create(fs);
    session->expiry = expiry_create(fs);
    int error = session->expiry ? session_listen(session) : -ENOMEM;
    if (error) {
        log_error("cannot watch the mount on %s: %s", options->mount_point, strerror(-error));
        session_destroy(session);
        return NULL;
    }
    return session;
}

void session_expire(struct session *session)
{
    if (session->fs->ending)
        return;
    fs_recall_names(session->fs);
    if (!fuse_increment_epoch(session->fuse))
        expiry_start(session->expiry);
}

/* From here on nothing waits: each request that waits gets an error, and so does each that
 * comes. The worker may need that to end. */
static void session_settle(struct session *session)
{
    struct fs *fs = session->fs;
    fs->ending = true;
    waiting_fail_all(fs, -ENOTCONN);
    if (fs->worker)
        worker_cancel(fs->worker);
    while (fs->worker && worker_busy(fs->worker) > 0 && loop_turn(fs->loop, -1) == 0)
        continue;
}

/* After "umount -l" nothing of ours is on the mount point, but perhaps something else: libfuse
 * must not unmount that. It leaves a connection alone that is closed, as one is that was never
 * mounted. */
static bool session_disconnect(struct session *session)
{
    int closed = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (closed < 0)
        return false;
    dup3(closed, fuse_session_fd(session->fuse), O_CLOEXEC);
    close(closed);
    return true;
}

/* Return whether what is seen where the anchor is, is ours. */
static bool session_is_at(const struct session *session, const struct anchor *anchor)
{
    int fd = anchor_open(anchor);
    if (fd == -EMFILE)
        return detach_is_seen_at(session->detach, session->mount_point);
    if (fd < 0)
        return false;
    bool ours = detach_owns(session->detach, fd);
    close(fd);
    return ours;
}

/* Root unmounts without fusermount3, which would look for links. */
static void session_unmount_as_root(const struct session *session)
{
    char point[PATH_MAX];
    struct anchor moved = {.above = -1};
    if (!session->detach || session_is_at(session, &session->anchor)) {
        anchor_unmount(&session->anchor);
    } else if (detach_find_point(session->detach, point) && anchor_init(&moved, point) == 0 &&
               session_is_at(session, &moved)) {
        anchor_unmount(&moved);
    }
    anchor_finish(&moved);
}

/* Return whether libfuse says so. A mount whose connection was aborted stays, dead. */
static bool session_is_closed(const struct session *session)
{
    struct pollfd connection = {.fd = fuse_session_fd(session->fuse)};
    return poll(&connection, 1, 0) == 1 && (connection.revents & POLLERR);
}

/* Unmount what is ours and nothing else. To unmount a path takes away what is seen there. */
static void session_unmount(struct session *session)
{
    char point[PATH_MAX];
    const struct detach *detach = session->detach;
    bool lives = session->mounted && !session_is_closed(session);
    bool root = geteuid() == 0;
    if (lives && !root && (!detach || detach_is_seen_at(detach, session->mount_point))) {
        fuse_session_unmount(session->fuse);
        return;
    }
    if (lives && root)
        session_unmount_as_root(session);
    /* The connection is closed once the mount is gone, and the number of its device may by then
     * be that of another mount. */
    if (lives && detach && !session_is_closed(session) && detach_find_point(detach, point))
        log_error(
            "%s: it stays there, dead, for another mount lies over it, or it was moved; take "
            "away what lies over it, then do: fusermount3 -u %s",
            point, point);
    if (session_disconnect(session))
        fuse_session_unmount(session->fuse);
}

void session_destroy(struct session *session)
{
    if (!session)
        return;
    loop_timer_stop(&session->grace);
    session_settle(session);
    /* Requests were still answered, and the last may have started it again. */
    loop_timer_stop(&session->grace);
    readahead_destroy(session->fs->readahead);
    session->fs->readahead = NULL;
    expiry_destroy(session->expiry);
    worker_destroy(session->fs->worker);
    session->fs->worker = NULL;
    if (session->fuse) {
        loop_fd_remove(session->fs->loop, fuse_session_fd(session->fuse));
        session_unmount(session);
        fuse_session_destroy(session->fuse);
        fs_release_handles(session->fs);
        node_forget_all(session->fs);
    }
    detach_destroy(session->detach);
    anchor_finish(&session->anchor);
    free(session->buf.mem);
    free(session);
}
