/* Tests how a change of the network is told from all other changes. */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/network.h"
#include "capture.h"

/* -------- a kernel: how it would send, and what it tells -------- */

static const char *source_v4, *source_v6; /* NULL: there is no way */
static int no_way;                        /* what connect() says then */
static int kernel;                        /* tells of changes */
static bool refuses;                      /* to tell of any */
static unsigned groups, probes;

int __real_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol);
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_getsockname(int fd, struct sockaddr *address, socklen_t *size);

int __wrap_socket(int family, int type, int protocol)
{
    int pair[2];
    if (family != AF_NETLINK)
        return __real_socket(family, type, protocol);
    if (refuses) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    assert_int_equal(protocol, NETLINK_ROUTE);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
    kernel = pair[1];
    return pair[0];
}

int __wrap_bind(int fd, const struct sockaddr *address, socklen_t size)
{
    assert_true(fd >= 0 && size == sizeof(struct sockaddr_nl));
    groups = ((const struct sockaddr_nl *)(const void *)address)->nl_groups;
    return 0;
}

static int family_of(int fd)
{
    int family = 0;
    socklen_t size = sizeof family;
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size), 0);
    return family;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    assert_true(size >= sizeof(struct sockaddr_in));
    assert_int_equal(address->sa_family, family_of(fd));
    probes++;
    if (address->sa_family == AF_INET ? source_v4 : source_v6)
        return 0;
    errno = no_way;
    return -1;
}

int __wrap_getsockname(int fd, struct sockaddr *address, socklen_t *size)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    assert_true(*size >= sizeof v6);
    if (family_of(fd) == AF_INET) {
        assert_int_equal(inet_pton(AF_INET, source_v4, &v4.sin_addr), 1);
        memcpy(address, &v4, sizeof v4);
    } else {
        assert_int_equal(inet_pton(AF_INET6, source_v6, &v6.sin6_addr), 1);
        memcpy(address, &v6, sizeof v6);
    }
    return 0;
}

/* -------- a mount -------- */

struct mount {
    struct loop *loop;
    struct network network;
    unsigned changes;
};

static void on_changed(void *data)
{
    struct mount *mount = data;
    mount->changes++;
}

static int set_up(void **state)
{
    struct mount *mount = calloc(1, sizeof *mount);
    *state = mount;
    source_v4 = "192.168.1.23";
    source_v6 = "2001:db8:1:1::23";
    no_way = ENETUNREACH;
    refuses = false;
    probes = 0;
    mount->loop = loop_create();
    network_init(&mount->network, mount->loop, on_changed, mount);
    return 0;
}

static int tear_down(void **state)
{
    struct mount *mount = *state;
    network_finish(&mount->network);
    loop_destroy(mount->loop);
    close(kernel);
    free(mount);
    return 0;
}

static void request(struct mount *mount, const char *address)
{
    network_note(&mount->network, address, 443);
}

/* Returns how many changes of the network were seen so far. */
static unsigned told(struct mount *mount)
{
    assert_int_equal(write(kernel, "something", 9), 9);
    assert_int_equal(loop_turn(mount->loop, 0), 0);
    return mount->changes;
}

#define V4 "203.0.113.1"
#define V6 "2001:db8:9::1"

TEST(network_asks_for_links_addresses_routes_and_rules)
{
    assert_non_null(*state);
    assert_int_equal(groups, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE |
                                 RTMGRP_IPV4_RULE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE |
                                 1u << (RTNLGRP_IPV6_RULE - 1));
}

TEST(network_changes_when_its_peer_is_reached_from_another_address)
{
    struct mount *mount = *state;
    request(mount, V4);
    source_v4 = "10.0.0.5";
    assert_int_equal(mount->changes, 0);
    assert_int_equal(told(mount), 1);
}

TEST(network_stays_the_same_when_other_things_change)
{
    struct mount *mount = *state;
    request(mount, V4);
    source_v6 = "2001:db8:2:2::5";
    assert_int_equal(told(mount), 0);
    source_v6 = NULL;
    assert_int_equal(told(mount), 0);
    assert_int_equal(probes, 3);
}

TEST(network_stays_the_same_while_there_is_no_way)
{
    static const int errors[] = {ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL};
    struct mount *mount = *state;
    request(mount, V4);
    for (unsigned i = 0; i < LENGTH(errors); i++) {
        no_way = errors[i];
        source_v4 = NULL;
        assert_int_equal(told(mount), 0);
        source_v4 = "192.168.1.23";
        assert_int_equal(told(mount), 0);
    }
    source_v4 = NULL;
    assert_int_equal(told(mount), 0);
    source_v4 = "10.0.0.5";
    assert_int_equal(told(mount), 1);
}

