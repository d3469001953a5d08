"""What a qpfs is made to believe of its machine: see pretend.c."""

import mmap
import struct
from pathlib import Path

WORDS = ["slept_s", "no_epochs"]  # as in pretend.c


class Pretence:
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
