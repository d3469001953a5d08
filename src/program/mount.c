/* Mounts an account, and serves it until the mount ends. */
#include "program/mount.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/network.h"
#include "cache/status.h"
#include "fuse/session.h"
#include "program/foreground.h"
#include "program/layers.h"
#include "program/mount_point.h"
#include "program/notify.h"
#include "program/problem.h"
#include "program/remedy.h"

struct mount {
    struct options *options;
    struct layers layers;
    struct fs fs;
    struct session *session;
    struct network network;
    int signals; /* a signalfd; -1: none */
    struct foreground foreground;
    struct notify notify;
    bool ending;
};

static void mount_end(void *data)
{
    struct mount *mount = data;
    mount->ending = true;
    loop_stop(mount->layers.loop);
}

/* That the key can't be read again is logged only where another one is needed. */
static void mount_read_key(struct mount *mount)
{
    if (mount->options->client_cert.path)
        layers_read_client_cert(&mount->layers);
    if (mount->options->key_file.path)
        layers_read_key(&mount->layers);
    else if (mount->options->client.key && client_key_is_refused(mount->layers.client))
        log_info("the service refuses the key, and %s can't be read again: unmount, and "
                 "mount with another key, or with api_key_file=FILE",
                 mount->options->key_origin);
}

static void mount_on_early_end(void *data)
{
    const struct mount *mount = data;
    if (mount->session)
        session_expire(mount->session);
}

static void mount_expire(struct mount *mount)
{
    /* This goes first: what is still fresh tells which names the kernel knows. */
    mount_on_early_end(mount);
    cache_expire(mount->layers.cache);
    client_try_anew(mount->layers.client);
    client_renew_connections(mount->layers.client);
}

static void mount_refresh(void *data)
{
    struct mount *mount = data;
    notify_say(&mount->notify, "RELOADING=1\nMONOTONIC_USEC=%" PRId64 "\n", clock_us());
    mount_read_key(mount); /* before it is forgotten that the one of before was refused */
    mount_expire(mount);
    cache_ask_anew(mount->layers.cache);
    log_info("SIGHUP: what is held is read anew when it is next asked for");
    notify_say(&mount->notify, "READY=1\n");
}

/* The kernel's time for what it holds stood still meanwhile. Two clocks that are read one after
 * the other tell how long, so a millisecond may be missing. */
static void mount_on_woken(void *data, int64_t away_ms, bool slept)
{
    mount_expire(data);
    log_info("%s %" PRId64 " s%s: what is held is read anew when it is next asked for",
             slept ? "the machine slept for" : "the clock was set ahead by",
             (away_ms + 500) / 1000, slept ? "" : ", as after a pause of the machine");
}

static void mount_on_network(void *data)
{
    mount_expire(data);
    log_info(
        "the network has changed: the service is reached from another address; what is held "
        "is read anew when it is next asked for");
}

/* -------- signals -------- */

static void mount_on_signal(void *data, int fd, uint32_t events)
{
    struct signalfd_siginfo info;
    (void)events;
    if (read(fd, &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGHUP)
        mount_refresh(data);
    else
        mount_end(data);
}

/* From here on SIGTERM, SIGINT and SIGHUP are events of the loop, and nothing else. */
static int mount_take_signals(struct mount *mount)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return -errno;
    signal(SIGPIPE, SIG_IGN);
    mount->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (mount->signals < 0)
        return -errno;
    return loop_fd_set(mount->layers.loop, mount->signals, EPOLLIN, mount_on_signal, mount);
}

/* -------- trying the key -------- */

static void mount_explain(const struct options *options, const struct failure *failure)
{
    const char *wait = "";
    char clock[64] = "";
    if (remedy_may_wait(failure))
        wait = "; or mount with -o delay_connect, which waits for the service";
    if (failure->error == -EPROTO) {
        struct tm parts;
        time_t now = time(NULL);
        gmtime_r(&now, &parts);
        strftime(clock, sizeof clock, " (it is %Y-%m-%d %H:%M UTC here)", &parts);
    }
    log_error("not mounted: %s, with the %s from %s: %s%s%s", options->client.base_url,
              options->client.key ? "key" : "certificate", options->key_origin,
              remedy_for(failure), wait, clock);
}

