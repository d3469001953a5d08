"""Readers in crowds while the account changes: only whole records, and nothing is left over."""

import json
import os
import random
import re
import threading
import time
from pathlib import Path

import pytest

from account import RESEARCH, users
from fixtures import build_name
from crowd import Repeated, fio, judge_stress, stress
from tools import output, remount

SECONDS = float(os.environ.get("QPFS_PRESSURE", "30"))
FIELDS = ["phone", "firstName", "lastName", "emailAddress"]
STEADY = 20  # so many records keep their size, for fio asks for that only at the beginning
FIRST_GUEST = 9000000


def rss(pid: int) -> int:
    """In KiB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def version(number: int, steady: bool) -> dict:
    text = f"version {number} "
    text += "x" * (100 - len(text) if steady else number * 37 % 300)
    return {field: text for field in FIELDS}


class Account:
    """All of a department's people change at once, and one guest comes as another goes."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.ids = sandbox.user_ids(RESEARCH)
        self.steady = set(self.ids[:STEADY])
        self.guests: set[int] = set()
        self.newest = -1
        self.change()

    def change(self):
        """Who reads in between may see the new version, but none after it."""
        self.newest += 1
        guest = FIRST_GUEST + self.newest
        changes = [{"change": id, "set": version(self.newest, id in self.steady)} for id in self.ids]
        changes.append({"add": RESEARCH, "id": guest})
        if self.newest:
            changes.append({"remove": guest - 1})
        self.guests.add(guest)
        self.sandbox.change(*changes)

    def judge(self, id: int, record: dict):
        texts = {record[field] for field in FIELDS}
        assert len(texts) == 1, (id, texts)
        number = int(texts.pop().split()[1])
        assert 0 <= number <= self.newest
        assert record["phone"] == version(number, id in self.steady)["phone"]


class Readers:
    """Threads that read records until they are told to stop."""

    def __init__(self, top: Path, account: Account):
        self.top = top
        self.account = account
        self.stop = threading.Event()
        self.files = 0
        self.problems: list = []
        self.threads = [threading.Thread(target=self.work, args=(i,)) for i in range(16)]
        for thread in self.threads:
            thread.start()

    def work(self, seed: int):
        chance = random.Random(seed)
        while not self.stop.is_set() and not self.problems:
            try:
                ids = {int(entry.name.removesuffix(".json")) for entry in os.scandir(self.top)}
                assert set(self.account.ids) <= ids
                assert len(ids - set(self.account.ids)) == 1, "one guest at a time"
                for id in chance.sample(sorted(ids), 40):
                    self.read(id)
            except Exception as problem:
                self.problems.append(repr(problem))

    def read(self, id: int):
        guest = id in self.account.guests
        try:
            record = json.loads((self.top / f"{id}.json").read_bytes())
        except FileNotFoundError:
            assert guest, id
            return
        assert record["userID"] == id
        if not guest:
            self.account.judge(id, record)
        self.files += 1

    def finish(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def crowd(top: Path, account: Account) -> list[Repeated]:
    """48 readers: 4 x 8 cat, 2 rg of 4 threads, 2 fio of 4."""
    xargs = "find . -type f -print0 | xargs -0 -P8 -n20 cat"
    steady = [top / f"{id}.json" for id in sorted(account.steady)]
    programs = [Repeated(["sh", "-c", xargs], top, account.guests, (0, 1, 123)) for _ in range(4)]
    rg = ["rg", "--threads=4", "--count", "userID", "."]
    programs += [Repeated(rg, top, account.guests, (2,)) for _ in range(2)]
    engines = ["psync", "mmap"]
    return programs + [Repeated(fio(engine, steady, 3), top, set(), ()) for engine in engines]


def press(fs, top: Path, account: Account, root: Path, seconds: float) -> tuple[list[int], int]:
    """What the daemon's memory was all the while, and how many files the threads read."""
    readers, programs = Readers(top, account), crowd(top, account)
    stressed = stress(root, top, seconds)
    sizes = []
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end and not readers.problems:
            account.change()
            time.sleep(0.2)
            sizes.append(rss(fs.pid))
    finally:
        readers.finish()
        for program in programs:
            program.finish()
        said = judge_stress(stressed)
    assert said == ""
    assert readers.problems + [p for program in programs for p in program.problems] == []
    assert all(program.runs > 1 for program in programs), [p.runs for p in programs]
    return sizes, readers.files


def let_go(fs):
    """Being mounted again makes the kernel drop all names that nobody uses, and say so."""
    remount(fs.point, read_only=True)
    forgotten = -1
    while forgotten != (forgotten := len(fs.logged("opcode: (BATCH_)?FORGET"))):
        time.sleep(0.5)
        os.statvfs(fs.point)


def check_memory(sizes: list[int], sanitized: bool):
    """It is flat to a few snapshots of 400 KiB, which are held by who reads a directory slowly."""
    margin = 6000 if sanitized else 1500
    quarter = len(sizes) // 4
    assert max(sizes[-quarter:]) < max(sizes[quarter : 2 * quarter]) + margin, sizes


@pytest.mark.timeout(180 + 4 * SECONDS)
def test_readers_see_only_whole_records_and_memory_is_flat(
    sandbox, mount, build, environment, tmp_path
):
    # ASan keeps what was freed, which is no leak.
    environment["ASAN_OPTIONS"] = "quarantine_size_mb=1:" + environment["ASAN_OPTIONS"]
    account = Account(sandbox)
    fs = mount(sandbox, cache_ttl=1)
    before = descriptors(fs.pid)
    sizes, files = press(fs, fs / users(RESEARCH), account, tmp_path / "root", SECONDS)
    print(f"{files} files read, descriptors {before} and {descriptors(fs.pid)}, KiB {sizes}")
    assert files > 1000
    check_memory(sizes, build_name(build) == "sanitized")
    # Four listings of one page are read here: so many connections, one of which was there.
    assert descriptors(fs.pid) <= before + 3


@pytest.mark.timeout(180 + 4 * SECONDS)
def test_the_kernel_holds_no_node_afterwards(sandbox, mount, tmp_path):
    """Nor is anything else left, which Mount looks at."""
    account = Account(sandbox)
    fs = mount(sandbox, cache_ttl=1, debug=True)
    press(fs, fs / users(RESEARCH), account, tmp_path / "root", min(SECONDS, 10))
    let_go(fs)
    fs.stop()
    assert fs.logged(r"held at the end: 0 nodes$")
