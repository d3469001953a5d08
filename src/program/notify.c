/* Tells a service manager how a mount goes. */
#include "program/notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NOTIFY_RETRY_MS 50

static struct {
    struct sockaddr_un address;
    socklen_t size; /* 0: there is nobody to tell */
} notify_to;

void notify_begin(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    size_t size = path ? strlen(path) : 0;
    struct sockaddr_un *address = &notify_to.address;
    notify_to.size = 0;
    if (size > 1 && size < sizeof address->sun_path && (*path == '/' || *path == '@')) {
        *address = (struct sockaddr_un){.sun_family = AF_UNIX};
        memcpy(address->sun_path, path, size);
        if (*path == '@') /* an abstract name has no end but that of the address */
            address->sun_path[0] = '\0';
        notify_to.size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
    }
    unsetenv("NOTIFY_SOCKET");
}

/* One datagram. 0, also if there is nobody; or -errno. */
static int notify_send(const char *text)
{
    if (!notify_to.size)
        return 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    ssize_t sent = sendto(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL,
                          (const struct sockaddr *)&notify_to.address, notify_to.size);
    int error = sent < 0 ? -errno : 0;
    close(fd);
    return error;
}

void notify_failure(int error)
{
    char text[256];
    snprintf(text, sizeof text, "STATUS=Failed: %s; the log has the reason\nERRNO=%d\n",
             strerror(-error), -error);
    notify_send(text);
}

void notify_init(struct notify *notify, struct loop *loop)
{
    *notify = (struct notify){.loop = loop};
}

static void notify_flush(void *data)
{
    struct notify *notify = data;
    int error = *notify->text ? notify_send(notify->text) : 0;
    if (error == -EAGAIN || error == -ENOBUFS)
        loop_timer_start(notify->loop, &notify->retry, NOTIFY_RETRY_MS, notify_flush, notify);
    else
        *notify->text = '\0';
}

void notify_say(struct notify *notify, const char *format, ...)
{
    char line[sizeof notify->text / 2];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof line || !notify_to.size)
        return;
    size_t kept = strlen(notify->text);
    if (kept + (size_t)size >= sizeof notify->text)
        kept = 0; /* the newest tell most */
    memcpy(notify->text + kept, line, (size_t)size + 1);
    loop_timer_stop(&notify->retry);
    notify_flush(notify);
}

void notify_finish(struct notify *notify)
{
    loop_timer_stop(&notify->retry);
}
