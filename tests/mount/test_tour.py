"""Lists that are asked for ahead of a process which reads one after the other, and no others."""

import os
import random
import subprocess
import threading
import time

import pytest

from account import DEPARTMENTS, FIELD, users
from sandbox import phone
from tools import ENOUGH, output, run, wait_until

FIRST = 2001  # the sandbox's option --departments begins there
COUNT = 40
IDS = range(FIRST, FIRST + COUNT)
PARALLEL = 8
# An answer that fails holds back what is asked for ahead.
exact = pytest.mark.exact_service("what is asked for ahead is counted")
READS = """
import os, sys
for line in sys.stdin:
    try:
        print(len(os.listdir(f"{sys.argv[1]}/{line.strip()}/users")), flush=True)
    except OSError as error:
        print(-error.errno, flush=True)
"""


class Reader:
    """A process that lists the users of one department after the other, as it is told to."""

    def __init__(self, fs):
        command = ["/usr/bin/python3", "-c", READS, str(fs / DEPARTMENTS)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def read(self, *ids: int) -> list[int]:
        """How many each has, or what is wrong with it."""
        found = []
        for id in ids:
            self.process.stdin.write(f"{id}\n")
            found.append(int(self.process.stdout.readline()))
        return found

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(ENOUGH) == 0


@pytest.fixture
def reader():
    """Starts a reader of this mount."""
    readers = []

    def start(fs) -> Reader:
        readers.append(Reader(fs))
        return readers[-1]

    yield start
    for one in readers:
        one.end()


@pytest.fixture
def many(serve):
    return serve("--departments", str(COUNT))


@pytest.fixture
def slow_clock(clock):
    """On a busy machine, a reader does not pause between two lists either."""
    clock.slow_down()
    return clock


@pytest.fixture
def listed(many, mount, slow_clock):
    """A mount in which the departments are listed, and nothing else was asked for."""

    def start(**options):
        fs = mount(many, **options)
        os.listdir(fs / DEPARTMENTS)
        many.reset()
        return fs

    return start


def asked(sandbox) -> list[int]:
    """Whose users were asked for so far."""
    lists = sorted(sandbox.paths().items())
    assert all(path.endswith("/users") for path, _ in lists)
    return [int(path.split("/")[-2]) for path, count in lists for _ in range(count)]


def assert_asked(sandbox, expected: list[int]):
    """What is asked for ahead is asked for a moment later."""
    wait_until(lambda: len(asked(sandbox)) >= len(expected))
    time.sleep(0.1)
    assert asked(sandbox) == expected


def between(first: int, last: int) -> list[int]:
    return list(range(FIRST + first, FIRST + last + 1))


# -------- what a walk costs --------

WALKS = {
    "find": ["find"],
    "ls -R": ["ls", "-R"],
    "grep -r": ["grep", "-r", "nobody has this"],
    "rg": ["rg", "nobody has this"],
    "rg -j 1": ["rg", "-j", "1", "nobody has this"],
    "rsync": ["rsync", "-a"],
}


# semantics: F14, F3
@pytest.mark.parametrize("program", WALKS)
def test_a_walk_costs_each_list_once(many, mount, memory, program):
    fs = mount(many)
    many.reset()
    target = [memory] if program == "rsync" else []
    assert run(*WALKS[program], fs / DEPARTMENTS, *target).returncode in (0, 1)
    paths = many.paths()
    assert paths.pop(f"/{DEPARTMENTS}") == 1
    assert paths.pop(f"/{users(FIELD)}") == 3
    assert set(paths.values()) == {1}
    assert {f"/{users(id)}" for id in IDS} <= set(paths)
    assert len(paths) == COUNT + 3


# semantics: F14
def test_two_walks_at_once_cost_each_list_once(many, mount, spawn):
    many.latency(20)
    fs = mount(many)
    many.reset()
    walks = [spawn("find", fs / DEPARTMENTS), spawn("rg", "nobody has this", fs / DEPARTMENTS)]
    for walk in walks:
        assert walk.communicate(timeout=ENOUGH)[1] == ""
    paths = many.paths()
    assert paths.pop(f"/{users(FIELD)}") == 3
    assert set(paths.values()) == {1} and len(paths) == COUNT + 4


class Crowd:
    """Counts how many calls a service has under way at once."""

    def __init__(self):
        self.lock = threading.Lock()
        self.now = self.most = 0

    def wait(self, path: str):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.1)
        with self.lock:
            self.now -= 1


