"""What the kernel keeps, so that qpfs is not even asked."""

import mmap
import os
import signal
import subprocess
import time

import pytest

from account import MARKETING, PANEL, RESEARCH, users
from sandbox import phone
from tools import TRIES, output, remount, run


@pytest.fixture
def panel(serve):
    return serve("--users", "2000")


def grep(fs):
    assert run("grep", "-r", "nobody has this", fs / users(PANEL)).returncode == 1


def test_a_second_grep_of_2000_files_asks_for_nothing(panel, mount):
    def requests(greps: int) -> dict[str, int]:
        fs = mount(panel, debug=True)
        for _ in range(greps):
            grep(fs)
        fs.stop()
        return fs.requests()

    once, twice = requests(1), requests(2)
    assert once["read"] + once["stored"] >= 2000
    for name in ["lookup", "getattr", "open"]:
        assert twice[name] == once[name], name


def test_what_was_read_is_read_again_without_the_program(panel, mount):
    fs = mount(panel)
    paths = [entry.path for entry in os.scandir(fs / users(PANEL))]

    def is_read_again() -> bool:
        grep(fs)
        fs.signal(signal.SIGSTOP)
        try:
            return run("cat", *paths, timeout=15).stdout.count('"userID"') == 2000
        except subprocess.TimeoutExpired:
            return False
        finally:
            fs.signal(signal.SIGCONT)

    assert any(is_read_again() for _ in range(TRIES))


def test_the_first_grep_opens_and_looks_up_next_to_nothing(panel, mount):
    fs = mount(panel, debug=True)
    grep(fs)
    fs.stop()
    counts = fs.requests()
    assert counts["open"] <= 1 and counts["lookup"] <= 10 and counts["getattr"] <= 10


# -------- a second listing tells of no node that the kernel knows --------


def lookups(fs) -> int:
    fs.stop()
    return fs.requests()["lookup"]


def list_long(fs, times: int = 1):
    for _ in range(times):
        assert output("ls", "-l", fs / users(PANEL)).count("\n") == 2001


def test_listing_again_asks_for_no_name(panel, mount):
    fs = mount(panel, debug=True)
    list_long(fs, 4)
    assert lookups(fs) <= 10


def test_names_are_told_again_when_their_time_is_over(panel, mount):
    def lookups_with(ttl: int) -> int:
        fs = mount(panel, debug=True, cache_ttl=ttl)
        list_long(fs, 2)
        for _ in range(3):
            fs.outlive(ttl)
            list_long(fs, 2)
            fs.refresh()
            list_long(fs, 2)
        return lookups(fs)

    # Where a listing takes longer than the TTL, its names run out in the midst of it.
    assert any(lookups_with(ttl) < 200 for ttl in [1, 3, 9])


def test_a_listing_that_was_begun_only_is_told_of_later(panel, mount):
    fs = mount(panel, debug=True)
    with os.scandir(fs / users(PANEL)) as begun:
        next(begun)
    list_long(fs, 2)
    assert lookups(fs) <= 10


def test_a_changed_record_is_told_of_in_a_listing_that_is_known(panel, mount, clock):
    fs = mount(panel, cache_ttl=60)
    id = panel.user_ids(PANEL)[1000]
    for number in ["1", "22", "333"]:
        panel.change(phone(id, number))
        clock.outlive(60)
        list_long(fs, 2)
        assert f'"{number}"'.encode() in (fs / users(PANEL) / f"{id}.json").read_bytes()


def test_names_that_the_kernel_lost_are_told_again(panel, mount):
    fs = mount(panel, debug=True)
    grep(fs)
    remount(fs.point, read_only=True)  # makes the kernel forget the names of a mount
    list_long(fs, 2)
    fs.stop()
    counts = fs.requests()
    assert counts["forget"] >= 2000 and counts["lookup"] <= 20


def test_a_file_whose_bytes_did_not_change_is_not_read_again(sandbox, mount, clock):
    def reads() -> int:
        fs = mount(sandbox, debug=True, cache_ttl=60)
        file = fs / users(MARKETING) / "1234567.json"
        file.read_bytes()
        calls = sandbox.total()
        sandbox.change(phone(1234588, "1"))
        clock.outlive(60)
        file.read_bytes()
        assert sandbox.total() > calls, "the listing was fetched anew"
        fs.stop()
        return fs.requests()["read"]

    assert any(reads() == 1 for _ in range(TRIES))


# semantics: F5
def test_new_bytes_come_when_the_ttl_is_over_and_an_open_file_keeps_its_own(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    file = fs / users(MARKETING) / "1234567.json"
    with open(file, "rb") as opened, open(file, "rb") as read_before:
        old = read_before.read()
        sandbox.change(phone(1234567, "another number"))
        clock.outlive(60)
        new = file.read_bytes()
        assert b"another number" in new and b"another number" not in old
        assert opened.read() == old
        assert os.fstat(opened.fileno()).st_size == len(old)
        assert os.stat(file).st_size == len(new)


def test_new_bytes_of_the_same_size_come_as_well(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    file = fs / users(MARKETING) / "1234567.json"
    old = file.read_bytes()
    sandbox.change(phone(1234567, "(IN)+91 0987654321"))
    clock.outlive(60)
    new = file.read_bytes()
    assert len(new) == len(old) and b"0987654321" in new


def test_an_open_file_of_a_removed_user_keeps_its_bytes(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    file = fs / users(MARKETING) / "1234588.json"
    with open(file, "rb") as opened:
        size = os.stat(file).st_size
        sandbox.change({"remove": 1234588})
        clock.outlive(60)
        assert os.listdir(file.parent) == ["1234567.json"]
        assert not file.exists()
        assert len(opened.read()) == size


def test_a_file_is_mapped_into_memory(sandbox, mount):
    file = mount(sandbox) / users(MARKETING) / "1234567.json"
    with open(file, "rb") as opened:
        with mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as mapped:
            assert mapped[:] == file.read_bytes()


def test_a_refresh_under_readers_hurts_none_of_them(sandbox, mount, spawn):
    fs = mount(sandbox, cache_ttl=1)
    script = f"for i in 1 2 3 4 5 6; do cat {fs / users(RESEARCH)}/* >/dev/null || exit 9; done"
    readers = [spawn("sh", "-c", script) for _ in range(4)]
    end = time.monotonic() + 2
    number = 0
    while any(reader.poll() is None for reader in readers) and time.monotonic() < end:
        number += 1
        sandbox.change(phone(sandbox.user_ids(RESEARCH)[number % 250], f"{number}"))
        fs.refresh()
    assert [reader.communicate(timeout=60) for reader in readers] == [("", "")] * 4
    assert [reader.returncode for reader in readers] == [0] * 4
