"""Memory that is refused, one allocation after the other: an errno, never a crash or a gap."""

import errno
import mmap
import os
import random
import struct
from pathlib import Path

import pytest

from account import ARCHIVE, FIELD, RESEARCH
from link_names import expected_links
from model import expected_tree
from mount import BAD
from tools import rsync, run, tree

SEED = int(os.environ.get("QPFS_SEED", str(random.SystemRandom().randrange(10**9))))
SAMPLES = int(os.environ.get("QPFS_ROUNDS", "120"))
LONG = pytest.mark.timeout(300 + SAMPLES)
WORDS = ["everywhere", "first", "last", "counted", "failed"]  # as in fail_alloc.c
OPTIONS = {"timeout": 2, "cache_ttl": 600, "per_page": 4}


class Control:
    """The file through which fail_alloc.c is told what to do."""

    def __init__(self, path: Path):
        path.write_bytes(bytes(mmap.PAGESIZE))
        with open(path, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), mmap.PAGESIZE)

    def __getitem__(self, word: str) -> int:
        return struct.unpack_from("=Q", self.shared, 8 * WORDS.index(word))[0]

    def __setitem__(self, word: str, value: int):
        struct.pack_into("=Q", self.shared, 8 * WORDS.index(word), value)

    def arm(self, first: int, last: int):
        self["last"] = self["failed"] = self["counted"] = 0
        self["first"] = first
        self["last"] = last

    def disarm(self) -> int:
        """How many allocations failed."""
        self["last"] = 0
        return self["failed"]


class Walk:
    """Everything that can be listed and read, and the errno of what cannot."""

    def __init__(self, top: Path):
        self.top = top
        self.files: dict[str, bytes | str] = {}
        self.lists: dict[str, set[str]] = {}
        self.errors: dict[str, int] = {}
        self.visit("")

    def visit(self, name: str):
        try:
            entries = list(os.scandir(self.top / name))
        except OSError as error:
            self.errors[name] = error.errno
            return
        self.lists[name] = {entry.name for entry in entries}
        for entry in entries:
            path = f"{name}/{entry.name}".lstrip("/")
            if entry.is_dir(follow_symlinks=False):
                self.visit(path)
            else:
                self.read(path)

    def read(self, name: str):
        try:
            path = self.top / name
            self.files[name] = os.readlink(path) if path.is_symlink() else path.read_bytes()
        except OSError as error:
            self.errors[name] = error.errno


def listings(files: dict[str, bytes | str]) -> dict[str, set[str]]:
    """The names in each directory that these files are in."""
    found: dict[str, set[str]] = {}
    for name in files:
        parts = name.split("/")
        for i, part in enumerate(parts):
            found.setdefault("/".join(parts[:i]), set()).add(part)
    return found


class Account:
    """A small one, with a department that is new each time: its directories are as well."""

    def __init__(self, serve):
        self.sandbox = serve("--departments", "1", "--users-per", "9")
        self.sandbox.change(
            *[{"remove_department": id} for id in (ARCHIVE, RESEARCH, FIELD)],
        )
        self.newest = 5_000_000
        self.sandbox.change({"add_department": self.newest, "name": "first"})
        self.renew()

    def renew(self):
        old, self.newest = self.newest, self.newest + 1
        self.sandbox.change(
            {"remove_department": old},
            {"add_department": self.newest, "name": "new"},
            *[{"add": self.newest, "id": self.newest * 100 + i} for i in range(9)],
        )
        self.files = expected_tree(self.sandbox) | expected_links(self.sandbox)
        self.lists = listings(self.files)


