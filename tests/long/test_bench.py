"""The benchmark in its small form: every row has figures, and what is counted is right."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tools import processes_naming

ROOT = Path(__file__).parents[2]
BENCH = ROOT / "tools/bench"
MINUTES_2 = 120

PEERS = ["squashfuse_ll", "rclone mount", "httpdirfs"]
AGAIN = ["grep -r", "ls -l", "find", "tar", "ripgrep"]
ROWS = {
    ("listing", "curl -Z"),
    ("departments", "its calls"),
    ("export", "curl -Z"),
    ("refresh", "first read"),
    ("start", "one call"),
    ("eight", "one user"),
    ("status", ""),
    ("rsync", "ext4, warm"),
    ("one", "qpfs"),
    ("memory", "JSON"),
    ("small lists", ""),
    *[("first", name) for name in ["tmpfs", "ext4, cold", "ext4, warm", *PEERS]],
    *[(row, name) for row in AGAIN for name in ["tmpfs", "ext4, warm", *PEERS]],
    *[("calls", name) for name in ["qpfs", "rclone mount", "httpdirfs"]],
    *[("calls", name) for name in ["curl + jq, by pages", "curl + jq, user by user"]],
    *[("requests", name) for name in ["lookup", "getattr", "open", "read", "opendir", "readdir"]],
}


def left_over(place: Path) -> list[str]:
    """Files, mounts and processes of a benchmark in that directory."""
    found = [str(path) for path in place.iterdir()]
    found += [line for line in Path("/proc/mounts").read_text().splitlines() if str(place) in line]
    return found + [str(pid) for pid in processes_naming(str(place))]


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> list[dict]:
    place = tmp_path_factory.mktemp("bench")
    file = tmp_path_factory.mktemp("results") / "results"
    page = ROOT / "docs/benchmarks.md"
    before = page.read_bytes() if page.exists() else None
    begin = time.monotonic()
    done = subprocess.run(
        [BENCH, "--quick", "--results", file],
        env=os.environ | {"TMPDIR": str(place)},
        capture_output=True,
        text=True,
        timeout=500,
    )
    seconds = time.monotonic() - begin
    assert done.returncode == 0, done.stderr
    assert left_over(place) == []
    assert (page.read_bytes() if page.exists() else None) == before
    assert seconds < MINUTES_2
    return json.loads(file.read_text())


def of(results: list[dict], row: str) -> dict[str, float]:
    return {r["against"]: r["figure"] for r in results if r["row"] == row}


def test_every_row_has_figures(results):
    assert {(r["row"], r["against"]) for r in results} == ROWS
    for r in results:
        assert any(r["values"]), r
        assert r["figure"] > 0 or r["row"] in ("requests", "start"), r


def test_two_pages_of_users_are_two_calls_and_one_that_notices_a_change(results):
    calls = of(results, "calls")
    assert 2 <= calls["qpfs"] <= 3
    assert calls["curl + jq, user by user"] > 2000
    assert calls["rclone mount"] > 4000


def test_one_user_is_two_calls(results):
    assert of(results, "one")["qpfs"] <= 2


def test_a_second_walk_looks_nothing_up_and_reads_nothing(results):
    requests = of(results, "requests")
    assert [requests[name] for name in ("lookup", "open", "read")] == [0, 0, 0]


def test_memory_stays_below_its_limit(results):
    memory = [r for r in results if r["row"] == "memory"]
    assert len(memory) >= 2
    assert all(r["reached"] for r in memory), memory


@pytest.mark.parametrize(
    "moment, number", [("first read", signal.SIGINT), ("other FUSE", signal.SIGTERM)]
)
def test_a_benchmark_that_is_interrupted_leaves_nothing(tmp_path, moment, number):
    process = subprocess.Popen(
        [BENCH, "--quick"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        for line in process.stderr:
            if moment in line:
                break
        time.sleep(1)
        process.send_signal(number)
        errors = process.communicate(timeout=60)[1]
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, errors
    assert errors.splitlines()[-1] == "bench: interrupted"
    assert left_over(tmp_path) == []
