"""A machine that moves to another network, and what does not amount to that."""

import os
import subprocess
from types import SimpleNamespace

import pytest

from account import users
from fixtures import finish_all
from mount import Mount
from relay import Relay
from test_silence_tls import listen_in
from test_tls import Nginx, authority  # noqa: F401 (a fixture)
from tools import output, wait_until

CHANGED = "the network has changed"


class Namespace:
    """A network of its own, as long as its process runs."""

    def __init__(self):
        command = ["unshare", "--net", "sh", "-euc", "ip link set dev lo up; echo ready; exec cat"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "ready\n"
        self.pid = self.process.pid
        self.enter = ["nsenter", "-t", str(self.pid), "--net"]

    def sh(self, script: str):
        output(*self.enter, "sh", "-euc", script)

    def stop(self):
        self.process.communicate()


@pytest.fixture
def provider():
    """The networks 10.9.1.0/24 and 10.9.2.0/24, and a way from both to 10.9.0.1."""
    provider = Namespace()
    provider.sh("ip addr add 10.9.0.1/32 dev lo")
    yield provider
    provider.stop()


@pytest.fixture
def machine(provider):
    """In the first of them, by a cable between the interfaces "near" and "far"."""
    machine = Namespace()
    provider.sh(
        f"""ip link add name far type veth peer name near netns {machine.pid}
        ip addr add 10.9.1.1/24 dev far
        ip addr add 10.9.2.1/24 dev far
        ip link set dev far up"""
    )
    machine.sh(
        """ip addr add 10.9.1.2/24 dev near
        ip link set dev near up
        ip route add default via 10.9.1.1"""
    )
    yield machine
    machine.stop()


@pytest.fixture
def fs(
    service, provider, machine, authority, qpfs, environment, tmp_path, tmp_path_factory  # noqa: F811
):
    """A mount there, that has read a list of three users from 10.9.0.1."""
    service.account.join(1, 1000, 1001, 1002)
    upstream = SimpleNamespace(port=service.server.port)
    nginx = Nginx(tmp_path / "nginx", upstream, authority.issue("IP:10.9.0.1"), http2=False)
    relay = Relay(nginx.port, listen_in(provider))
    program = tmp_path / "qpfs"
    program.write_text(f'#!/bin/sh\nexec {" ".join(machine.enter)} {qpfs} "$@"\n')
    program.chmod(0o755)
    fs = Mount(program, tmp_path_factory.mktemp("mount"), environment)
    try:
        fs.start(
            service,
            api_url=relay.url("10.9.0.1", "https"),
            cacert=authority.certificate,
            cache_ttl=600,
        )
        assert len(os.listdir(fs / users(1))) == 3
        service.account.join(1, 1003)
        yield fs
    finally:
        finish_all([nginx, relay, fs])


def catch_up(fs):
    """Until it has heard of what happened to the network."""
    for _ in range(2):
        os.statvfs(fs.point)


AWAY = "ip link set dev near down"
BACK = "ip link set dev near up; ip route add default via 10.9.1.1"
MOVES = {
    "by another address": """
        ip addr add 10.9.2.2/24 dev near
        ip route replace default via 10.9.2.1""",
    "after being nowhere": """
        ip addr del 10.9.1.2/24 dev near
        ip addr add 10.9.2.2/24 dev near
        ip route add default via 10.9.2.1""",
    "by a rule for a route that is there, as wg-quick does": """
        ip addr add 10.9.2.2/24 dev near
        ip route add default via 10.9.2.1 src 10.9.2.2 table 51820
        ip rule add table 51820""",
}


# semantics: F7
@pytest.mark.parametrize("move", MOVES)
def test_what_is_held_is_read_anew_in_another_network(service, machine, fs, move):
    machine.sh(MOVES[move])
    wait_until(lambda: fs.logged(CHANGED))
    assert len(os.listdir(fs / users(1))) == 4
    assert len(os.listdir(fs / users(1))) == 4
    assert len(service.asked(1)) == 2
    assert len(fs.logged(CHANGED)) == 1


# semantics: F7
def test_what_is_held_is_shown_while_there_is_no_network_and_when_it_is_back(service, machine, fs):
    for change in [AWAY, BACK]:
        machine.sh(change)
        catch_up(fs)
        assert len(os.listdir(fs / users(1))) == 3
    assert len(service.asked(1)) == 1
    assert fs.logged(CHANGED) == []


OTHERS = {
    "a container": """
        ip link add name bridge type veth peer name inside
        ip addr add 172.17.0.1/16 dev bridge
        ip link set dev bridge up
        ip link set dev inside up
        ip route add 172.18.0.0/16 via 172.17.0.2
        ip link del bridge""",
    "a lease": "ip addr change 10.9.1.2/24 dev near valid_lft 600 preferred_lft 600",
    "one more address": "ip addr add 10.9.1.4/24 dev near",
}


# semantics: F7
@pytest.mark.parametrize("other", OTHERS)
def test_other_changes_cost_no_call(service, machine, fs, other):
    machine.sh(OTHERS[other])
    catch_up(fs)
    assert len(os.listdir(fs / users(1))) == 3
    assert len(service.asked(1)) == 1
    assert fs.logged(CHANGED) == []
