"""Readers in crowds while the account changes: only whole records, and nothing is left over."""

import json
import os
import random
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from account import RESEARCH, users

SECONDS = float(os.environ.get("QPFS_PRESSURE", "30"))
FIELDS = ["phone", "firstName", "lastName", "emailAddress"]


def rss(pid: int) -> int:
    """In KiB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def version(number: int) -> dict:
    return {field: f"version {number} " + "x" * (number * 37 % 300) for field in FIELDS}


class Readers:
    """Threads that read records until they are told to stop."""

    def __init__(self, top: Path):
        self.top = top
        self.stop = threading.Event()
        self.newest = 0
        self.files = 0
        self.problems: list = []
        self.threads = [threading.Thread(target=self.work, args=(i,)) for i in range(16)]
        for thread in self.threads:
            thread.start()

    def work(self, seed: int):
        chance = random.Random(seed)
        while not self.stop.is_set() and not self.problems:
            try:
                names = [entry.name for entry in os.scandir(self.top)]
                for name in chance.sample(names, 40):
                    self.read(name)
            except Exception as problem:
                self.problems.append(repr(problem))

    def read(self, name: str):
        record = json.loads((self.top / name).read_bytes())
        assert name == f"{record['userID']}.json"
        texts = {record[field] for field in FIELDS}
        assert len(texts) == 1, (name, texts)
        number = int(texts.pop().split()[1])
        assert number <= self.newest
        assert record["phone"] == version(number)["phone"]
        self.files += 1

    def finish(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def crowd(top: Path) -> subprocess.Popen:
    script = "while :; do find . -type f -print0 | xargs -0 -P8 -n20 cat; rg -c userID .; done"
    return subprocess.Popen(
        ["sh", "-c", script],
        cwd=top,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.timeout(120 + 4 * SECONDS)
def test_readers_see_only_whole_records_and_leave_nothing(sandbox, mount):
    ids = sandbox.user_ids(RESEARCH)
    sandbox.change(*[{"change": id, "set": version(0)} for id in ids])
    fs = mount(sandbox, cache_ttl=1, debug=True)
    top = fs / users(RESEARCH)
    before = descriptors(fs.pid)
    readers, programs = Readers(top), [crowd(top) for _ in range(4)]
    sizes = []
    end = time.monotonic() + SECONDS
    try:
        while time.monotonic() < end and not readers.problems:
            readers.newest += 1
            sandbox.change(*[{"change": id, "set": version(readers.newest)} for id in ids])
            time.sleep(0.2)
            sizes.append(rss(fs.pid))
    finally:
        readers.finish()
        for program in programs:
            os.killpg(program.pid, 9)
            program.communicate()
    assert readers.problems == []
    assert readers.files > 1000
    quarter = len(sizes) // 4
    assert max(sizes[-quarter:]) < 1.5 * max(sizes[quarter : 2 * quarter]) + 8192, sizes
    time.sleep(1.5)
    assert descriptors(fs.pid) <= before + 16, "connections that are kept for the next call"
