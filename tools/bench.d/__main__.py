"""Started by tools/bench, when all that is needed is installed and built."""

import argparse
import json
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import counts
import host
import report
import speed
from opponents import Data
from rows import TITLES, Row
from service import BUILD, ROOT, Service
from workplace import BenchError, Workplace


@dataclass(frozen=True)
class Sizes:
    """Numbers of users, and how often and how long (seconds) is measured."""

    large: int
    middle: int  # for rclone and squashfuse
    small: int  # for httpdirfs, which takes a tenth of a second for each file
    calls: int
    calls_httpdirfs: int
    memory: tuple[int, ...]
    departments: int  # of 20 users each
    rounds: int
    seconds: float  # for one row with fast opponents; those with slow ones get a half


FULL = Sizes(100_000, 10_000, 100, 2_000, 2_000, (10_000, 100_000, 1_000_000), 5_000, 7, 60)
QUICK = Sizes(5_000, 500, 20, 2_000, 50, (10_000, 50_000), 200, 3, 6)


class Bench:
    def __init__(self, place: Workplace, stack: ExitStack, sizes: Sizes):
        self.place = place
        self.stack = stack
        self.sizes = sizes
        self.rows: list[Row] = []
        self.began = time.monotonic()

    def service(self, count: int, latency: int = 0) -> Service:
        return self.stack.enter_context(Service(self.place, count, latency))

    def data(self, count: int) -> Data:
        return self.stack.enter_context(Data(self.place, self.service(count)).on_tmpfs())

    def say(self, what: str):
        print(f"bench: {time.monotonic() - self.began:4.0f} s: {what}", file=sys.stderr, flush=True)

    def add(self, rows: list[Row]):
        self.rows += rows

    def run(self) -> list[Row]:
        self.slow_service()
        self.large()
        self.peers()
        self.counts()
        order = list(TITLES)
        return sorted(self.rows, key=lambda row: order.index(row.row))

    def slow_service(self):
        self.say("listing and starting")
        service = self.service(self.sizes.large, 50)
        self.add(speed.listing(service, self.sizes.rounds))
        self.add(speed.start(service, self.sizes.rounds + 4))
        self.add(speed.eight(service, self.sizes.rounds))
        many = self.stack.enter_context(Service(self.place, 0, 50, departments=200))
        self.add(speed.departments(many, self.sizes.rounds))
        self.add(speed.status(service, self.sizes.rounds))

    def large(self):
        sizes = self.sizes
        self.say(f"making files of {sizes.large:,} users")
        data = self.data(sizes.large)
        data.make_ext4()
        data.make_squashfs()
        self.say("refreshing")
        self.add(speed.refresh(data.service, sizes.rounds))
        self.say("first read")
        self.add(speed.first(data, ["tmpfs", "ext4, warm"], sizes.rounds, sizes.seconds / 2))
        self.add(speed.first(data, ["ext4, cold"], 3, sizes.seconds / 2))
        self.add(speed.first(data, ["squashfuse_ll"], 3, sizes.seconds / 2))
        self.say("reading again")
        self.add(speed.again(data, ["tmpfs", "ext4, warm"], sizes.rounds, sizes.seconds))
        self.add(speed.rsync(data, sizes.rounds))
        self.say("one user")
        self.add(counts.one(data.service))

    def peers(self):
        sizes = self.sizes
        self.say(f"other FUSE file systems, with {sizes.middle:,} and {sizes.small:,} users")
        middle = self.data(sizes.middle)
        middle.make_squashfs()
        self.add(speed.first(middle, ["rclone mount"], 3, sizes.seconds / 2))
        peers = ["squashfuse_ll", "rclone mount"]
        self.add(speed.again(middle, peers, 3, sizes.seconds / 2))
        small = self.data(sizes.small)
        self.add(speed.first(small, ["httpdirfs"], 2, sizes.seconds / 2))
        self.add(speed.again(small, ["httpdirfs"], 3, sizes.seconds / 2))

    def counts(self):
        self.say("calls, requests and memory")
        data = self.data(self.sizes.calls)
        patient = data if self.sizes.calls_httpdirfs == data.count else self.data(self.sizes.calls_httpdirfs)
        with counts.httpdirfs_reading(patient) as httpdirfs:
            if patient is data:
                data = self.data(self.sizes.calls)  # a log of its own
            self.add(counts.calls(data.service, data))
            self.add(counts.requests(data.service))
            self.add(counts.small_lists(self.place, self.sizes.departments))
            for count in self.sizes.memory:
                self.add(counts.memory(self.place, count))
            self.add([httpdirfs()])


def commit() -> str:
    git = ["git", "-C", str(ROOT)]
    done = subprocess.run([*git, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def build_type() -> str:
    info = json.loads((BUILD / "meson-info/intro-buildoptions.json").read_text())
    return next(option["value"] for option in info if option["name"] == "buildtype")


def measure(sizes: Sizes) -> tuple[list[Row], dict]:
    began = time.monotonic()
    with Workplace() as place, ExitStack() as stack:
        facts = {"machine": "\n".join(host.describe(place.top))}
        rows = Bench(place, stack, sizes).run()
    facts |= {
        "commit": commit(),
        "build_type": build_type(),
        "minutes": max(1, (time.monotonic() - began) / 60),
    }
    return rows, facts


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--results", type=Path)
    given = parser.parse_args()
    if host.is_busy():
        print("bench: this machine is busy with other things; times will not mean much", file=sys.stderr)
    try:
        rows, facts = measure(QUICK if given.quick else FULL)
    except BenchError as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        return 130
    print(report.as_text(rows))
    print(report.summary(rows).split(";")[0])
    if given.results:
        given.results.write_text(json.dumps([row.as_json() for row in rows], indent=1))
    if not given.quick:
        report.write(rows, **facts)
        print("bench: docs/benchmarks.md and its pictures are written")
    return 0


sys.exit(main())
