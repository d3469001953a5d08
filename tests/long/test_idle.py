"""A mount that nobody looks at any more: its memory goes back, and people's data with it."""

import os
from pathlib import Path

import pytest

from account import FIELD, PANEL, users
from memory import occurrences, rss
from sandbox import phone
from tools import output, run, wait_until

COUNT = 20_000
MARKED = 50
OPTIONS = {"cache_ttl": 2, "stale_if_error": 0}
SWEPT = 2 + 10 + 1  # seconds until what was read is past its time, and a sweep has been
SLACK = 4096  # KiB: connections, directories, and what the heap keeps


def mark(number: int) -> str:
    return f"+999 marked {number:04} nowhere else"


@pytest.fixture
def panel(serve):
    """An account of 20,000 users, some of whom have phone numbers that can be searched for."""
    sandbox = serve("--users", str(COUNT))
    ids = sandbox.user_ids(PANEL)[:: COUNT // MARKED]
    sandbox.change(*[phone(id, mark(number)) for number, id in enumerate(ids)])
    return sandbox


def forget():
    """Makes the kernel forget the inodes that nobody uses."""
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("2")


def read_all(top: Path) -> int:
    return output("find", top, "-type", "f", "-exec", "cat", "{}", "+").count('"userID"')


def marks_in(pid: int) -> int:
    return occurrences(pid, b"nowhere else")


def wait_for_rest(pid: int, baseline: int) -> int:
    """What is left in KiB."""
    left = []

    def rests() -> bool:
        forget()
        left.append(rss(pid))
        return left[-1] < baseline + SLACK and marks_in(pid) == 0

    try:
        wait_until(rests, 30)
    except AssertionError:
        raise AssertionError((baseline, min(left), marks_in(pid))) from None
    return left[-1]


@pytest.mark.timeout(180)
def test_what_was_read_leaves_the_memory(panel, mount):
    fs = mount(panel, **OPTIONS)
    baseline = rss(fs.pid)
    for _ in range(2):
        assert read_all(fs / users(PANEL)) == COUNT
        full, found = rss(fs.pid), marks_in(fs.pid)
        assert full > baseline + 8192 and found >= MARKED
        rest = wait_for_rest(fs.pid, baseline)
        print(f"RSS in KiB: fresh {baseline}, read {full}, at rest {rest}")


def test_what_is_open_keeps_its_bytes(sandbox, mount):
    fs = mount(sandbox, **OPTIONS)
    top = fs / users(FIELD)
    names = os.listdir(top)
    text = (top / names[0]).read_bytes()
    with open(top / names[0], "rb") as file, os.scandir(top) as directory:
        seen = [next(directory).name]
        fs.outlive(SWEPT)
        forget()
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        assert file.read() == text
        seen += [entry.name for entry in directory]
    assert seen == names


def test_a_listing_that_may_still_serve_is_kept(sandbox, mount):
    fs = mount(sandbox, **OPTIONS | {"stale_if_error": 60})
    top = fs / users(FIELD)
    names = os.listdir(top)
    fs.outlive(SWEPT)
    forget()
    sandbox.kill()
    assert os.listdir(top) == names
    assert run("cat", top / names[-1]).returncode == 0
    fs.expect_log("warning: .*showing what was read")
    # The lists of organizations, of departments and of users were asked for in a row.
    fs.expect_log("warning: the service does not answer; until it does, calls fail at once")
    sandbox.start()
