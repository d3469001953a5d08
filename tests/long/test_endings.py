"""The daemon's end while much is going on: nothing of a backup is lost, and nothing hangs."""

import os
import signal
import time

import pytest

from account import FIELD, users
from tools import rsync, run, tree, wait_until


def test_kill_during_rsync_delete_leaves_the_backup_whole(sandbox, mount, spawn, tmp_path):
    backup = tmp_path / "backup"
    fs = mount(sandbox)
    rsync(f"{fs.point}/", backup)
    before = tree(backup)
    sandbox.latency(100)
    fs.refresh()
    program = spawn("rsync", "-a", "--delete", f"{fs.point}/", backup)
    time.sleep(0.25)
    fs.expected_exit = -signal.SIGKILL
    fs.signal(signal.SIGKILL)
    program.communicate(timeout=20)
    assert program.returncode not in (None, 0)
    assert tree(backup) == before
    assert run("umount", "-l", fs.point).returncode == 0
    sandbox.latency(0)
    again = mount(sandbox)
    assert rsync("--delete", f"{again.point}/", backup) == []


@pytest.mark.parametrize("how", ["SIGTERM", "umount -l"])
def test_it_ends_within_two_seconds_while_fetches_hang(sandbox, mount, spawn, how):
    fs = mount(sandbox)
    sandbox.request("POST", "/control/faults", [{"stall": 60}])
    readers = [spawn("ls", fs / users(FIELD)), spawn("ls", fs / "communities")]
    wait_until(lambda: sandbox.total() > 1)
    began = time.monotonic()
    if how == "SIGTERM":
        fs.signal(signal.SIGTERM)
    else:
        assert run("umount", "-l", fs.point).returncode == 0
    assert fs.wait(5) == 0
    assert time.monotonic() - began < 2
    assert [reader.wait(5) != 0 for reader in readers] == [True, True]


@pytest.fixture
def connections(tmp_path):
    """The kernel's control of FUSE mounts."""
    top = tmp_path / "connections"
    top.mkdir()
    if run("mount", "-t", "fusectl", "fusectl", top).returncode != 0:
        pytest.skip("fusectl cannot be mounted here")
    yield top
    run("umount", top)


def test_an_abort_while_fetches_hang_ends_it(sandbox, mount, spawn, connections):
    fs = mount(sandbox)
    minor = os.minor(os.stat(fs.point).st_dev)
    sandbox.request("POST", "/control/faults", [{"stall": 60}])
    reader = spawn("ls", fs / users(FIELD))
    wait_until(lambda: sandbox.total() > 1)
    began = time.monotonic()
    (connections / str(minor) / "abort").write_text("1")
    assert fs.wait(5) == 0
    assert time.monotonic() - began < 2
    assert reader.wait(5) != 0
    # An aborted connection cannot be told from one that was unmounted: what is left is inert.
    run("umount", "-l", fs.point)
