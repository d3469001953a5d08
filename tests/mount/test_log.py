"""Where the log goes: the journal, syslog, stderr for a service manager."""

import os
import socket
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from account import MARKETING, USER, users
from machine import Machine
from tools import error_of, wait_until

JOURNAL = "/run/systemd/journal/socket"
PREPARE_SYSLOG = """
mount -t tmpfs -o mode=755 own /opt
for device in null fuse urandom; do
    touch /opt/$device
    mount --bind /dev/$device /opt/$device
done
mount --rbind /opt /dev
"""


class LogDaemon:
    """Listens as journald or syslogd does."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(60)
        path.chmod(0o666)

    def hear(self, text: str) -> str:
        """The next datagram that has a text."""
        while True:
            datagram = self.socket.recv(65536).decode()
            if text in datagram:
                return datagram

    def fill(self):
        """So that whoever sends to it has to wait for it to read."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.connect(self.socket.getsockname())
            with pytest.raises(BlockingIOError):
                while True:
                    sender.send(b"noise")

    def close(self):
        self.socket.close()


@pytest.fixture
def listen():
    daemons = []

    def start(path: Path) -> LogDaemon:
        daemons.append(LogDaemon(path))
        return daemons[-1]

    yield start
    for daemon in daemons:
        daemon.close()


@pytest.fixture
def service(machine, sandbox, tmp_path):
    """qpfs in the foreground, with stderr as systemd makes it; returns that, a file."""
    processes = []

    def start(*arguments: str) -> Path:
        errors = tmp_path / "stderr"
        options = f"user_id={USER},api_url={sandbox.url},api_key_file=/etc/qpfs/key,cache_ttl=1"
        with open(errors, "w") as file:
            attr = os.fstat(file.fileno())
            stream = {"JOURNAL_STREAM": f"{attr.st_dev}:{attr.st_ino}"}
            processes.append(
                subprocess.Popen(
                    machine.enter("qpfs", "-f", *arguments, "-o", options, "/mnt/questionpro"),
                    stderr=file,
                    env=machine.environment | stream,
                )
            )
        return errors

    yield start
    for process in processes:
        process.terminate()
        assert process.wait(60) == 0


def fields(datagram: str) -> dict[str, str]:
    assert datagram.endswith("\n")
    lines = [line.split("=", 1) for line in datagram.splitlines()]
    assert max(Counter(name for name, _ in lines).values()) == 1
    return dict(lines)


def fail(machine: Machine, sandbox):
    """Has the service refuse a list."""
    sandbox.fault(users(MARKETING), status=403)
    assert error_of(os.listdir, machine / f"/mnt/questionpro/{users(MARKETING)}") != 0


def test_under_systemd_the_journal_gets_fields(machine, sandbox, listen, service):
    journal = listen(machine / JOURNAL)
    errors = service()
    said = fields(journal.hear("MESSAGE=ready"))
    assert said == {
        "PRIORITY": "6",
        "SYSLOG_FACILITY": "3",
        "SYSLOG_IDENTIFIER": "qpfs",
        "MESSAGE": "ready",
    }
    fail(machine, sandbox)
    said = fields(journal.hear("QPFS_ERRNO"))
    assert said["PRIORITY"] == "3"
    assert said["QPFS_PATH"] == users(MARKETING)
    assert (said["QPFS_STATUS"], said["QPFS_ERRNO"]) == ("403", "13")
    assert said["MESSAGE"].startswith(f"{users(MARKETING)}: HTTP 403")
    assert errors.read_text() == ""


def test_without_a_journal_stderr_gets_priorities(machine, sandbox, service):
    errors = service()
    wait_until(lambda: "<6>ready\n" in errors.read_text())
    fail(machine, sandbox)
    assert f"\n<3>{users(MARKETING)}: HTTP 403" in errors.read_text()


def in_the_background(machine, sandbox) -> str:
    options = f"user_id={USER},api_url={sandbox.url},api_key_file=/etc/qpfs/key"
    machine.output(f"qpfs -o {options} /mnt/questionpro")
    return f"[{machine.processes()[0]}]"


def test_in_the_background_the_journal_gets_fields(machine, sandbox, listen):
    journal = listen(machine / JOURNAL)
    in_the_background(machine, sandbox)
    fail(machine, sandbox)
    assert fields(journal.hear("QPFS_ERRNO"))["PRIORITY"] == "3"


def test_in_the_background_without_a_journal_it_is_syslog(machine, sandbox, listen):
    machine.output(PREPARE_SYSLOG)
    syslog = listen(machine / "/dev/log")
    pid = in_the_background(machine, sandbox)
    assert syslog.hear("mounted").startswith("<30>")
    fail(machine, sandbox)
    said = syslog.hear("HTTP 403")
    assert said.startswith("<27>") and f" qpfs{pid}: error: {users(MARKETING)}: " in said


@pytest.mark.parametrize("where", ["journal", "syslog"])
def test_a_log_daemon_that_hangs_holds_up_nobody(machine, sandbox, listen, where):
    if where == "syslog":
        machine.output(PREPARE_SYSLOG)
    listen(machine / ("/dev/log" if where == "syslog" else JOURNAL)).fill()
    in_the_background(machine, sandbox)
    fail(machine, sandbox)
    assert len(os.listdir(machine / "/mnt/questionpro")) == 2


def test_a_log_without_a_daemon_is_lost_and_nothing_else(machine, sandbox):
    machine.output(PREPARE_SYSLOG)
    in_the_background(machine, sandbox)
    fail(machine, sandbox)
    assert len(os.listdir(machine / "/mnt/questionpro")) == 2