# semantics: F14
@pytest.mark.parametrize("parallel", [8, 3])
def test_a_walk_has_as_many_calls_under_way_as_are_allowed_and_no_more(service, mount, parallel):
    for id in IDS:
        service.account.join(id, id * 10)
    fs = mount(service, parallel=parallel)
    os.listdir(fs / DEPARTMENTS)
    crowd = Crowd()
    service.hold = crowd.wait
    output("find", fs / DEPARTMENTS)
    assert crowd.most == parallel


# -------- who stops --------


# semantics: F14
@exact
def test_two_lists_cost_two_calls(many, listed, reader):
    assert reader(listed()).read(FIRST, FIRST + 1) == [10, 10]
    assert_asked(many, between(0, 1))


# semantics: F14
@exact
def test_who_has_read_three_has_three_ahead(many, listed, reader):
    reader(listed()).read(*between(5, 7))
    assert_asked(many, between(5, 10))


# semantics: F14
@exact
@pytest.mark.parametrize("parallel", [1, 4, PARALLEL, 20])
def test_nobody_has_more_ahead_than_are_allowed(many, listed, reader, parallel):
    reader(listed(parallel=parallel)).read(*between(0, 11))
    assert_asked(many, between(0, 11 + min(parallel, 12)))


# semantics: F14
@exact
def test_who_goes_backwards_has_those_before_ahead(many, listed, reader):
    reader(listed()).read(*reversed(between(20, 22)))
    assert_asked(many, between(17, 22))


# semantics: F14
@exact
def test_nothing_is_asked_for_ahead_in_another_order(many, listed, reader):
    fs = listed()
    every_other = list(IDS[::2])
    shuffled = list(IDS[1::2])
    random.Random(14).shuffle(shuffled)
    reader(fs).read(*every_other)
    assert_asked(many, every_other)
    reader(fs).read(*shuffled)
    assert_asked(many, list(IDS))


# semantics: F14
@exact
def test_nothing_is_asked_for_ahead_of_several_processes(many, listed):
    fs = listed()
    for id in between(0, 5):
        output("ls", fs / users(id))
    assert_asked(many, between(0, 5))


# semantics: F14
@exact
def test_who_pauses_begins_anew(many, listed, reader, slow_clock):
    one = reader(listed())
    one.read(*between(0, 2))
    assert_asked(many, between(0, 5))
    slow_clock.move(2)
    one.read(FIRST + 6, FIRST + 7)
    assert_asked(many, between(0, 7))
    one.read(FIRST + 8)
    assert_asked(many, between(0, 11))


# -------- lists that are not short --------


def long_department(service, mount):
    for id in IDS[:10]:
        service.account.join(id, *range(id * 10000, id * 10000 + (1000 if id == FIRST + 3 else 5)))
    fs = mount(service, per_page=100)
    os.listdir(fs / DEPARTMENTS)
    service.reset()
    return fs


def settle(service, department: int, count: int):
    wait_until(lambda: len(service.asked(department)) == count)
    time.sleep(0.2)
    assert len(service.asked(department)) == count


# semantics: F14
def test_of_a_long_list_one_call_is_made_ahead(service, mount, reader, slow_clock):
    fs = long_department(service, mount)
    one = reader(fs)
    one.read(*between(0, 2))
    settle(service, FIRST + 3, 1)
    assert one.read(FIRST + 3) == [1000]
    assert set(service.urls(FIRST + 3).values()) == {1}
    assert len(service.asked(FIRST + 3)) <= 12
    assert one.read(*between(4, 9)) == [5] * 6
    assert all(len(service.asked(FIRST + i)) == 1 for i in range(10) if i != 3)


# semantics: F14, F9
def test_one_user_of_a_list_that_was_begun_ahead_costs_one_call(service, mount, reader, slow_clock):
    fs = long_department(service, mount)
    reader(fs).read(*between(0, 2))
    settle(service, FIRST + 3, 1)
    service.reset()
    id = (FIRST + 3) * 10000 + 500
    output("cat", fs / users(FIRST + 3) / f"{id}.json")
    assert [call.path for call in service.calls] == [f"/users/{id}"]


