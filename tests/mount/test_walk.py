"""A walk that takes longer than the TTL costs one walk, and nobody else sees anything old."""

import os
import subprocess

import pytest

from account import DEPARTMENTS, ORGANIZATION, RESEARCH, USER, users
from sandbox import phone
from tools import output, rsync, run, wait_until

MANY = 60
READS = f"""
import os, sys, time
top = sys.argv[1]
names = os.listdir(top)
print(len(names), flush=True)
for line in sys.stdin:
    for name in line.split():
        print(open(f"{{top}}/{{name}}.json").read().count("555-0100"), flush=True)
"""


def calls_of_a_walk(departments: int) -> dict[str, int]:
    """Of the sandbox's own departments and as many more of ten users."""
    listed = [1230, 1234, 1235, *range(2001, 2001 + departments)]
    paths = {f"/micropanel/users/{USER}/communities": 1, f"/{ORGANIZATION}": 1, f"/{DEPARTMENTS}": 1}
    return paths | {f"/{users(1236)}": 3} | {f"/{users(department)}": 1 for department in listed}


def slow_walk(serve, mount, **options):
    """Over it a walk takes more than seven seconds, with a TTL of three. rsync reads nothing while
    its other half makes the links of the largest department, so it must not copy to a disk: a busy
    one was seen to take more than three seconds for that, which is a pause."""
    sandbox = serve("--departments", str(MANY))
    fs = mount(sandbox, cache_ttl=3, **options)
    sandbox.reset()
    sandbox.latency(110)
    return sandbox, fs


@pytest.fixture
def slow(serve, mount):
    return slow_walk(serve, mount)


# semantics: F10
def test_a_backup_that_outlasts_the_ttl_costs_one_walk(slow, memory):
    sandbox, fs = slow
    copied = rsync(fs / "communities", fs / "organizations", memory)
    assert len([line for line in copied if line.startswith(">f")]) > 2700
    assert sandbox.paths() == calls_of_a_walk(MANY)


# semantics: F10
@pytest.mark.parametrize("program", [["tar", "-cf", "/dev/zero"], ["grep", "-r", "nobody has this"]])
def test_other_walks_that_outlast_the_ttl_cost_one_walk(slow, program):
    sandbox, fs = slow
    assert run(*program, fs.point).returncode in (0, 1)
    assert sandbox.paths() == calls_of_a_walk(MANY)


# semantics: F10, X4
def test_a_backup_with_files_of_all_records_costs_one_walk(serve, mount, memory):
    sandbox, fs = slow_walk(serve, mount, show_exports=True)
    copied = rsync(fs.point / "communities", fs / "organizations", memory)
    assert len([line for line in copied if line.endswith("users.csv")]) == 4 + MANY
    assert sandbox.paths() == calls_of_a_walk(MANY)


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
        assert self.process.wait(10) == 0


@pytest.fixture
def changed(sandbox, mount):
    """A department that was read by a process; then everybody in it changed, and the TTL ended
    while the process went on reading."""
    fs = mount(sandbox, cache_ttl=2)
    reader = Reader(fs / users(RESEARCH))
    ids = sandbox.user_ids(RESEARCH)
    sandbox.change(*[phone(id, "555-0100") for id in ids])
    wanted = iter(ids[10:])
    waits = [0.4] * 5

    def pace():
        assert not reader.sees_change(next(wanted))

    for wait in waits:
        pace()
        subprocess.run(["sleep", str(wait)])
    yield fs, reader, ids
    reader.end()


# semantics: F10
def test_who_comes_anew_sees_the_change_and_who_walks_sees_what_he_listed(changed):
    fs, reader, ids = changed
    assert not reader.sees_change(ids[1])
    assert "555-0100" in output("cat", fs / users(RESEARCH) / f"{ids[1]}.json")
    assert "555-0100" in output("cat", fs / users(RESEARCH) / f"{ids[2]}.json")


# semantics: F10
def test_who_walks_sees_the_change_at_his_third_look(changed):
    _, reader, ids = changed
    for _ in range(2):
        assert not reader.sees_change(ids[1])
        subprocess.run(["sleep", "1.05"])
    assert reader.sees_change(ids[1])


# semantics: F10
def test_who_paused_comes_anew(changed):
    fs, reader, ids = changed
    subprocess.run(["sleep", "2.1"])
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


def test_a_walk_of_threads_is_one_walk(slow):
    """Of a program that lists with one thread and reads with others."""
    sandbox, fs = slow
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
    assert int(output("/usr/bin/python3", "-c", program, fs / "organizations")) == 2752 + 10 * MANY
    wanted = calls_of_a_walk(MANY)
    counted = sandbox.paths()
    assert {path: counted[path] for path in counted} == {
        path: wanted[path] for path in wanted if path.startswith(f"/{DEPARTMENTS}")
    }
    assert os.path.isdir(fs / DEPARTMENTS)


LATER = """
import os, sys, time
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
time.sleep(0.8)
child_with(pid, lambda: print(open(f"{directory}/{name}").read().count("555-0100"), flush=True))
"""


# semantics: F10
def test_who_has_the_id_of_a_walker_that_ended_comes_anew(sandbox, mount):
    """The kernel gives IDs again; it is told which one is next, until nobody else was faster."""
    fs = mount(sandbox, cache_ttl=2)
    id, other = sandbox.user_ids(RESEARCH)[:2]
    names = f"{id}.json", f"{other}.json"
    command = ["/usr/bin/python3", "-c", LATER, fs / users(RESEARCH), *names]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, bufsize=1, **pipes) as process:
        assert process.stdout.readline() == "listed\n"
        sandbox.change(phone(id, "555-0100"))
        subprocess.run(["sleep", "1.4"])
        process.stdin.write("go on\n")
        assert process.stdout.readline() == "1\n"
