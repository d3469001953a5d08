"""Connections that died without a word, with TLS, over HTTP/2 and HTTP/1.1, and in another network."""

import ctypes
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from account import KEY, USER, users
from relay import Relay
from test_tls import Nginx, authority  # noqa: F401 (a fixture)
from tools import output, wait_until

TIMEOUT = 12
PATIENCE = TIMEOUT / 4
NAMES = "DNS:localhost,DNS:service.test,IP:127.0.0.1"
CLONE_NEWNET = 0x40000000

over = pytest.mark.parametrize("http2", [True, False], ids=["HTTP/2", "HTTP/1.1"])


@pytest.fixture
def web(service, authority, tmp_path, http2):  # noqa: F811
    """A service behind nginx, with sixteen departments."""
    for id in range(1, 17):
        service.account.join(id, *range(id * 1000, id * 1000 + 3))
    upstream = SimpleNamespace(port=service.server.port)
    nginx = Nginx(tmp_path / "nginx", upstream, authority.issue(NAMES), http2=http2)
    yield nginx
    nginx.stop()


def read(fs, *departments: int) -> float:
    """Each by a process of its own, so that nothing is asked for ahead."""
    start = time.monotonic()
    with ThreadPoolExecutor(len(departments)) as pool:
        found = pool.map(lambda id: output("ls", fs / users(id)).split(), departments)
        assert [len(names) for names in found] == [3] * len(departments)
    return time.monotonic() - start


# semantics: E11
@over
def test_calls_over_tls_connections_that_died_wait_a_part_of_the_timeout(
    service, mount, web, authority, http2  # noqa: F811
):
    relay = Relay(web.port)
    options = {"api_url": relay.url("localhost", "https"), "cacert": authority.certificate}
    fs = mount(service, timeout=TIMEOUT, **options)
    service.hold = lambda path: time.sleep(0.3)
    read(fs, *range(1, 9))
    service.hold = lambda path: None
    relay.silence()
    try:
        assert PATIENCE - 0.1 < read(fs, *range(9, 17)) < TIMEOUT
        assert [len(service.asked(id)) for id in range(9, 17)] == [1] * 8
        assert {call[0] for call in web.calls()} == {"HTTP/2.0" if http2 else "HTTP/1.1"}
    finally:
        relay.stop()


@pytest.fixture
def network(tmp_path):
    """One of its own, with two addresses and its own /etc/hosts: its process."""
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost\n10.9.0.1 service.test\n")
    script = f"""
        mount --make-rprivate /
        ip link set lo up
        ip addr add 10.9.0.1/32 dev lo
        ip addr add 10.9.0.2/32 dev lo
        mount --bind {hosts} /etc/hosts
        echo ready
        exec cat"""
    command = ["unshare", "--net", "--mount", "sh", "-euc", script]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    yield process
    process.communicate()


def listen_in(network) -> socket.socket:
    """On all addresses there."""
    servers = []

    def listen():
        with open(f"/proc/{network.pid}/ns/net") as there:
            assert ctypes.CDLL(None).setns(there.fileno(), CLONE_NEWNET) == 0
        servers.append(socket.create_server(("", 0), backlog=200))

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    return servers[0]


# semantics: E11
@over
def test_a_host_that_has_moved_is_found_though_all_packets_to_its_old_address_are_lost(
    service, web, network, authority, qpfs, environment, point, tmp_path  # noqa: F811
):
    relay = Relay(web.port, listen_in(network))
    enter = ["nsenter", "-t", str(network.pid), "--net", "--mount"]
    options = f"user_id={USER},timeout={TIMEOUT},cacert={authority.certificate}"
    options += f",api_url={relay.url('service.test', 'https')}"
    log = tmp_path / "log"
    with open(log, "w") as stderr:
        mounted = subprocess.Popen(
            [*enter, qpfs, "-f", "-o", options, point],
            stderr=stderr,
            env=environment | {"QUESTIONPRO_API_KEY": KEY},
        )

    def entries(id: int) -> int:
        return len(subprocess.check_output([*enter, "ls", point / users(id)]).split())

    try:
        wait_until(lambda: " ready" in log.read_text() or mounted.poll() is not None)
        assert mounted.poll() is None, log.read_text()
        assert entries(1) == 3
        (tmp_path / "hosts").write_text("127.0.0.1 localhost\n10.9.0.2 service.test\n")
        lose = "ip addr del 10.9.0.1/32 dev lo && ip route add blackhole 10.9.0.1"
        subprocess.run([*enter, "sh", "-euc", lose], check=True)
        start = time.monotonic()
        assert entries(2) == 3
        assert PATIENCE - 0.1 < time.monotonic() - start < TIMEOUT
        assert len(service.asked(2)) == 1
    finally:
        mounted.terminate()
        mounted.wait()
        relay.stop()
    assert mounted.returncode == 0
