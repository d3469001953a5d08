#include "program/mount.h"

#include <errno.h>
#include <string.h>

#include "base/live.h"
#include "base/log.h"
#include "cache/cache.h"
#include "fuse/session.h"
#include "program/signals.h"

struct mount {
    const struct options *options;
    struct loop *loop;
    struct client *client;
    struct cache cache;
    struct tree tree;
    struct fs fs;
    struct session *session;
    struct signals signals;
    struct waiter trial;
    int trial_error;
    bool ending;
};

static void mount_end(void *data)
{
    struct mount *mount = data;
    mount->ending = true;
    loop_stop(mount->loop);
}

static void mount_refresh(void *data)
{
    struct mount *mount = data;
    log_info("SIGHUP: what is held is read anew when it is next asked for");
    /* First: which names the kernel knows is seen by what is still held as fresh. */
    if (mount->session)
        session_expire(mount->session);
    cache_expire(&mount->cache);
}

/* -------- trying the key -------- */

static void mount_on_trial(struct waiter *waiter, struct snapshot *snapshot, int error,
                           const char *why)
{
    struct mount *mount = (struct mount *)((char *)waiter - offsetof(struct mount, trial));
    (void)snapshot;
    (void)why;
    mount->trial_error = error;
    loop_stop(mount->loop);
}

static void mount_explain_trial(const struct mount *mount)
{
    const struct options *options = mount->options;
    switch (-mount->trial_error) {
    case EACCES:
        log_error(
            "not mounted: the key from %s is not accepted, or may not read this; check it, and "
            "that the data centre is right (%s)",
            options->key_origin, options->api_url);
        break;
    case EIO:
    case ENOENT:
        log_error(
            "not mounted: check user_id, organizations and departments, or try again later");
        break;
    case EDQUOT:
        log_error("not mounted: there are no calls left");
        break;
    default:
        log_error(
            "not mounted: %s does not answer as it should; check the network and api_url, or "
            "mount with -o delay_connect",
            options->api_url);
    }
}

/* One call, the answer of which serves afterwards. */
static int mount_try_key(struct mount *mount)
{
    struct listing *listing = tree_trial(&mount->tree);
    mount->trial.done = mount_on_trial;
    int error = listing ? listing_wait(listing, &mount->trial) : -ENOMEM;
    if (!error)
        error = loop_run(mount->loop);
    waiter_cancel(&mount->trial, true);
    if (error || mount->ending)
        return error ? error : -EINTR;
    if (mount->trial_error)
        mount_explain_trial(mount);
    return mount->trial_error;
}

/* -------- putting the layers together -------- */

static int mount_init(struct mount *mount)
{
    const struct options *options = mount->options;
    struct client_options client_options = {
        .base_url = options->api_url,
        .key = options->key,
        .cacert = options->cacert,
        .timeout_ms = options->timeout_ms,
        .rate = options->rate,
        .max_calls = options->max_calls,
    };
    struct cache_options cache_options = {
        .ttl_ms = options->cache_ttl_ms,
        .stale_ms = options->stale_if_error_ms,
        .per_page = options->per_page,
        .parallel = options->parallel,
    };
    struct fs_options fs_options = {
        .uid = options->uid,
        .gid = options->gid,
        .umask = options->umask,
        .timeout_ms = options->timeout_ms,
    };
    mount->signals.fd = -1;
    mount->loop = loop_create();
    if (!mount->loop)
        return -errno;
    mount->client = client_create(mount->loop, &client_options);
    if (!mount->client)
        return -ENOMEM;
    cache_init(&mount->cache, mount->loop, mount->client, &cache_options);
    int error = tree_init(&mount->tree, &mount->cache, &options->tree);
    if (error)
        return error;
    fs_init(&mount->fs, mount->loop, &mount->tree, &fs_options);
    return signals_init(&mount->signals, mount->loop, mount_end, mount_refresh, mount);
}

/* What the kernel held of the records goes first, then who might wait for a listing, then the
 * listings. */
static void mount_finish(struct mount *mount)
{
    session_destroy(mount->session);
    signals_finish(&mount->signals);
    tree_finish(&mount->tree);
    if (mount->cache.loop)
        cache_finish(&mount->cache);
    client_destroy(mount->client);
    loop_destroy(mount->loop);
    live_log_left();
}

static int mount_serve(struct mount *mount, const char *mount_point, void (*ready)(void))
{
    const struct options *options = mount->options;
    struct session_options session_options = {
        .mount_point = mount_point,
        .source = options->source,
        .mount_options = options->mount_options,
        .debug = options->debug,
    };
    mount->session =
        session_create(&mount->fs, mount->loop, &session_options, mount_end, mount);
    if (!mount->session)
        return -EIO;
    ready();
    log_info("mounted %s on %s", options->api_url, mount_point);
    int error = loop_run(mount->loop);
    log_info("unmounted %s after %llu calls", mount_point,
             (unsigned long long)client_requests(mount->client));
    return error ? error : session_is_aborted(mount->session) ? -ECONNABORTED : 0;
}

int mount_run(const struct options *options, const char *mount_point, void (*ready)(void))
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
