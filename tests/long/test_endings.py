"""The daemon's end while much is going on: nothing of a backup is lost, and nothing hangs."""

import errno
import os
import signal
import time

import pytest

from account import FIELD, USER, users
from tools import error_of, output, rsync, run, tree, wait_until


def test_kill_during_rsync_delete_leaves_the_backup_whole(sandbox, mount, spawn, tmp_path):
    backup = tmp_path / "backup"
    fs = mount(sandbox)
    rsync(f"{fs.point}/", backup)
    before = tree(backup)
    sandbox.fault(users(FIELD), stall=60)
    fs.refresh()
    sandbox.reset()
    program = spawn("rsync", "-a", "--delete", f"{fs.point}/", backup)
    wait_until(lambda: f"/{users(FIELD)}" in sandbox.paths())
    fs.expected_exit = -signal.SIGKILL
    fs.signal(signal.SIGKILL)
    program.communicate(timeout=60)
    assert program.returncode == 23
    assert tree(backup) == before
    assert run("umount", "-l", fs.point).returncode == 0
    sandbox.heal()
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
    assert fs.wait() == 0
    assert time.monotonic() - began < 2
    assert [reader.wait(60) != 0 for reader in readers] == [True, True]


@pytest.fixture
def connections(tmp_path):
    """The kernel's control of FUSE mounts."""
    top = tmp_path / "connections"
    top.mkdir()
    output("mount", "-t", "fusectl", "fusectl", top)
    yield top
    output("umount", top)


def is_dead(fs) -> bool:
    return error_of(os.listdir, fs.point) == errno.ENOTCONN


# semantics: E4, E7
@pytest.mark.parametrize("how", ["abort", "umount -f"])
def test_an_abort_while_people_wait_leaves_a_dead_mount(
    sandbox, mount, spawn, connections, command, tmp_path, how
):
    fs = mount(sandbox)
    backup = tmp_path / "backup"
    rsync(f"{fs.point}/", backup)
    before = tree(backup)
    fs.refresh()
    minor = os.minor(os.stat(fs.point).st_dev)
    sandbox.request("POST", "/control/faults", [{"stall": 60}])
    sandbox.reset()
    reader = spawn("ls", fs / users(FIELD))
    wait_until(lambda: sandbox.total() > 0)
    began = time.monotonic()
    if how == "abort":
        (connections / str(minor) / "abort").write_text("1")
    else:
        assert "busy" in run("umount", "-f", fs.point).stderr
    fs.expected_exit = 1
    fs.expect_log("the connection to the kernel was aborted")
    assert fs.wait() == 1
    assert time.monotonic() - began < 2
    assert reader.wait(60) != 0
    assert is_dead(fs)
    assert run("rsync", "-a", "--delete", f"{fs.point}/", backup).returncode == 23
    assert tree(backup) == before
    done = command("-f", fs.point, user_id=USER, api_url=sandbox.url)
    assert done.returncode == 1 and f"fusermount3 -u {fs.point}" in done.stderr
    assert is_dead(fs)
    output("fusermount3", "-u", fs.point)


def test_umount_f_of_an_idle_mount_is_no_abort(sandbox, mount):
    fs = mount(sandbox)
    os.listdir(fs.point)
    output("umount", "-f", fs.point)
    assert fs.wait() == 0
