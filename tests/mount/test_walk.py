"""A walk that takes longer than the TTL costs one walk, and nobody else sees anything old."""

import os
import subprocess
from collections import Counter

import pytest

from account import DEPARTMENTS, ORGANIZATION, RESEARCH, USER, users
from sandbox import phone
from tools import output, rsync, run, wait_until

# How many people the departments of a long walk have.
COUNTS = {1230: 0, 1234: 2, 1235: 250, 1236: 2500} | dict.fromkeys(range(2001, 2061), 10)
READS = f"""
import os, sys
top = sys.argv[1]
names = os.listdir(top)
print(len(names), flush=True)
for line in sys.stdin:
    for name in line.split():
        print(open(f"{{top}}/{{name}}.json").read().count("555-0100"), flush=True)
"""


def calls_of_a_walk() -> dict[str, int]:
    """There are no communities, and the list of them is read twice for that."""
    paths = {f"/micropanel/users/{USER}/communities": 2, f"/{ORGANIZATION}": 1, f"/{DEPARTMENTS}": 1}
    return paths | {f"/{users(id)}": 3 if count > 1000 else 1 for id, count in COUNTS.items()}


def calls_of(service) -> Counter:
    return Counter(call.path for call in service.calls)


@pytest.fixture
def slow_walk(service, mount, clock):
    """Over it a walk takes many times the TTL: the clock goes on with each answer, and hardly by
    itself. So it stands still while a program looks at a file twice, which is one look. Nothing is
    asked for ahead of so slow a walk, and no answer comes between the two."""

    def start(**options):
        for id, count in COUNTS.items():
            service.account.join(id, *range(id * 10000, id * 10000 + count))
        clock.slow_down()
        fs = mount(service, cache_ttl=10, **options)
        service.reset()
        service.hold = lambda path: clock.move(3)
        return fs

    yield start
    assert clock.moved > 180


@pytest.fixture
def slow(slow_walk):
    return slow_walk()


# semantics: F10
def test_a_backup_that_outlasts_the_ttl_costs_one_walk(service, slow, memory):
    copied = rsync(slow / "communities", slow / "organizations", memory)
    assert len([line for line in copied if line.startswith(">f")]) > 2700
    assert calls_of(service) == calls_of_a_walk()


# semantics: F10
@pytest.mark.parametrize("program", [["tar", "-cf", "/dev/zero"], ["grep", "-r", "nobody has this"]])
def test_other_walks_that_outlast_the_ttl_cost_one_walk(service, slow, program):
    assert run(*program, slow.point).returncode in (0, 1)
    assert calls_of(service) == calls_of_a_walk()


# semantics: F10, X4
def test_a_backup_with_files_of_all_records_costs_one_walk(service, slow_walk, memory):
    fs = slow_walk(show_exports=True)
    copied = rsync(fs.point / "communities", fs / "organizations", memory)
    assert len([line for line in copied if line.endswith("users.csv")]) == len(COUNTS)
    assert calls_of(service) == calls_of_a_walk()


class Reader:
    """A process that has listed a department and reads what it is told to."""

    def __init__(self, directory):
        command = ["/usr/bin/python3", "-c", READS, str(directory)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert int(self.process.stdout.readline()) == 250

    def sees_change(self, id: int) -> bool:
        self.process.stdin.write(f"{id}\n")
        return self.process.stdout.readline() == "1\n"

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(60) == 0


@pytest.fixture
def changed(sandbox, mount, clock):
    """A department that was read by a process; then everybody in it changed, and the TTL ended
    while the process went on reading."""
    clock.slow_down()
    fs = mount(sandbox, cache_ttl=60)
    reader = Reader(fs / users(RESEARCH))
    ids = sandbox.user_ids(RESEARCH)
    sandbox.change(*[phone(id, "555-0100") for id in ids])
    for id in ids[10:15]:
        assert not reader.sees_change(id)
        clock.outlive(13)
    yield fs, reader, ids
    reader.end()


# semantics: F10
def test_who_comes_anew_sees_the_change_and_who_walks_sees_what_he_listed(changed):
    fs, reader, ids = changed
    assert not reader.sees_change(ids[1])
    assert "555-0100" in output("cat", fs / users(RESEARCH) / f"{ids[1]}.json")
    assert "555-0100" in output("cat", fs / users(RESEARCH) / f"{ids[2]}.json")


# semantics: F10
def test_who_walks_sees_the_change_at_his_third_look(changed, clock):
    _, reader, ids = changed
    for _ in range(2):
        assert not reader.sees_change(ids[1])
        clock.outlive(1)
    assert reader.sees_change(ids[1])


# semantics: F10
def test_who_paused_comes_anew(changed, clock):
    fs, reader, ids = changed
    clock.outlive(60)
    assert reader.sees_change(ids[1])


# semantics: F10
def test_who_walks_sees_the_change_when_somebody_else_had_it_fetched(changed):
    fs, reader, ids = changed
    output("ls", fs / users(RESEARCH))
    assert reader.sees_change(ids[1])


# semantics: F10, F7
def test_a_sighup_ends_every_walk(changed):
    fs, reader, ids = changed
    fs.refresh()
    wait_until(lambda: reader.sees_change(ids[1]))


def test_a_walk_of_threads_is_one_walk(service, slow):
    """Of a program that lists with one thread and reads with others."""
    program = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
[organization] = os.listdir(sys.argv[1])
top = f"{sys.argv[1]}/{organization}/departments"
departments = sorted(name for name in os.listdir(top) if name.isdigit())
files = [f"{top}/{d}/users/{name}" for d in departments for name in os.listdir(f"{top}/{d}/users")]
with ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(lambda path: len(open(path).read()) > 100, files)))
"""
    people = int(output("/usr/bin/python3", "-c", program, slow / "organizations"))
    assert people == sum(COUNTS.values())
    wanted = calls_of_a_walk().items()
    assert calls_of(service) == {path: n for path, n in wanted if path.startswith(f"/{DEPARTMENTS}")}
    assert os.path.isdir(slow / DEPARTMENTS)


LATER = """
import os, sys
directory, name, other = sys.argv[1:]

def child(work):
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    os.waitpid(pid, 0)
    return pid

def walks():
    os.listdir(directory)
    print("listed", flush=True)
    sys.stdin.readline()
    open(f"{directory}/{other}").read()

def child_with(pid, work):
    while True:
        with open("/proc/sys/kernel/ns_last_pid", "w") as last:
            last.write(str(pid - 1))
        if child(lambda: os.getpid() == pid and work()) == pid:
            return

pid = child(walks)
print("walked", flush=True)
sys.stdin.readline()
child_with(pid, lambda: print(open(f"{directory}/{name}").read().count("555-0100"), flush=True))
"""


# semantics: F10
def test_who_has_the_id_of_a_walker_that_ended_comes_anew(sandbox, mount, clock):
    """The kernel gives IDs again; it is told which one is next, until nobody else was faster."""
    fs = mount(sandbox, cache_ttl=60)
    id, other = sandbox.user_ids(RESEARCH)[:2]
    names = f"{id}.json", f"{other}.json"
    command = ["/usr/bin/python3", "-c", LATER, fs / users(RESEARCH), *names]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, bufsize=1, **pipes) as process:
        assert process.stdout.readline() == "listed\n"
        sandbox.change(phone(id, "555-0100"))
        clock.outlive(40)
        process.stdin.write("go on\n")
        assert process.stdout.readline().endswith("walked\n")
        clock.outlive(25)
        process.stdin.write("go on\n")
        assert process.stdout.readline() == "1\n"