TEST(network_begins_where_there_was_no_way_at_first)
{
    struct mount *mount = *state;
    source_v4 = NULL;
    request(mount, V4);
    source_v4 = "192.168.1.23";
    assert_int_equal(told(mount), 0);
    source_v4 = "10.0.0.5";
    assert_int_equal(told(mount), 1);
}

/* What is held then came over the network of now. */
TEST(network_goes_by_the_first_request_after_a_change)
{
    struct mount *mount = *state;
    request(mount, V4);
    source_v4 = "10.0.0.5";
    assert_int_equal(told(mount), 1);
    source_v4 = "10.0.0.6";
    assert_int_equal(told(mount), 1);
    request(mount, V4);
    assert_int_equal(told(mount), 1);
    source_v4 = "10.0.0.7";
    assert_int_equal(told(mount), 2);
}

TEST(network_knows_a_way_of_each_kind)
{
    struct mount *mount = *state;
    request(mount, V6);
    request(mount, V4);
    source_v6 = NULL; /* this machine loses IPv6, and stays where it is */
    assert_int_equal(told(mount), 0);
    request(mount, V4);
    assert_int_equal(told(mount), 0);
    source_v6 = "2001:db8:2:2::5";
    assert_int_equal(told(mount), 1);
    request(mount, V4);
    source_v6 = "2001:db8:1:1::5"; /* which no request has used since */
    assert_int_equal(told(mount), 1);
    source_v4 = "10.0.0.5";
    assert_int_equal(told(mount), 2);
}

/* The kernel has not told yet. */
TEST(network_does_not_go_by_a_peer_that_it_meets_after_a_change)
{
    struct mount *mount = *state;
    request(mount, V4);
    source_v4 = "10.0.0.5";
    request(mount, "203.0.113.2");
    assert_int_equal(told(mount), 1);
}

TEST(network_of_ipv6_is_the_first_half_of_an_address)
{
    struct mount *mount = *state;
    request(mount, V6);
    source_v6 = "2001:db8:1:1:1234::5";
    assert_int_equal(told(mount), 0);
    source_v6 = "2001:db8:1:2::23";
    assert_int_equal(told(mount), 1);
}

TEST(network_asks_nothing_while_nobody_was_talked_to)
{
    struct mount *mount = *state;
    source_v4 = "10.0.0.5";
    assert_int_equal(told(mount), 0);
    request(mount, "no address");
    assert_int_equal(told(mount), 0);
    assert_int_equal(probes, 0);
}

TEST(network_asks_once_for_many_requests_and_messages)
{
    struct mount *mount = *state;
    for (unsigned i = 0; i < 5; i++)
        request(mount, V4);
    assert_int_equal(probes, 1);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(write(kernel, "something", 9), 9);
    assert_int_equal(told(mount), 0);
    assert_int_equal(probes, 2);
}

TEST(network_that_cannot_be_watched_does_not_matter)
{
    struct mount *mount = *state;
    refuses = true;
    network_finish(&mount->network);
    log_set_debug(true);
    capture_begin();
    network_init(&mount->network, mount->loop, on_changed, mount);
    const char *said = capture_end();
    assert_non_null(
        strstr(said, "a change of the network will not be noticed: Address family"));
    request(mount, V4);
    assert_int_equal(probes, 0);
    assert_int_equal(loop_turn(mount->loop, 0), 0);
}

TEST(network_finish_takes_a_zeroed_one)
{
    struct network network = {.loop = NULL};
    network_finish(&network);
    assert_non_null(*state);
}

#define NETWORK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NETWORK_TEST(network_asks_for_links_addresses_routes_and_rules),
        NETWORK_TEST(network_changes_when_its_peer_is_reached_from_another_address),
        NETWORK_TEST(network_stays_the_same_when_other_things_change),
        NETWORK_TEST(network_stays_the_same_while_there_is_no_way),
        NETWORK_TEST(network_begins_where_there_was_no_way_at_first),
        NETWORK_TEST(network_goes_by_the_first_request_after_a_change),
        NETWORK_TEST(network_knows_a_way_of_each_kind),
        NETWORK_TEST(network_does_not_go_by_a_peer_that_it_meets_after_a_change),
        NETWORK_TEST(network_of_ipv6_is_the_first_half_of_an_address),
        NETWORK_TEST(network_asks_nothing_while_nobody_was_talked_to),
        NETWORK_TEST(network_asks_once_for_many_requests_and_messages),
        NETWORK_TEST(network_that_cannot_be_watched_does_not_matter),
        NETWORK_TEST(network_finish_takes_a_zeroed_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