# semantics: F14
def test_lists_of_two_pages_come_ahead_as_well(service, mount, reader, slow_clock):
    for id in IDS[:12]:
        service.account.join(id, *range(id * 10000, id * 10000 + 150))
    fs = mount(service, per_page=100)
    os.listdir(fs / DEPARTMENTS)
    one = reader(fs)
    one.read(*between(0, 2))
    settle(service, FIRST + 5, 1)
    one.read(FIRST + 3)
    wait_until(lambda: len(service.asked(FIRST + 5)) == 2)
    assert one.read(*between(4, 11)) == [150] * 8
    assert all(len(service.asked(id)) == 2 for id in IDS[:12])


# -------- services that fail, or allow little --------


# semantics: F14, E2
def test_a_department_that_is_forbidden_costs_one_call(many, mount):
    many.fault(users(FIRST + 9), status=403)
    fs = mount(many)
    fs.expect_log("403")
    walk = run("find", fs / DEPARTMENTS)
    assert walk.stderr.count("Permission denied") == 2 and walk.returncode == 1
    paths = many.paths()
    assert all(paths[f"/{users(id)}"] == 1 for id in IDS)


# semantics: F14
@pytest.mark.exact_service("the tries are counted")
def test_a_department_that_fails_is_tried_no_more_often(many, mount):
    many.fault(users(FIRST + 9), status=500)
    fs = mount(many)
    fs.expect_log("500")
    walk = run("find", fs / DEPARTMENTS)
    assert walk.stderr.count("Input/output error") == 2 and walk.returncode == 1
    paths = many.paths()
    assert paths.pop(f"/{users(FIRST + 9)}") == 4
    assert all(paths[f"/{users(id)}"] == 1 for id in IDS if id != FIRST + 9)


# semantics: F14
@exact
def test_calls_are_left_for_others(many, listed, reader):
    """The mount and the departments took two of ten, and the last two are handed out evenly."""
    fs = listed(rate=10)
    reader(fs).read(*between(0, 2))
    assert_asked(many, between(0, 4))
    start = time.monotonic()
    output("ls", fs / users(FIRST + 20))
    assert time.monotonic() - start < 20
    assert_asked(many, [*between(0, 4), FIRST + 20])


# semantics: F14
@exact
@pytest.mark.parametrize("max_calls, ahead", [(25, 0), (40, 3)])
def test_of_the_last_calls_none_is_made_ahead(many, listed, reader, max_calls, ahead):
    reader(listed(max_calls=max_calls)).read(*between(0, 2))
    assert_asked(many, between(0, 2 + ahead))


# semantics: F14, O1
def test_nothing_is_asked_for_ahead_with_one_list(many, mount):
    fs = mount(many, one_list=True)
    many.reset()
    output("find", fs / DEPARTMENTS)
    assert not {f"/{users(id)}" for id in IDS[1:]} & set(many.paths())


# -------- what ends it --------


# semantics: F14, F7
@exact
def test_what_was_asked_for_ahead_of_a_sighup_is_not_seen_after_it(many, listed, reader, slow_clock):
    fs = listed()
    one = reader(fs)
    one.read(*between(0, 4))
    assert_asked(many, between(0, 9))
    ids = [many.user_ids(id)[0] for id in between(5, 9)]
    many.change(*[phone(id, "555-0100") for id in ids])
    fs.refresh()
    slow_clock.move(0.01)
    many.reset()
    assert one.read(*between(5, 9)) == [10] * 5
    for department, id in zip(between(5, 9), ids):
        assert "555-0100" in output("cat", fs / users(department) / f"{id}.json")
    paths = many.paths()
    assert [paths[f"/{users(id)}"] for id in between(5, 9)] == [1] * 5


# semantics: F14, E5
@exact
def test_a_mount_ends_though_calls_are_under_way_that_were_made_ahead(many, listed):
    for id in between(3, 5):
        many.fault(users(id), stall=600)
    fs = listed(debug=True)
    one = Reader(fs)
    one.read(*between(0, 2))
    wait_until(lambda: many.calls()["in_flight"] == 3)
    one.end()
    output("ls", fs / users(FIRST + 20))
    start = time.monotonic()
    fs.stop()
    assert time.monotonic() - start < 30
