"""What the tests do on a mount: run programs, look at trees, wait for conditions."""

import ctypes
import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from secrecy import shows_key

PR_SET_CHILD_SUBREAPER = 36

# What a test waits for comes. So many seconds show that it does not, on a machine that is busy.
ENOUGH = 60

# A busy kernel drops a page of a file now and then, and a thread that stores pages may come late.
# Of so many times that nothing may be read again, one is enough.
TRIES = 5


def adopt_orphans():
    """A daemon whose parent ended becomes our child, so that its exit status can be seen."""
    assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1) == 0


def run(*command, env=None, timeout=ENOUGH, **options) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        env=env or os.environ | {"LC_ALL": "C.UTF-8"},
        timeout=timeout,
        **options,
    )
    assert not shows_key(done.stdout + done.stderr), "a program printed the key"
    return done


def output(*command, **options) -> str:
    """What a program prints that succeeds and complains about nothing."""
    done = run(*command, **options)
    assert (done.returncode, done.stderr) == (0, ""), command[:5]
    return done.stdout


def rsync(*arguments) -> list[str]:
    """The lines of `rsync -ai`: what it moved."""
    return output("rsync", "-ai", *arguments).splitlines()


def wait_until(condition: Callable[[], object], seconds: float = ENOUGH):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def wait_until_it_waits(process: subprocess.Popen, where: str = "request_wait_answer"):
    """For qpfs to answer, or elsewhere in the kernel."""
    waiting = Path(f"/proc/{process.pid}/wchan")
    wait_until(lambda: where in waiting.read_text())


def error_of(action: Callable, *arguments) -> int:
    """The errno that an action fails with, 0 if it does not fail."""
    try:
        action(*arguments)
    except OSError as error:
        return error.errno
    return 0


def read_file(path: Path) -> bytes:
    return path.read_bytes()


def tree(top: Path) -> dict[str, bytes | str | None]:
    """Every path below, and the bytes where it is a file, the target where it is a link."""
    found: dict[str, bytes | str | None] = {}
    for directory, directories, files in os.walk(top, onerror=_raise):
        for name in [*directories, *files]:
            path = Path(directory) / name
            place = str(path.relative_to(top))
            if path.is_symlink():
                found[place] = os.readlink(path)
            else:
                found[place] = read_file(path) if name in files else None
    return found


def files_in(found: dict[str, bytes | str | None]) -> dict[str, bytes]:
    return {name: data for name, data in found.items() if isinstance(data, bytes)}


def inventory(top: Path) -> dict[str, tuple]:
    """Every path below, and what tells whether it was touched."""
    found = {}
    for directory, directories, files in os.walk(top, onerror=_raise):
        for name in [*directories, *files]:
            path = os.path.join(directory, name)
            attr = os.lstat(path)
            found[path] = attr.st_ino, attr.st_size, attr.st_mtime_ns
    return found


def calls_in(ledger: Path) -> int:
    """How many are counted there: a mark for each, less those that were taken back."""
    marks = ledger.read_text()
    return marks.count("+") - marks.count("-")


def _raise(error: OSError):
    raise error


def remount(point: Path, read_only: bool):
    """By mount(2) itself. What mount(8) asks the kernel for instead depends on its version."""
    nosuid, nodev, change = 2, 4, 32
    flags = nosuid | nodev | change | int(read_only)
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.mount(b"none", bytes(point), None, flags, None) == 0, os.strerror(ctypes.get_errno())


def is_mounted(path: Path) -> bool:
    table = Path("/proc/self/mountinfo").read_text().splitlines()
    return any(line.split()[4] == str(path) for line in table)


def processes_naming(path: str) -> list[int]:
    """The processes that have a path on their command line. mount10 is not mount1."""
    found = []
    whole = re.compile(re.escape(path) + r"(?![\w.-])")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and whole.search(command_line(int(entry.name))):
            found.append(int(entry.name))
    return found


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
