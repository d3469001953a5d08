"""What a process holds: how much of it, and whether something is to be found in it."""

import re
from array import array
from collections.abc import Iterator
from itertools import groupby
from mmap import PAGESIZE
from pathlib import Path

CHUNK = 1 << 20
HAS_BYTES = 3 << 62  # of /proc/PID/pagemap: in memory, or swapped


def rss(pid: int) -> int:
    """In KiB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def peak(pid: int) -> int:
    """The most that it ever held, in KiB."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def private_ranges(pid: int) -> list[tuple[int, int]]:
    """What it can write to: to read the rest would only bring the libraries into memory."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    found = [re.match(r"(\w+)-(\w+) rw.p ", line) for line in lines]
    return [(int(m[1], 16), int(m[2], 16)) for m in found if m]


def used_ranges(pid: int) -> Iterator[tuple[int, int]]:
    """Those that hold bytes: where a page was never touched or was given back, some kernels bring one
    into memory for whoever reads it from outside."""
    with open(f"/proc/{pid}/pagemap", "rb") as pagemap:
        for at, end in private_ranges(pid):
            pagemap.seek(at // PAGESIZE * 8)
            pages = array("Q", pagemap.read((end - at) // PAGESIZE * 8))
            for used, run in groupby(pages, lambda page: page & HAS_BYTES != 0):
                start, at = at, at + len(list(run)) * PAGESIZE
                if used:
                    yield start, at


def occurrences(pid: int, text: bytes) -> int:
    """How often TEXT stands in the memory of the process."""
    count = 0
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end in used_ranges(pid):
            count += _count(memory, start, end, text)
    return count


def _count(memory, start: int, end: int, text: bytes) -> int:
    count, before = 0, b""
    memory.seek(start)
    while (at := memory.tell()) < end:
        try:
            chunk = memory.read(min(CHUNK, end - at))
        except OSError:  # it has given that back meanwhile
            break
        count += (before + chunk).count(text)
        before = chunk[1 - len(text) :]
    return count
