"""What the kernel keeps, so that qpfs is not even asked."""

import mmap
import os
import time

import pytest

from account import MARKETING, PANEL, RESEARCH, users
from sandbox import phone
from tools import run


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
    assert once["read"] >= 2000
    for name in ["lookup", "getattr", "open", "read"]:
        assert twice[name] == once[name], name


def test_the_first_grep_opens_and_looks_up_next_to_nothing(panel, mount):
    fs = mount(panel, debug=True)
    grep(fs)
    fs.stop()
    counts = fs.requests()
    assert counts["open"] <= 1 and counts["lookup"] <= 10 and counts["getattr"] <= 10


def test_a_file_whose_bytes_did_not_change_is_not_read_again(sandbox, mount):
    fs = mount(sandbox, debug=True, cache_ttl=1)
    file = fs / users(MARKETING) / "1234567.json"
    file.read_bytes()
    calls = sandbox.total()
    sandbox.change(phone(1234588, "1"))
    fs.outlive(1)
    file.read_bytes()
    assert sandbox.total() > calls, "the listing was fetched anew"
    fs.stop()
    assert fs.requests()["read"] == 1


# semantics: F5
def test_new_bytes_come_when_the_ttl_is_over_and_an_open_file_keeps_its_own(sandbox, mount):
    fs = mount(sandbox, cache_ttl=1)
    file = fs / users(MARKETING) / "1234567.json"
    with open(file, "rb") as opened, open(file, "rb") as read_before:
        old = read_before.read()
        sandbox.change(phone(1234567, "another number"))
        fs.outlive(1)
        new = file.read_bytes()
        assert b"another number" in new and b"another number" not in old
        assert opened.read() == old
        assert os.fstat(opened.fileno()).st_size == len(old)
        assert os.stat(file).st_size == len(new)


def test_new_bytes_of_the_same_size_come_as_well(sandbox, mount):
    fs = mount(sandbox, cache_ttl=1)
    file = fs / users(MARKETING) / "1234567.json"
    old = file.read_bytes()
    sandbox.change(phone(1234567, "(IN)+91 0987654321"))
    fs.outlive(1)
    new = file.read_bytes()
    assert len(new) == len(old) and b"0987654321" in new


def test_an_open_file_of_a_removed_user_keeps_its_bytes(sandbox, mount):
    fs = mount(sandbox, cache_ttl=1)
    file = fs / users(MARKETING) / "1234588.json"
    with open(file, "rb") as opened:
        size = os.stat(file).st_size
        sandbox.change({"remove": 1234588})
        fs.outlive(1)
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
    assert [reader.communicate(timeout=30) for reader in readers] == [("", "")] * 4
    assert [reader.returncode for reader in readers] == [0] * 4
