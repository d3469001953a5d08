"""Directories that the kernel reads from the names that it keeps: always those of one list."""

import ctypes
import os
import platform
import random
import re
import signal
import threading
import time
from pathlib import Path

import pytest

from account import ARCHIVE, PANEL, users
from tools import output, wait_until

libc = ctypes.CDLL(None, use_errno=True)
libc.getdents64.restype = ctypes.c_ssize_t

# As many as go into a buffer are read at a time, which is some 30.
BUFFER = 1000

PAGE = os.sysconf("SC_PAGESIZE")

# Linux from 6.16 on is told what it may keep.
KEEPS = tuple(map(int, re.findall(r"\d+", platform.release())[:2])) >= (6, 16)


class Reader:
    """A directory that is open."""

    def __init__(self, path: Path):
        self.file = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        self.asked = 0  # how often the kernel was
        self.buffer = ctypes.create_string_buffer(BUFFER)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.file)

    def some(self) -> list[str]:
        self.asked += 1
        got = libc.getdents64(self.file, self.buffer, ctypes.c_size_t(BUFFER))
        if got < 0:
            raise OSError(ctypes.get_errno(), "getdents64")
        names, at = [], 0
        while at < got:
            length = int.from_bytes(self.buffer.raw[at + 16 : at + 18], "little")
            names.append(os.fsdecode(self.buffer.raw[at + 19 : at + length].split(b"\0")[0]))
            at += length
        return names

    def rest(self) -> list[str]:
        names = []
        while more := self.some():
            names += more
        return [name for name in names if name not in (".", "..")]

    def rewind(self):
        os.lseek(self.file, 0, os.SEEK_SET)

    def lose(self, page: int):
        """The kernel drops a page of its list, as it does when memory is short."""
        os.posix_fadvise(self.file, page * PAGE, PAGE, os.POSIX_FADV_DONTNEED)


@pytest.fixture
def panel(serve):
    return serve("--users", "2000")


def readdirs(fs, times: int) -> int:
    """How often the kernel asks for names where they are listed so often."""
    for _ in range(times):
        assert output("ls", "-f", fs / users(PANEL)).count(".json") == 2000
    fs.stop()
    return fs.requests()["readdir"]


def test_a_list_is_read_again_without_us(panel, mount):
    once, often = [readdirs(mount(panel, debug=True), times) for times in (1, 5)]
    assert often == (once if KEEPS else 5 * once)


def test_a_list_that_lost_its_first_page_is_read_anew(panel, mount):
    fs = mount(panel, debug=True)
    for _ in range(2):
        with Reader(fs / users(PANEL)) as reader:
            assert len(reader.rest()) == 2000
            reader.lose(0)
            asked = reader.asked
            reader.rewind()
            assert len(reader.rest()) == 2000
    fs.stop()
    assert fs.requests()["readdir"] >= 3 * asked if KEEPS else 4 * asked


def test_nothing_is_kept_where_other_users_may_look_in(panel, mount):
    once, often = [readdirs(mount(panel, debug=True, allow_other=True), times) for times in (1, 5)]
    assert often == 5 * once


def test_a_list_that_is_over_is_read_anew(panel, mount, clock):
    fs = mount(panel, cache_ttl=60)
    for number in range(3):
        assert len(os.listdir(fs / users(PANEL))) == 2000 + number
        panel.change({"add": PANEL, "id": 9000000 + number})
        clock.outlive(60)
    assert len(os.listdir(fs / users(PANEL))) == 2003


@pytest.mark.parametrize("way", ["its time is over", "SIGHUP"])
def test_rewinding_what_the_kernel_keeps_shows_who_came_meanwhile(panel, mount, clock, way):
    fs = mount(panel, cache_ttl=60)
    with Reader(fs / users(PANEL)) as reader:
        for number in range(3):
            assert len(reader.rest()) == 2000 + number
            reader.rewind()
            assert len(reader.rest()) == 2000 + number
            panel.change({"add": PANEL, "id": 9000000 + number})
            if way == "SIGHUP":
                fs.refresh()
            else:
                clock.outlive(60)
                os.statvfs(fs.point)  # it does not see by itself that the clock was moved
            wait_until(lambda: reader.rewind() or len(reader.rest()) == 2001 + number)
            reader.rewind()


# -------- lists that the kernel may take for another --------


SIZE = 400


def people(generation: int) -> list[int]:
    """Nobody is in two generations."""
    return [5000000 + 1000 * generation + number for number in range(SIZE)]


def replace(sandbox, old: list[int], new: list[int]):
    sandbox.change(*({"remove": id} for id in old), *({"add": ARCHIVE, "id": id} for id in new))


def generation_of(names: list[str]) -> int:
    """The only one that all of them are of."""
    generation = (int(names[0][:-5]) - 5000000) // 1000
    assert [int(name[:-5]) for name in names] == people(generation)
    return generation


# As many names of 17 bytes fill a page of the kernel's list, with "." and "..".
PAGEFUL = [100000000000 + number for number in range(84)]


