"""What takes time: each pair is measured in turn, several times."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from opponents import PLACES, Data
from rows import COMMANDS, FUSE_PEERS, Row, pairs, timing
from service import DEPARTMENTS, KEY, PARALLEL, PEOPLE, QPFS, USER, USERS, Service
from workplace import BenchError, Workplace, is_mounted


SLOW = {"ext4, cold", *FUSE_PEERS}


def rounds(names: list[str], most: int, seconds: float) -> Iterator[int]:
    """At most so many, and no more after these seconds; but three of what is fast."""
    least = 1 if set(names) & SLOW else 3
    end = time.monotonic() + seconds
    for number in range(most):
        if number >= least and time.monotonic() > end:
            return
        yield number


# -------- the commands, and what shows that they did their work --------


def found_one(text: str, users: Path, count: int, needle: str) -> bool:
    return text == f"{users}/{needle.split()[1][:-1]}.json\n"


def listed_all(text: str, users: Path, count: int, needle: str) -> bool:
    return text.count(".json\n") == count


def packed_all(text: str, users: Path, count: int, needle: str) -> bool:
    return int(text) >= count * 1024


def command(name: str, users: Path, needle: str) -> tuple[list, Callable]:
    return {
        "grep -r": (["grep", "-rlF", needle, users], found_one),
        "ls -l": (["ls", "-l", users], listed_all),
        "find": (["find", users, "-type", "f", "-size", "+0"], listed_all),
        "tar": (["sh", "-c", 'tar -C "$0" -cf - . | wc -c', users], packed_all),
        "ripgrep": (["rg", "--no-config", "-lF", needle, users], found_one),
    }[name]


def take(data: Data, name: str, users: Path, needle: str) -> float:
    words, proof = command(name, users, needle)
    seconds, text = data.place.timed(*words)
    if not proof(text, users, data.count, needle):
        raise BenchError(f"{name} in {users} did not give what is there: {text[:200]!r}")
    return seconds


# -------- rows --------


def first(data: Data, names: list[str], most: int, seconds: float) -> list[Row]:
    """Mounted anew, listed once, and then read for the first time."""
    needle = data.needle()
    taken = {name: [] for name in ["qpfs", *names]}
    for _ in rounds(names, most, seconds):
        for name in taken:
            with PLACES[name](data) as users:
                data.place.run("ls", "-f", users)
                taken[name].append(take(data, "grep -r", users, needle))
    return [pairs("first", name, data.count, taken["qpfs"], taken[name]) for name in names]


def again(data: Data, names: list[str], most: int, seconds: float) -> list[Row]:
    """All of them are mounted, listed and read before the first command is timed."""
    needle = data.needle()
    rows = []
    with ExitStack() as stack:
        places = {name: stack.enter_context(PLACES[name](data)) for name in ["qpfs", *names]}
        for users in places.values():
            data.place.run("ls", "-f", users)
            take(data, "grep -r", users, needle)
        for what in COMMANDS:
            taken = {name: [] for name in places}
            for _ in rounds(names, most, seconds / len(COMMANDS)):
                for name, users in places.items():
                    taken[name].append(take(data, what, users, needle))
            rows += [pairs(what, name, data.count, taken["qpfs"], taken[name]) for name in names]
    return rows


def rsync(data: Data, most: int) -> list[Row]:
    """The copy on tmpfs has the times that qpfs gave, and the one on ext4 has them too."""
    taken = {name: [] for name in ["qpfs", "ext4, warm"]}
    with ExitStack() as stack:
        places = {name: stack.enter_context(PLACES[name](data)) for name in taken}
        for users in places.values():
            moved = data.place.run("rsync", "-ai", f"{users}/", f"{data.tmpfs}/")
            if moved:
                raise BenchError(f"rsync had something to do: {moved[:200]}")
        for _ in range(most):
            for name, users in places.items():
                seconds, _ = data.place.timed("rsync", "-a", f"{users}/", f"{data.tmpfs}/")
                taken[name].append(seconds)
    return [pairs("rsync", "ext4, warm", data.count, taken["qpfs"], taken["ext4, warm"])]


def listing(service: Service, most: int) -> list[Row]:
    """All names, and the first byte of the file of all users, each in a new mount."""
    place = service.place
    names, bytes_, theirs = [], [], []
    for _ in range(most):
        theirs.append(place.timed(*service.curl_pages())[0])
        with service.users() as users:
            seconds, text = place.timed("ls", "-f", users)
        if text.count(".json\n") != service.count:
            raise BenchError("qpfs did not list all users")
        names.append(seconds)
        with service.users() as users:
            seconds, text = place.timed("head", "-c", "1", f"{users}.jsonl")
        if text != "{":
            raise BenchError("qpfs did not show all users as one file")
        bytes_.append(seconds)
    rows = [
        pairs(name, "curl -Z", service.count, ours, theirs)
        for name, ours in [("listing", names), ("export", bytes_)]
    ]
    rows[0].note = f"`curl -Z --parallel-max {PARALLEL}`, {service.pages} pages"
    return rows


REFRESH_TTL = 2  # seconds


def processor_seconds(pid: int) -> float:
    """Of all threads of this process so far, by the clock that clock_getcpuclockid() names."""
    return time.clock_gettime(~pid << 3 | 2)


def refresh(service: Service, most: int) -> list[Row]:
    """Processor time of qpfs until the first name comes: when nothing was held, and when all was too old."""
    place, sandbox = service.place, service.sandbox
    firsts, seconds = [], []

    def taken(mount) -> tuple[float, int]:
        calls, before = sandbox.total(), processor_seconds(mount.pid)
        place.run("find", mount / USERS, "-mindepth", "1", "-print", "-quit")
        time.sleep(0.3)  # until it has let go of what it needs no more
        return processor_seconds(mount.pid) - before, sandbox.total() - calls

    for _ in range(most):
        with service.qpfs(cache_ttl=REFRESH_TTL) as mount:
            place.run("ls", mount / DEPARTMENTS)
            first, calls = taken(mount)
            time.sleep(REFRESH_TTL)
            second, again = taken(mount)
        if min(calls, again) < service.pages:
            raise BenchError(f"qpfs made {calls} calls for a list, and then {again}")
        firsts.append(first)
        seconds.append(second)
    return [pairs("refresh", "first read", service.count, seconds, firsts)]


def departments(service: Service, most: int) -> list[Row]:
    """All of them by one process; against its calls alone, if none had to wait for another."""
    ours, bare = [], []
    count = service.departments * PEOPLE
    for _ in range(most):
        with service.many() as directories:
            service.sandbox.reset()
            seconds, text = service.place.timed("find", *directories)
        if text.count(".json\n") != count + service.departments:
            raise BenchError("qpfs did not show all departments")
        ours.append(seconds)
        calls = service.sandbox.total()
        bare.append(calls / PARALLEL * service.latency / 1000)
    row = pairs("departments", "its calls", count, ours, bare)
    row.note = f"{service.departments} departments, {calls} calls ÷ {PARALLEL} × {service.latency} ms"
    return [row]


AT_ONCE = 'for file; do cat "$file" & done; wait'


def eight(service: Service, most: int) -> list[Row]:
    """Eight users whom nobody looked up before, at the same time; and one."""
    files = service.files(8)

    def seconds(count: int) -> float:
        with service.users() as users:
            paths = [users / file for file in files[:count]]
            taken, text = service.place.timed("sh", "-c", AT_ONCE, "sh", *paths)
        if text.count('"userID"') != count:
            raise BenchError(f"qpfs did not show {count} users")
        return taken

    ours, one = zip(*[(seconds(8), seconds(1)) for _ in range(most)])
    return [pairs("eight", "one user", service.count, list(ours), list(one))]


def status(service: Service, most: int) -> list[Row]:
    """`qpfs --status`, while eight users are waited for."""
    place, sandbox = service.place, service.sandbox
    with service.users() as users:
        sandbox.request("POST", "/control/faults", [{"path_prefix": "/users/", "stall": 600}])
        with ExitStack() as readers:
            for number, file in enumerate(service.files(8), 1):
                ready = lambda number=number: sandbox.calls()["in_flight"] == number
                readers.enter_context(place.process("cat", users / file, ready=ready))
            point = users.parents[4]
            taken = [1000 * place.timed(QPFS, "--status", point)[0] for _ in range(most)]
        sandbox.heal()
    values = (timing(median(taken) / 1000), "")
    return [Row("status", "", service.count, median(taken), values, (min(taken), max(taken)), most)]


def start(service: Service, most: int) -> list[Row]:
    """Until the mount point's first answer, without the time of the call that tries the key."""
    calls, starts = [], []
    for _ in range(most):
        calls.append(service.call_seconds())
        starts.append(_start_seconds(service.place, service))
    extra = [(a - b) * 1000 for a, b in zip(starts, calls)]
    row = Row(
        "start",
        "one call",
        service.count,
        median(extra),
        (timing(median(starts)), timing(median(calls))),
        (min(extra), max(extra)),
        most,
    )
    row.note = f"curl's call took {timing(median(calls))}"
    return [row]


def _start_seconds(place: Workplace, service: Service) -> float:
    point = place.directory("start")
    options = f"user_id={USER},api_url={service.sandbox.url}"
    command = [QPFS, "-f", "-o", options, point]
    begin = time.monotonic()
    process = place.start(command, subprocess.DEVNULL, subprocess.DEVNULL, QUESTIONPRO_API_KEY=KEY)
    try:
        place.interrupts.let()
        outside = os.stat(place.top).st_dev
        while os.stat(point).st_dev == outside:
            if process.poll() is not None or time.monotonic() > begin + 30:
                raise BenchError("qpfs did not start")
            time.sleep(0.0002)
        if "organizations" not in os.listdir(point):
            raise BenchError("the first answer was wrong")
        seconds = time.monotonic() - begin
    finally:
        process.terminate()
        process.wait(10)
    if is_mounted(point):
        raise BenchError("qpfs left its mount behind")
    return seconds
