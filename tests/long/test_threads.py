"""The thread beside the loop, under load and at the end of a mount: ThreadSanitizer looks on."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from account import DEPARTMENTS, PANEL, users
from crowd import Repeated
from pretence import Pretence
from sandbox import phone
from tools import is_mounted, run, wait_until

SECONDS = float(os.environ.get("QPFS_PRESSURE", "30")) / 4


def read_along(fs) -> list[Repeated]:
    """Walks that have files stored ahead of them, look-ups, and lists. None is ripgrep: its version
    13 asks for ever where reading an open directory fails, as it does once the mount has ended."""
    top = fs / users(PANEL)
    commands = [
        ["grep", "-r", "nobody has this", top],
        ["sh", "-c", f"find {top} -name '*.json' | xargs -n 100 -P 2 grep -l 'nobody has this'"],
        ["sh", "-c", f"cat {top}/1000*.json {fs / DEPARTMENTS}/*/users.jsonl"],
        ["ls", "-lR", fs / DEPARTMENTS],
    ]
    return [Repeated(["sh", "-c", '"$@" >/dev/null 2>&1; true', "sh", *c], "/", set(), ()) for c in commands]


def disturb(fs, sandbox, seconds: float):
    ids = sandbox.user_ids(PANEL)
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        number += 1
        sandbox.change(*[phone(id, f"{number}") for id in ids[number % 10 :: 10]])
        fs.signal(signal.SIGHUP)
        time.sleep(0.3)


# A kernel that knows epochs needs no thread for SIGHUP.
@pytest.mark.parametrize("no_epochs", [0, 1])
@pytest.mark.parametrize("end", ["SIGTERM", "umount -l"])
def test_threads_do_not_race(serve, mount, build, environment, tmp_path, no_epochs, end):
    sandbox = serve("--users", "1000")
    pretence = Pretence(build, environment, tmp_path / "pretence")
    pretence.set("no_epochs", no_epochs)
    fs = mount(sandbox, cache_ttl=1)
    assert re.search("libtsan", Path(f"/proc/{fs.pid}/maps").read_text()), "not built for this"
    readers = read_along(fs)
    try:
        disturb(fs, sandbox, SECONDS)
        if end == "SIGTERM":
            fs.signal(signal.SIGTERM)
        else:
            assert run("umount", "-l", fs.point).returncode == 0
        wait_until(lambda: fs.process.poll() is not None, 20)
    finally:
        for reader in readers:
            reader.finish()
    assert fs.process.returncode == 0 and not is_mounted(fs.point)
    assert sum(reader.runs for reader in readers) > len(readers), "nobody read again and again"
