"""A name server that never answers. libcurl asks it on a thread that cannot be cancelled."""

import errno
import os
import signal
import socket
import subprocess
import time

import pytest

from account import KEY, USER
from tools import run, wait_until


@pytest.fixture
def silent_name_server(tmp_path) -> str:
    """The resolv.conf that names it."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    address = f"127.53.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"
    server.bind((address, 53))
    path = tmp_path / "resolv.conf"
    path.write_text(f"nameserver {address}\noptions timeout:30 attempts:1\n")
    switch = tmp_path / "nsswitch.conf"
    switch.write_text("hosts: dns\n")
    yield f"mount --bind {path} /etc/resolv.conf && mount --bind {switch} /etc/nsswitch.conf"
    server.close()


class Isolated:
    """A mount in a mount namespace of its own, where files of /etc are others."""

    def __init__(self, qpfs, point, environment, prepare: str, options: str):
        self.log = point.with_suffix(".log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                ["unshare", "-m", "sh", "-c", f"{prepare} && exec $0 -f -o $1 $2"]
                + [str(qpfs), options, str(point)],
                env=environment | {"QUESTIONPRO_API_KEY": KEY},
                stderr=log,
            )
        self.point = point
        wait_until(lambda: "ready" in self.log.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()

    def spawn(self, *command) -> subprocess.Popen:
        return subprocess.Popen(
            ["nsenter", "-t", str(self.process.pid), "-m", "-r", *map(str, command)],
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def nameless(qpfs, environment, silent_name_server, tmp_path_factory) -> Isolated:
    options = f"user_id={USER},api_url=https://api.example.invalid/a/api/v2,timeout=15,delay_connect"
    point = tmp_path_factory.mktemp("nameless")
    isolated = Isolated(qpfs, point, environment, silent_name_server, options)
    yield isolated
    isolated.process.kill()
    isolated.process.wait()


def is_waiting(reader: subprocess.Popen) -> bool:
    return "fuse" in open(f"/proc/{reader.pid}/wchan").read() or (
        "request_wait" in run("cat", f"/proc/{reader.pid}/stack").stdout
    )


def test_sigterm_ends_the_mount_while_a_name_is_asked_for(nameless):
    reader = nameless.spawn("ls", nameless.point / "communities")
    wait_until(lambda: is_waiting(reader))
    time.sleep(0.3)  # for the thread of the resolver to begin
    start = time.monotonic()
    nameless.process.send_signal(signal.SIGTERM)
    assert nameless.process.wait(60) == 0
    assert time.monotonic() - start < 12
    assert os.strerror(errno.ENOTCONN) in reader.communicate(timeout=60)[1]


def test_an_interrupt_gives_up_a_name_at_once_and_others_are_served(nameless):
    reader = nameless.spawn("ls", nameless.point / "communities")
    wait_until(lambda: is_waiting(reader))
    time.sleep(0.3)
    start = time.monotonic()
    assert nameless.spawn("ls", nameless.point).wait(60) == 0
    reader.send_signal(signal.SIGINT)
    reader.wait(60)
    assert time.monotonic() - start < 12


# semantics: T6
def test_a_name_server_that_is_silent_is_a_timeout(nameless):
    reader = nameless.spawn("ls", nameless.point / "communities")
    assert os.strerror(errno.ETIMEDOUT) in reader.communicate(timeout=60)[1]