class Trial:
    def __init__(self, build, serve, mount, environment, tmp_path):
        self.account = Account(serve)  # first: the sandbox gets all the memory that it wants
        library = build / "tests/long/libfail_alloc.so"
        assert library.exists()
        environment |= {"LD_PRELOAD": str(library), "QPFS_FAIL_ALLOC": str(tmp_path / "control")}
        environment["ASAN_OPTIONS"] = f"verify_asan_link_order=0:{environment['ASAN_OPTIONS']}"
        self.control = Control(tmp_path / "control")
        self.fs = mount(self.account.sandbox, **OPTIONS)
        self.errors: set[int] = set()
        self.failed = 0

    def walk(self, first: int, last: int) -> int:
        """A cold walk in which these allocations fail; returns how many did."""
        self.account.renew()
        self.fs.refresh()
        self.control.arm(first, last)
        seen = Walk(self.fs.point)
        failed = self.control.disarm()
        where = (first, last, self.fs.log[-3:])
        assert self.fs.process.poll() is None, where
        self.judge(seen, where)
        assert failed or not seen.errors, (where, seen.errors)
        self.failed += failed
        return failed

    def judge(self, seen: Walk, where):
        assert errno.ENOENT not in seen.errors.values(), (where, seen.errors)
        self.errors |= set(seen.errors.values())
        for name, names in seen.lists.items():
            if name in self.account.lists:
                assert names == self.account.lists[name], (where, name)
        for name, data in seen.files.items():
            assert data == self.account.files.get(name), (where, name)
        complete = set(self.account.files) - set(seen.files)
        lost = [n for n in complete if not any(n.startswith(e) for e in seen.errors)]
        assert lost == [], where

    def check_whole(self):
        """Without any failure everything is there, at once."""
        seen = Walk(self.fs.point)
        assert seen.errors == {}
        assert seen.files == self.account.files

    def tolerate(self):
        if any(BAD.search(line) for line in self.fs.log):
            self.fs.expect_log("error|warning")


@pytest.fixture
def trial(build, serve, mount, environment, tmp_path):
    trial = Trial(build, serve, mount, environment, tmp_path)
    yield trial
    trial.control.disarm()
    trial.tolerate()


@LONG
def test_each_allocation_of_our_own_fails_once(trial):
    number = 0
    while trial.walk(number + 1, number + 1):
        number += 1
        trial.check_whole()
    assert number > 150, "so many there are at least"
    assert trial.errors == {errno.ENOMEM}
    print(f"{number} allocations, {trial.failed} failures")


@LONG
def test_stretches_of_failures(trial):
    print(f"QPFS_SEED={SEED}")
    chance = random.Random(SEED)
    trial.walk(0, 0)
    total = trial.control["counted"]
    for _ in range(SAMPLES // 2):
        first = chance.randint(1, total)
        trial.walk(first, first + chance.choice([1, 3, 10, 10**9]))
        trial.check_whole()
    assert trial.failed > SAMPLES // 2


@LONG
def test_a_library_that_gets_no_memory(trial):
    """libfuse, libcurl, cJSON, libc: one allocation in all of the process fails."""
    print(f"QPFS_SEED={SEED}")
    chance = random.Random(SEED)
    trial.control["everywhere"] = 1
    trial.walk(0, 0)
    total = trial.control["counted"]
    for _ in range(SAMPLES):
        first = chance.randint(1, total)
        trial.walk(first, first)
        trial.fs.refresh()  # what cJSON gets no memory for looks like bad JSON, for a second
        trial.check_whole()
    print(f"of {total} allocations; {sorted(errno.errorcode[e] for e in trial.errors)}")


@LONG
def test_a_backup_loses_nothing(trial, tmp_path):
    print(f"QPFS_SEED={SEED}")
    chance = random.Random(SEED)
    backup = tmp_path / "backup"
    rsync(f"{trial.fs.point}/", backup)
    before = tree(backup)
    trial.walk(0, 0)
    total = trial.control["counted"]
    rsync("--delete", f"{trial.fs.point}/", backup)
    before = tree(backup)
    for _ in range(SAMPLES // 4):
        trial.fs.refresh()
        trial.control.arm(chance.randint(1, total), total)
        done = run("rsync", "-a", "--delete", f"{trial.fs.point}/", backup)
        failed = trial.control.disarm()
        assert done.returncode in ((0, 23) if failed else (0,)), done.stderr
        assert tree(backup) == before
