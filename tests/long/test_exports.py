"""A million users as one file: how long it takes, whom it holds up, what it holds."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from account import ORG, PANEL, users
from memory import peak, rss
from tools import run, wait_until

MILLION = 1_000_000
MIB = 1 << 20

# What others may wait for, in ms, while both cores are busy: see test_scale.py.
MEDIAN, NINETY_NINE = 10, 100

PROBE = """
import json, os, select, sys, time
times = []
print(flush=True)
while not select.select([0], [], [], 0.002)[0]:
    begin = time.monotonic()
    os.statvfs(sys.argv[1])
    times.append(1000 * (time.monotonic() - begin))
print(json.dumps(sorted(times)))
"""


def while_others_ask(top: Path, action) -> tuple[float, list[float]]:
    """How many seconds ACTION takes, and how many ms each answer that others get meanwhile."""
    probe = subprocess.Popen(
        [sys.executable, "-c", PROBE, str(top)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    probe.stdout.readline()
    begin = time.monotonic()
    action()
    seconds = time.monotonic() - begin
    return seconds, json.loads(probe.communicate("", timeout=10)[0])


@pytest.fixture
def fs(serve, mount):
    fs = mount(serve("--users", str(MILLION)), organizations=ORG, cache_ttl=3600, timeout=120)
    with os.scandir(fs / users(PANEL)) as entries:
        next(entries)
    return fs


# semantics: X6
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_million_users_as_one_file(fs, suffix):
    path = fs / f"{users(PANEL)}.{suffix}"
    before = rss(fs.pid) << 10
    seconds, times = while_others_ask(fs.point, lambda: os.stat(path))
    size = os.stat(path).st_size
    most = peak(fs.pid) << 10
    print(
        f"{size // MIB} MiB of {suffix} in {seconds:.1f} s, {len(times)} answers meanwhile, median "
        f"{statistics.median(times):.2f} ms, p99 {times[len(times) * 99 // 100]:.1f} ms, longest "
        f"{times[-1]:.1f} ms; {(most - before) // MIB} MiB more held at most"
    )
    assert len(times) > 50
    assert statistics.median(times) < MEDIAN
    assert times[len(times) * 99 // 100] < NINETY_NINE
    assert most - before < size + 16 * MIB
    with open(path, "rb") as file:
        assert sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(MIB), b"")) >= MILLION
        assert file.tell() == size


# semantics: X6
def test_memory_comes_down_when_the_kernel_has_forgotten_the_file(fs):
    path = fs / f"{users(PANEL)}.jsonl"
    before = rss(fs.pid) << 10
    size = os.stat(path).st_size
    assert rss(fs.pid) << 10 > before + size * 0.9
    _, times = while_others_ask(fs.point, lambda: forget(fs, before + size * 0.1))
    print(f"longest answer meanwhile: {times[-1]:.1f} ms")
    assert times[len(times) * 99 // 100] < NINETY_NINE
    assert os.stat(path).st_size == size


def forget(fs, limit: float):
    """Until the mount holds less than that, in bytes."""
    run("sh", "-c", "echo 2 > /proc/sys/vm/drop_caches")
    wait_until(lambda: rss(fs.pid) << 10 < limit, 40)
