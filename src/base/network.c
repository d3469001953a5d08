/* Notices when a peer is reached over another network than before. */
#include "base/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"

/* Messages read in one turn, so that others get theirs. */
#define NETWORK_MESSAGES_A_TURN 64

/* When a link goes down its IPv4 address stays, and its routes go without a message: so links
 * are watched. A VPN may add a route, then a rule that selects it: so rules are, too. */
#define NETWORK_GROUPS                                                                         \
    (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_RULE |                 \
     RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE | 1u << (RTNLGRP_IPV6_RULE - 1))

/* -------- addresses -------- */

static bool network_read_address(union network_address *address, const char *text, int port)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons((uint16_t)port);
    } else if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons((uint16_t)port);
    }
    return address->any.sa_family != AF_UNSPEC;
}

/* Of an IPv6 address the second half changes each day, by RFC 8981. */
static bool network_is_same(const union network_address *a, const union network_address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, 8) == 0;
}

/* Find out from which address this machine would send to PEER. Return false if there is no way
 * to it. Connecting a datagram socket sends nothing. */
static bool network_find_source(const union network_address *peer,
                                union network_address *source)
{
    socklen_t size = sizeof *source;
    int fd = socket(peer->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool found =
        connect(fd, &peer->any, sizeof *peer) == 0 && getsockname(fd, &source->any, &size) == 0;
    close(fd);
    return found;
}

/* -------- changes -------- */

/* Return whether the peer of WAY is reached from another address than before. Without a way to
 * it, or where that can't be found out, nothing is known. */
static bool network_has_moved(struct network_way *way)
{
    union network_address source = {.any.sa_family = AF_UNSPEC};
    if (way->peer.any.sa_family == AF_UNSPEC || !network_find_source(&way->peer, &source))
        return false;
    bool was_known = way->source.any.sa_family != AF_UNSPEC;
    bool moved = was_known && !network_is_same(&source, &way->source);
    way->source = source;
    return moved;
}

/* After a change the owner holds nothing that came before it. So further changes do not matter
 * until a request goes, which tells of the peer. */
static void network_judge(struct network *network)
{
    bool moved = false;
    for (size_t i = 0; i < NETWORK_WAYS; i++)
        moved |= network_has_moved(&network->ways[i]);
    if (!moved)
        return;
    memset(network->ways, 0, sizeof network->ways);
    network->changed(network->data);
}

/* What the messages say does not matter, nor whether some were lost (ENOBUFS). */
static void network_on_message(void *data, int fd, uint32_t events)
{
    char byte;
    (void)events;
    for (unsigned i = 0; i < NETWORK_MESSAGES_A_TURN; i++) {
        if (recv(fd, &byte, sizeof byte, 0) < 0 && errno != ENOBUFS)
            break;
    }
    network_judge(data);
}

/* The first peer is kept: the network may have changed since, and the kernel may not have told
 * of it yet. */
void network_note(void *data, const char *address, int port)
{
    struct network *network = data;
    union network_address peer;
    if (network->fd < 0 || !network_read_address(&peer, address, port))
        return;
    struct network_way *way = &network->ways[peer.any.sa_family == AF_INET6];
    if (way->peer.any.sa_family != AF_UNSPEC)
        return;
    way->peer = peer;
    network_has_moved(way);
}

/* -------- the socket -------- */

/* Return 0 or -errno. */
static int network_listen(struct network *network)
{
    const struct sockaddr_nl groups = {.nl_family = AF_NETLINK, .nl_groups = NETWORK_GROUPS};
    network->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (network->fd < 0 ||
        bind(network->fd, (const struct sockaddr *)&groups, sizeof groups) < 0)
        return -errno;
    return loop_fd_set(network->loop, network->fd, EPOLLIN, network_on_message, network);
}

void network_init(struct network *network, struct loop *loop, network_changed_fn *changed,
                  void *data)
{
    *network = (struct network){.loop = loop, .fd = -1, .changed = changed, .data = data};
    int error = network_listen(network);
    if (!error)
        return;
    log_debug("a change of the network will not be noticed: %s", strerror(-error));
    network_finish(network);
}

void network_finish(struct network *network)
{
    if (!network->loop || network->fd < 0)
        return;
    loop_fd_remove(network->loop, network->fd);
    close(network->fd);
    network->fd = -1;
}