# semantics: F5
@pytest.mark.parametrize("first", ["slow", "rewound"])
@pytest.mark.parametrize(
    "old, new", [(people(0), PAGEFUL), (PAGEFUL, people(0))], ids=["new", "old"]
)
def test_a_reader_in_the_midst_is_not_at_the_end_of_a_list_that_fills_a_page(
    serve, mount, old, new, first
):
    sandbox = serve()
    replace(sandbox, [], old)
    fs = mount(sandbox, cache_ttl=600)
    with Reader(fs / users(ARCHIVE)) as one, Reader(fs / users(ARCHIVE)) as other:
        slow, rewound = (one, other) if first == "slow" else (other, one)
        assert len(rewound.rest()) == len(old)
        names = slow.some()
        replace(sandbox, old, new)
        fs.refresh()
        wait_until(lambda: rewound.rewind() or len(rewound.rest()) == len(new))
        names += slow.rest()
    assert len(names) == len(old) + 2


# semantics: F5
def test_a_list_that_was_read_halfway_is_not_gone_on_with(serve, mount):
    sandbox = serve()
    replace(sandbox, [], people(0))
    fs = mount(sandbox, cache_ttl=60)
    with Reader(fs / users(ARCHIVE)) as reader:
        for generation in range(3):
            reader.some()
            replace(sandbox, people(generation), people(generation + 1))
            fs.refresh()
            for _ in range(2):
                reader.rewind()
                assert generation_of(reader.rest()) == generation + 1
            reader.rewind()


# semantics: F5
def test_a_list_that_was_read_halfway_is_not_gone_on_with_by_who_opens_it(serve, mount, clock):
    sandbox = serve()
    replace(sandbox, [], people(0))
    fs = mount(sandbox, cache_ttl=60)
    for generation in range(3):
        with Reader(fs / users(ARCHIVE)) as reader:
            reader.some()
        replace(sandbox, people(generation), people(generation + 1))
        clock.outlive(60)
        for _ in range(2):
            with Reader(fs / users(ARCHIVE)) as reader:
                assert generation_of(reader.rest()) == generation + 1


def test_who_opens_a_directory_beside_others_reads_what_is_shown_now(serve, mount):
    sandbox = serve()
    replace(sandbox, [], people(0))
    fs = mount(sandbox, cache_ttl=60)
    with Reader(fs / users(ARCHIVE)) as one:
        assert generation_of(one.rest()) == 0
        replace(sandbox, people(0), people(1))
        fs.refresh()
        with Reader(fs / users(ARCHIVE)) as other:
            for _ in range(2):
                assert generation_of(other.rest()) == 1
                other.rewind()
                wait_until(lambda: one.rewind() or generation_of(one.rest()) == 1)


# -------- a crowd --------


class Generations:
    """All people of a department are replaced, again and again."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.times = []
        self.next()

    def next(self):
        number = len(self.times)
        replace(self.sandbox, people(number - 1) if number else [], people(number))
        self.times.append(time.monotonic())

    def at(self, moment: float) -> int:
        return sum(began < moment for began in self.times) - 1


class Crowd:
    """Readers who begin, stop, rewind and go on as they like."""

    def __init__(self, path: Path, generations: Generations, ttl: float):
        self.path = path
        self.generations = generations
        self.ttl = ttl
        self.problems: list[str] = []
        self.reads = 0
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(n,)) for n in range(5)]
        for thread in self.threads:
            thread.start()

    def work(self, number: int):
        chance = random.Random(number)
        try:
            while not self.stop.is_set():
                with Reader(self.path) as reader:
                    self.read(reader, chance)
        except Exception as error:
            self.problems.append(repr(error))

    def read(self, reader: Reader, chance: random.Random):
        for _ in range(chance.choice([1, 1, 2, 5])):
            began = time.monotonic()
            names = reader.some()
            time.sleep(chance.choice([0] * 9 + [0.01, 0.3]))
            if chance.random() < 0.2:
                reader.lose(chance.randrange(4))
            if chance.random() < 0.003:
                return
            self.judge([*names, *reader.rest()], began)
            time.sleep(chance.choice([0] * 9 + [0.01, 0.5]))
            reader.rewind()

    def judge(self, names: list[str], began: float):
        ids = [int(name[:-5]) for name in names if name not in (".", "..")]
        generation = (ids[0] - 5000000) // 1000 if ids else -1
        # A list serves for a TTL, and is recalled a second later where it was read beyond that.
        oldest = self.generations.at(began - self.ttl - 1.5)
        if ids != people(generation):
            self.problems.append(f"{len(ids)} names, of {generation} at first: {ids}")
        elif generation < oldest:
            self.problems.append(f"{generation} is shown and not {oldest}")
        self.reads += 1

    def finish(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


# semantics: F5
def test_a_crowd_reads_lists_that_are_whole_while_they_change(serve, mount):
    sandbox = serve()
    generations = Generations(sandbox)
    fs = mount(sandbox, cache_ttl=1)
    crowd = Crowd(fs / users(ARCHIVE), generations, 1)
    end = time.monotonic() + 6
    while time.monotonic() < end and not crowd.problems:
        time.sleep(0.5)
        generations.next()
        if len(generations.times) % 4 == 0:
            fs.signal(signal.SIGHUP)
    crowd.finish()
    assert crowd.problems == []
    assert crowd.reads > 100
