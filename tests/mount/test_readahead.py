"""Files that are stored in the kernel's page cache before anyone asks for them."""

import os
import signal
import subprocess
import threading
import time

import pytest

from account import FIELD, PANEL, RESEARCH, users
from sandbox import phone
from tools import TRIES, error_of, output, run, wait_until

COUNT = 2500


@pytest.fixture
def panel(serve):
    return serve("--users", str(COUNT))


def listed(fs, department=PANEL):
    """The files of a department, in the order of readdir, which the kernel has been told of."""
    return [entry.path for entry in os.scandir(fs / users(department))]


def read_all(paths) -> bytes:
    return b"".join(open(path, "rb").read() for path in paths)


def records(sandbox, department=PANEL) -> bytes:
    """What the files of a department are, made from the answers of the API without qpfs."""
    pages = range(1, COUNT // 1000 + 2)
    answers = [sandbox.get(f"{users(department)}?page={page}&perPage=1000") for page in pages]
    command = ["jq", "-s", "[.[].response[]] | sort_by(.userID)[]"]
    return subprocess.run(command, input=b"".join(answers), capture_output=True, check=True).stdout


def requests_of(fs) -> dict[str, int]:
    fs.stop()
    return fs.requests()


# -------- what is stored, and when --------


def test_single_reads_store_nothing(panel, mount):
    fs = mount(panel, debug=True)
    paths = listed(fs)
    for path in [paths[7], paths[7], paths[1200], paths[300], paths[2499], paths[2000]]:
        output("cat", path)
    with open(paths[99], "rb") as opened:
        assert opened.read(10) and opened.read()
    assert requests_of(fs)["stored"] == 0


# semantics: F13
def test_a_walk_is_hardly_seen(panel, mount):
    def is_hardly_seen() -> bool:
        fs = mount(panel, debug=True)
        assert read_all(listed(fs)) == records(panel)
        counts = requests_of(fs)
        return counts["read"] < COUNT / 5 and COUNT * 3 / 4 < counts["stored"] < COUNT * 1.2

    assert any(is_hardly_seen() for _ in range(TRIES))


def by_inode(path: str) -> int:
    return os.stat(path).st_ino


def by_name(path: str) -> str:
    return os.path.basename(path)


def from_the_end(path: str) -> int:
    return -int(os.path.basename(path).removesuffix(".json"))


# semantics: F13
@pytest.mark.parametrize("key", [by_inode, by_name, from_the_end])
def test_a_walk_in_another_order_is_seen_as_well(panel, mount, key):
    def is_seen() -> bool:
        fs = mount(panel, debug=True)
        paths = sorted(listed(fs), key=key)
        texts = {path: read_all([path]) for path in paths}
        assert b"".join(texts[path] for path in sorted(paths)) == records(panel)
        counts = requests_of(fs)
        return counts["read"] < COUNT / 3 and counts["stored"] > COUNT / 2

    assert any(is_seen() for _ in range(TRIES))


@pytest.mark.parametrize(
    "program",
    [
        ["grep", "-rc", "nobody has this"],
        ["rg", "-c", "nobody has this"],
        ["tar", "-cf", "copy.tar"],
        ["cp", "-r", "-t", "."],
        ["rsync", "-a", "--no-owner", "--no-group"],
    ],
    ids=lambda program: program[0],
)
def test_programs_that_walk_have_files_stored_for_them(panel, mount, tmp_path, program):
    """How many are read all the same is for tests/long/test_promptness.py: the thread may be slower
    than the programs are, and store what was just read."""

    def are_stored(number: int) -> bool:
        fs = mount(panel, debug=True)
        listed(fs)
        target = [tmp_path / f"copy{number}"] if program[0] == "rsync" else []
        run(*program, fs / users(PANEL), *target, cwd=tmp_path)
        counts = requests_of(fs)
        return counts["stored"] > COUNT / 4 and counts["read"] < COUNT

    assert any(are_stored(number) for number in range(TRIES))


def test_a_second_walk_stores_nothing(panel, mount):
    def requests(walks: int) -> dict[str, int]:
        fs = mount(panel, debug=True)
        paths = listed(fs)
        for _ in range(walks):
            read_all(paths)
        return requests_of(fs)

    assert requests(3)["stored"] < COUNT * 1.2


# -------- never a wrong byte --------


def pad(fs, panel, id: int, size: int) -> dict:
    """The change after which a user's file has that size."""
    panel.change({"change": id, "set": {"lastName": ""}})
    fs.refresh()
    now = os.stat(fs / users(PANEL) / f"{id}.json").st_size
    return {"change": id, "set": {"lastName": "x" * (size - now)}}


def test_files_of_all_sizes_are_stored_whole(panel, mount):
    fs = mount(panel)
    sizes = [4095, 4096, 4097, 8191, 8192, 8193, 65536, 131071, 131072, 131073, 300000, 1048576]
    ids = panel.user_ids(PANEL)[100 : 100 + 8 * len(sizes) : 8]
    panel.change(*[pad(fs, panel, id, size) for id, size in zip(ids, sizes)])
    fs.refresh()
    paths = listed(fs)
    assert [os.stat(fs / users(PANEL) / f"{id}.json").st_size for id in ids] == sizes
    assert read_all(paths) == records(panel)
    assert read_all(reversed(paths)) == b"".join(
        open(path, "rb", buffering=0).read() for path in reversed(paths)
    )


def test_what_changes_during_a_walk_is_never_shown_with_its_old_bytes(panel, mount, clock):
    fs = mount(panel, cache_ttl=60)
    ids = panel.user_ids(PANEL)
    for round in range(6):
        changed = ids[round::50]
        panel.change(*[phone(id, f"round {round}") for id in changed])
        if round % 2:
            fs.refresh()
        else:
            clock.outlive(60)
        paths = listed(fs)
        walk = threading.Thread(target=read_all, args=[paths])
        walk.start()
        for id in changed:
            assert f"round {round}".encode() in (fs / users(PANEL) / f"{id}.json").read_bytes()
        walk.join()
    assert read_all(listed(fs)) == records(panel)


def test_a_walk_goes_on_through_refreshes(panel, mount):
    fs = mount(panel)
    ids = panel.user_ids(PANEL)

    def change():
        for number in range(5):
            time.sleep(0.2)
            panel.change(phone(ids[number * 500], "555"))
            fs.refresh()

    changing = threading.Thread(target=change)
    changing.start()
    while changing.is_alive():
        text = read_all(listed(fs))
        assert text.count(b'"userID"') == COUNT and b"\0" not in text
    changing.join()
    assert read_all(listed(fs)) == records(panel)


# -------- many at once, and the end --------


def test_many_readers_of_the_same_files(panel, mount, spawn):
    fs = mount(panel, debug=True)
    paths = listed(fs)
    readers = [spawn("cat", *paths) for _ in range(12)]
    expected = records(panel).decode()
    assert [reader.communicate(timeout=60) for reader in readers] == [(expected, "")] * 12
    assert requests_of(fs)["stored"] > COUNT / 2


WALK_AND_DROP = """
import os, sys
os.listdir(sys.argv[1])
print("walking", flush=True)
while True:
    for entry in os.scandir(sys.argv[1]):
        fd = os.open(entry.path, os.O_RDONLY)
        os.read(fd, 9999)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)
"""


@pytest.fixture
def crowd(panel, mount, spawn):
    """A mount in which files are stored all the time, for walks that drop them again."""
    fs = mount(panel, debug=True)
    fs.walkers = [spawn("python3", "-c", WALK_AND_DROP, fs / users(PANEL)) for _ in range(4)]
    for department in [RESEARCH, FIELD]:
        listed(fs, department)
    assert [walker.stdout.readline() for walker in fs.walkers] == ["walking\n"] * 4
    time.sleep(0.3)  # not for readiness: so that it ends in the midst of it
    return fs


def all_fail(walkers) -> bool:
    return all(walker.wait(60) != 0 for walker in walkers)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_the_midst_of_walks(crowd, number):
    crowd.signal(number)
    assert crowd.wait() == 0
    assert all_fail(crowd.walkers)


@pytest.mark.parametrize("command", [["umount", "-l"], ["fusermount3", "-uz"]])
def test_an_unmount_ends_it_in_the_midst_of_walks(crowd, command):
    output(*command, crowd.point)
    assert crowd.wait() == 0
    assert all_fail(crowd.walkers)


def test_an_abort_ends_it_in_the_midst_of_walks(crowd, tmp_path):
    minor = os.minor(os.stat(crowd.point).st_dev)
    output("mount", "-t", "fusectl", "fusectl", tmp_path)
    try:
        (tmp_path / str(minor) / "abort").write_text("1")
    finally:
        output("umount", tmp_path)
    crowd.expected_exit = 1
    crowd.expect_log("the connection to the kernel was aborted")
    assert crowd.wait() == 1
    assert all_fail(crowd.walkers)
    output("fusermount3", "-u", crowd.point)


def test_readers_that_are_killed_hurt_nobody(crowd):
    for walker in crowd.walkers:
        walker.kill()
        walker.wait(60)
    expected = records_of(crowd)
    assert read_all(listed(crowd)) == expected
    output("umount", crowd.point)
    assert crowd.wait() == 0


def records_of(fs) -> bytes:
    """Read from the end, which is no walk."""
    paths = listed(fs)
    return b"".join(reversed([read_all([path]) for path in reversed(paths)]))


def test_a_mount_that_ends_while_a_walk_begins_leaves_nothing(panel, mount):
    for delay in range(0, 40, 4):
        fs = mount(panel, debug=True)
        walk = threading.Thread(target=lambda: [error_of(read_all, [path]) for path in paths])
        paths = listed(fs)
        walk.start()
        time.sleep(delay / 1000)
        fs.signal(signal.SIGTERM)
        assert fs.wait() == 0
        walk.join()


def test_no_thread_is_started_without_a_walk(panel, mount):
    fs = mount(panel)
    paths = listed(fs)
    read_all(paths[:2])
    assert len(os.listdir(f"/proc/{fs.pid}/task")) == 1
    read_all(paths)
    wait_until(lambda: len(os.listdir(f"/proc/{fs.pid}/task")) == 2)