/* One call, the answer of which serves afterwards. */
static int mount_try_key(struct mount *mount)
{
    struct listing *listing = tree_trial(&mount->layers.tree);
    struct layers_answer answer;
    notify_say(&mount->notify, "STATUS=Trying the key at %s\n",
               mount->options->client.base_url);
    int error = layers_fetch(&mount->layers, listing, &answer);
    if (error && !mount->ending)
        mount_explain(mount->options, &answer.failure);
    return error;
}

/* -------- putting the layers together -------- */

static int mount_init(struct mount *mount)
{
    struct options *options = mount->options;
    mount->signals = -1;
    options->client.sending = network_note;
    options->client.sending_data = &mount->network;
    options->cache.early_end = mount_on_early_end;
    options->cache.early_end_data = mount;
    int error = layers_init(&mount->layers, options);
    if (error)
        return error;
    if (options->foreground && !options->session.debug)
        foreground_init(&mount->foreground, mount->layers.cache);
    notify_init(&mount->notify, mount->layers.loop);
    loop_on_woken(mount->layers.loop, mount_on_woken, mount);
    network_init(&mount->network, mount->layers.loop, mount_on_network, mount);
    fs_init(&mount->fs, mount->layers.loop, &mount->layers.tree, &options->fs);
    return mount_take_signals(mount);
}

/* What the kernel held of the records goes first. */
static void mount_finish(struct mount *mount)
{
    network_finish(&mount->network);
    foreground_finish(&mount->foreground);
    session_destroy(mount->session);
    notify_finish(&mount->notify);
    if (mount->signals >= 0) {
        loop_fd_remove(mount->layers.loop, mount->signals);
        close(mount->signals);
    }
    layers_finish(&mount->layers);
}

/* To be called as late as possible: until then a program that looks gets ENOTCONN, and not an
 * empty directory. */
static int mount_make_way(const char *mount_point)
{
    if (!mount_point_is_dead(mount_point))
        return 0;
    int error = mount_point_clear_dead(mount_point);
    if (error)
        log_error("the dead mount on %s can't be taken away: %s; do as root: umount -l %s",
                  mount_point, strerror(-error), mount_point);
    else
        log_info("took away the dead mount that was on %s", mount_point);
    return error;
}

static void mount_say_limits(const struct options *options)
{
    struct problem problem = {.text = ""};
    if (problem_in_patience(options, &problem))
        log_warning("%s; %s", problem.text, problem.remedy);
}

static int mount_serve(struct mount *mount, const char *mount_point, void (*ready)(void))
{
    struct options *options = mount->options;
    options->session.mount_point = mount_point;
    options->session.make_way = options->replace_dead ? mount_make_way : NULL;
    mount->session = session_create(&mount->fs, &options->session, mount_end, mount);
    if (!mount->session) {
        problem_explain(options, mount_point);
        return -EIO;
    }
    cache_status(mount->layers.cache)->mounted_at = time(NULL);
    cache_status(mount->layers.cache)->mount_point = mount_point;
    mount_say_limits(options);
    ready();
    notify_say(&mount->notify, "READY=1\nSTATUS=Showing %s\n", options->client.base_url);
    log_info("mounted %s on %s", options->client.base_url, mount_point);
    int error = loop_run(mount->layers.loop);
    notify_say(&mount->notify, "STOPPING=1\nSTATUS=Ending\n");
    log_info("the mount on %s ends after %llu calls", mount_point,
             (unsigned long long)mount->layers.client->queue.requests);
    return error ? error : session_is_aborted(mount->session) ? -ECONNABORTED : 0;
}

int mount_run(struct options *options, const char *mount_point, void (*ready)(void))
{
    struct mount mount = {.options = options};
    int error = mount_init(&mount);
    if (error)
        log_error("cannot start: %s", strerror(-error));
    if (!error && !options->delay_connect)
        error = mount_try_key(&mount);
    if (!error)
        error = mount_serve(&mount, mount_point, ready);
    mount_finish(&mount);
    return error;
}
