"""A whole session under valgrind: no access that is wrong, no leak, no descriptor left open."""

import errno
import os
import re
import signal

import pytest

from account import FIELD, MARKETING, RESEARCH, USER, users
from link_names import expected_links
from model import expected_tree
from mount import Mount, option_text
from sandbox import phone
from tools import error_of, is_mounted, rsync, run, tree, wait_until

FLAGS = [
    "--quiet",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect",
    "--errors-for-leak-kinds=definite,indirect",
    "--error-exitcode=99",
    "--track-fds=yes",
    "--child-silent-after-fork=yes",
]


@pytest.fixture
def checked(qpfs, environment, tmp_path_factory):
    """Mounts a sandbox's account with qpfs under valgrind, whose report is looked at in the end."""
    mounts = []

    def start(sandbox, **options) -> Mount:
        point = tmp_path_factory.mktemp("checked")
        report = point.with_suffix(".valgrind")
        fs = Mount(valgrind(qpfs, report, point), point, environment)
        mounts.append((fs, report))
        return fs.start(sandbox, **options)

    yield start
    for fs, report in mounts:
        try:
            fs.stop()
        finally:
            print(report.read_text())
        assert open_at_exit(report.read_text()) == []
        assert not re.search(r"Invalid|uninitialised|lost", report.read_text())


def valgrind(qpfs, report, point):
    """A program of its own, for a mount is started by one word."""
    script = point.with_suffix(".sh")
    command = f"exec valgrind {' '.join(FLAGS)} --log-file={report} {qpfs}"
    script.write_text(f'#!/bin/sh\n{command} "$@"\n')
    script.chmod(0o700)
    return script


def open_at_exit(report: str) -> list[str]:
    """Of descriptors, those that qpfs opened: what it inherited is none of its business."""
    blocks = re.split(r"^==\d+== (?=Open )", report, flags=re.MULTILINE)[1:]
    return [block for block in blocks if "<inherited from parent>" not in block]


def read_and_back_up(sandbox, fs, backup):
    expected = expected_tree(sandbox) | expected_links(sandbox)
    rsync(f"{fs.point}/", backup)
    shown = {name: data for name, data in tree(fs.point).items() if data is not None}
    assert shown == expected
    assert rsync("--delete", f"{fs.point}/", backup) == []


def meet_errors(sandbox, fs):
    """One of each kind, in a department of two users."""
    path = users(MARKETING)
    rules = {
        errno.EACCES: {"status": 403},
        errno.EIO: {"status": 404},
        errno.EBADMSG: {"body": '{"response": [{"userID": 1}, '},
        errno.EINVAL: {"status": 400},
    }
    for error, rule in rules.items():
        fs.refresh()
        sandbox.fault(path, **rule)
        assert error_of(os.listdir, fs / path) == error, rule
        sandbox.heal()
    fs.expect_log("error: .*")
    fs.refresh()
    assert error_of(os.stat, fs / path / "1.json") == errno.ENOENT
    assert error_of(os.mkdir, fs / "new") == errno.EROFS


def interrupt_a_reader(sandbox, fs, spawn):
    fs.refresh()
    before = sandbox.total()
    sandbox.fault(users(RESEARCH), stall=60)
    reader = spawn("ls", fs / users(RESEARCH))
    wait_until(lambda: sandbox.total() > before)
    reader.send_signal(signal.SIGINT)
    assert reader.wait(60) != 0
    sandbox.heal()


@pytest.mark.timeout(300)
def test_a_session_leaves_nothing_behind(sandbox, checked, spawn, tmp_path):
    fs = checked(sandbox, stale_if_error=0, timeout=20, per_page=100)
    read_and_back_up(sandbox, fs, tmp_path / "backup")
    sandbox.change(phone(USER, "another"), {"remove": sandbox.user_ids(FIELD)[7]})
    fs.refresh()
    read_changes = rsync("--delete", f"{fs.point}/", tmp_path / "backup")
    assert len(read_changes) >= 2
    meet_errors(sandbox, fs)
    interrupt_a_reader(sandbox, fs, spawn)
    assert len(os.listdir(fs / users(RESEARCH))) == 250


@pytest.mark.timeout(300)
@pytest.mark.parametrize("how", ["SIGTERM", "umount", "umount -l"])
def test_it_ends_cleanly_while_someone_reads(sandbox, checked, spawn, how):
    fs = checked(sandbox, timeout=20)
    names = os.listdir(fs / users(FIELD))
    with open(fs / users(FIELD) / names[0], "rb"), os.scandir(fs / users(FIELD)):
        pass
    if how == "umount":
        assert run("umount", fs.point).returncode == 0
        assert fs.wait() == 0
        return
    sandbox.fault(users(RESEARCH), stall=60)
    before = sandbox.total()
    reader = spawn("ls", fs / users(RESEARCH))
    wait_until(lambda: sandbox.total() > before)
    if how == "SIGTERM":
        fs.signal(signal.SIGTERM)
    else:
        assert run("umount", "-l", fs.point).returncode == 0
    assert fs.wait() == 0
    assert reader.wait(60) != 0
    assert not is_mounted(fs.point)
