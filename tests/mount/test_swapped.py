"""Root mounts where a user owns the directories, and swaps them for links meanwhile."""

import os
import select
import signal
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from account import USER
from tools import wait_until

ROUNDS = 12
HERS, VICTIM = "/home/jane/d/questionpro", "/mnt/others/questionpro"

# What is swapped, and the link in its place.
SWAPS = {
    "the mount point": ("d/questionpro", "d/other", VICTIM),
    "a directory above": ("d", "other", "/mnt/others"),
}
EXCHANGE = """
import ctypes, os, sys
libc, (one, other, target) = ctypes.CDLL(None), sys.argv[1:]
os.symlink(target, other)
print("ready", flush=True)
while True:
    libc.renameat2(-100, one.encode(), -100, other.encode(), 2)
"""


@pytest.fixture
def janes(machine):
    """A directory of hers, and one of somebody else's with a file system mounted on it."""
    machine.output(f"mkdir -p {HERS}", "jane")
    machine.output(f"mkdir -p {VICTIM}; mount -t tmpfs others {VICTIM}; touch {VICTIM}/letter")
    yield machine
    clear(machine)


def clear(machine):
    """Takes away what an end could not: of a mount that she has moved meanwhile, say."""
    points = "awk '/ fuse.qpfs / { print $5 }' /proc/self/mountinfo | grep ^/home/jane"
    machine.output(f"{points} | xargs -r -n 1 umount -l")


@contextmanager
def swapping(machine, what: str):
    """As fast as she can, with what the user owns as it was at the end."""
    command = machine.enter("sh", "-c", 'cd && exec python3 -c "$0" "$@"', EXCHANGE, *SWAPS[what])
    at = command.index("sh")
    become = ["setpriv", "--reuid", "jane", "--regid", "jane", "--init-groups", "--"]
    process = subprocess.Popen(
        [*command[:at], *become, *command[at:]],
        stdout=subprocess.PIPE,
        env=machine.environment | {"HOME": "/home/jane"},
    )
    assert process.stdout.readline() == b"ready\n"
    try:
        yield
    finally:
        process.kill()
        process.communicate()
    clear(machine)
    one, other, _ = SWAPS[what]
    machine.output(f"cd; if [ -L {one} ]; then rm {one}; mv {other} {one}; else rm {other}; fi", "jane")


class Watch:
    """Reads the table of mounts whenever it changes, so that what is there for a moment is seen."""

    def __init__(self, machine):
        self.table = Path(f"/proc/{machine.holder.pid}/mountinfo")
        self.seen: set[str] = set()
        self.ended = False
        self.thread = threading.Thread(target=self.run)

    def run(self):
        with open(self.table) as table:
            poll = select.poll()
            poll.register(table, select.POLLPRI)
            while not self.ended:
                table.seek(0)
                for line in table:
                    if " fuse.qpfs " in line:
                        self.seen.add(line.split()[4])
                poll.poll(100)

    def __enter__(self) -> set[str]:
        self.thread.start()
        return self.seen

    def __exit__(self, *_):
        self.ended = True
        self.thread.join()


def line(sandbox, *more: str) -> str:
    options = [f"user_id={USER}", f"api_url={sandbox.url}", "api_key_file=/etc/qpfs/key", *more]
    return f"qpfs -o {','.join(options)} {HERS}"


def end_what_runs(machine):
    for pid in machine.processes():
        os.kill(pid, signal.SIGTERM)
        machine.end_of(pid)


@pytest.mark.parametrize("what", SWAPS)
def test_root_mounts_and_unmounts_nowhere_else(janes, sandbox, what):
    with Watch(janes) as seen, swapping(janes, what):
        rounds = 0
        while rounds < ROUNDS or not any(place.startswith("/home/jane/") for place in [*seen]):
            janes.sh(line(sandbox, "delay_connect"))
            end_what_runs(janes)
            rounds += 1
    assert [place for place in seen if place.startswith("/mnt/")] == []
    assert (janes / f"{VICTIM}/letter").exists()


@pytest.mark.parametrize("what", SWAPS)
def test_root_replaces_a_dead_mount_and_takes_nothing_else_away(janes, sandbox, what):
    for _ in range(ROUNDS // 4):
        janes.output(line(sandbox, "delay_connect"))
        janes.kill()
        with swapping(janes, what):
            for _ in range(4):
                janes.sh(line(sandbox, "delay_connect", "replace_dead"))
                end_what_runs(janes)
        assert (janes / f"{VICTIM}/letter").exists()


@pytest.mark.parametrize("what", SWAPS)
def test_the_message_says_what_was_swapped(janes, sandbox, what):
    one, other, target = SWAPS[what]
    sandbox.latency(500)
    command = janes.enter("sh", "-c", f"exec {line(sandbox)}")
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=janes.environment | {"HOME": "/root"}
    )
    wait_until(lambda: sandbox.total() > 0)
    janes.output(f"cd; mv {one} {other}; ln -s {target} {one}", "jane")
    said = process.communicate()[1]
    assert process.returncode == 1
    assert f"{HERS}, or a directory above it, was removed or swapped while qpfs started; mount as" in said
    assert "root may not mount" not in said
    assert "fuse.qpfs" not in janes.output(f"grep {VICTIM} /proc/self/mounts")
