"""What a qpfs is made to believe of its machine, and of the time: see pretend.c."""

import mmap
import struct
import time
from concurrent.futures import Future, wait
from pathlib import Path

# As in pretend.c.
WORDS = "slept_s no_epochs names_ms moved_ms began_us slowness no_threads set_s".split()
NAMES_MS = 20


class Pretence:
    """Of all that are started with an environment from now on, until a test ends."""

    def __init__(self, build: Path, environment: dict[str, str], path: Path):
        library = build / "tests/mount/libpretend.so"
        assert library.exists()
        with open(path, "w+b") as file:
            file.truncate(8 * len(WORDS))
            self.memory = mmap.mmap(file.fileno(), 8 * len(WORDS))
        environment |= {"LD_PRELOAD": str(library), "QPFS_PRETEND": str(path)}
        environment["ASAN_OPTIONS"] = f"verify_asan_link_order=0:{environment['ASAN_OPTIONS']}"

    def set(self, word: str, value: int):
        struct.pack_into("Q", self.memory, 8 * WORDS.index(word), value)


class Clock(Pretence):
    """The test moves it: what serves for a minute need not be waited for, and does not end before
    the test wants it to."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.moved = 0.0
        self.set("names_ms", NAMES_MS)
        self.set("began_us", time.monotonic_ns() // 1000)

    def slow_down(self):
        """Before a mount begins. What the program does in a second then takes it a minute, so that
        a test which knows what happens within a second need not be quick."""
        self.set("slowness", 60)

    def now(self) -> float:
        """Where it does not go slower."""
        return time.monotonic() + self.moved

    def move(self, seconds: float):
        self.moved += seconds
        self.set("moved_ms", round(self.moved * 1000))

    def outlive(self, seconds: float):
        """Whatever was fetched before is older than that then, and the kernel knows none of its
        names any more."""
        self.move(seconds + 0.05)
        time.sleep(2 * NAMES_MS / 1000)

    def outwait(self, sandbox, seconds: float, waiting: list[Future]):
        """Moves on whenever the service has nothing to do but what it never does, until nobody
        waits any more."""
        while not all(one.done() for one in waiting):
            before = sandbox.calls()
            wait(waiting, 0.2)
            if sandbox.calls() == before:
                self.move(seconds)
