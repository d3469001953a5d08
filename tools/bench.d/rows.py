"""The rows of the benchmark: what is measured, what is to be reached, and why it is not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Target:
    text: str
    reached: Callable[[float], bool]


def at_most(limit: float, unit: str = "×") -> Target:
    return Target(f"≤ {limit:g} {unit}", lambda figure: figure <= limit)


def at_least(limit: float, unit: str = "×") -> Target:
    return Target(f"≥ {limit:g} {unit}", lambda figure: figure >= limit)


FUSE_PEERS = ["squashfuse_ll", "rclone mount", "httpdirfs"]
COMMANDS = ["grep -r", "ls -l", "find", "tar", "ripgrep"]

# Row, opponent: target. What has none is only shown.
TARGETS = {
    ("listing", "curl -Z"): at_most(1.4),
    ("export", "curl -Z"): at_most(1.2),
    ("refresh", "first read"): at_most(0.5),
    ("departments", "its calls"): at_most(1.3),
    ("first", "tmpfs"): at_most(1.5),
    **{("first", peer): at_least(10) for peer in FUSE_PEERS},
    **{(name, "tmpfs"): at_most(1.5) for name in COMMANDS},
    **{(name, "ext4, warm"): at_most(1.1) for name in COMMANDS},
    ("rsync", "ext4, warm"): at_most(1.3),
    ("start", "one call"): at_most(50, "ms + one call"),
    ("eight", "one user"): at_most(1.3),
    ("status", ""): at_most(100, "ms"),
    ("calls", "qpfs"): at_most(2, "calls"),
    ("one", "qpfs"): at_most(2, "calls"),
    ("requests", "lookup"): at_most(0, "more"),
    ("requests", "open"): at_most(0, "more"),
    ("requests", "read"): at_most(0, "more"),
    ("memory", "JSON"): at_most(1, "× limit"),
    ("small lists", ""): at_most(0.8, "KB a file"),
}

TITLES = {
    "listing": "cold listing, 50 ms a call",
    "export": "the same until the first byte of `users.jsonl`",
    "refresh": "processor time of a refresh",
    "departments": "`find` over many departments, cold, 50 ms a call",
    "first": "first `grep -r` after `ls -f`",
    "grep -r": "`grep -r` again",
    "ls -l": "`ls -l`",
    "find": "`find -type f -size +0`",
    "tar": "`tar -c`",
    "ripgrep": "`rg`",
    "rsync": "`rsync -a`, nothing to do",
    "start": "from start to first answer",
    "eight": "eight users at once, cold",
    "status": "`qpfs --status` while eight users are waited for",
    "calls": "HTTP calls to list and read all users",
    "one": "HTTP calls for one user, cold",
    "requests": "requests that a second walk adds",
    "small lists": "memory (RssAnon) that files take in departments of 20 users",
    "memory": "memory (VmHWM) for a limit of 1.4 × JSON + 16 MiB",
}

# Shown below the tables where a target is missed: the reason, and what would be needed.
NAMES_AGAIN = (
    "From Linux 6.16 on nothing is asked of the program: names, attributes and files come from what the kernel "
    "keeps. What remains is the kernel's own: for each name it looks whether its time is over, and for each "
    "directory whether the process may see it. What would be needed: another kernel."
)
REASONS = {
    "listing": "curl knows beforehand how many pages there are, and does nothing with them. qpfs learns it from "
    "page 1. It asks for pages that overlap, so that changes hide nobody. It reads and lays out each record, in "
    "some 3 µs of processor time, while the next pages are under way. But the kernel makes an inode of each "
    "name, which begins when the list is complete. What would be needed: names without inodes, which would cost "
    "a request for each file later. One call later than curl remains, and the calls for the overlap: pages that "
    "may not exist cost calls as well.",
    "export": "The file is made when all pages are there, for its size has to be known. What would be needed: "
    "to write each page's lines while the next pages are under way.",
    "refresh": "All pages come again. To receive them takes some third of the time of a refresh, and to compare "
    "each byte with what is held as much. What would be needed: a service that says what has changed.",
    "departments": "The first three departments are waited for in turn, and then as many are asked for ahead as "
    "have been read, until all calls that may be under way are. A walk that stops early costs less so. What would "
    "be needed: a program that says what it will read.",
    "first": "A file that is not in the kernel's page cache is a request to the program. A file that was stored "
    "there ahead of the reader is a message from the program, which takes processor time as well. What would be "
    "needed: a second processor that is free, or one message for many files, which the kernel does not take. "
    "squashfuse_ll reads an image on this machine, with many files in a block, and no network.",
    "grep -r": NAMES_AGAIN,
    "ls -l": NAMES_AGAIN,
    "find": NAMES_AGAIN,
    "tar": NAMES_AGAIN,
    "ripgrep": NAMES_AGAIN,
    "rsync": NAMES_AGAIN,
    "start": "A mount tries the key before it is there, which is the one call. The rest is the start of the "
    "process, of libcurl and of the mount. What would be needed: to do these while the call is under way.",
    "eight": "Eight programs are started in place of one. What would be needed: more processors.",
    "status": "The program was busy with something that is not cut into short steps.",
    "calls": "2,000 users are two pages of 1,000. The pages overlap, so that nobody who moves hides somebody "
    "else, and that makes them three. A list that came out short would cost a backup. What would be needed: a "
    "service that gives all in one page, or says when a list was changed.",
    "one": "A name is looked up in the list of its department, all pages of it. What would be needed: to ask for "
    "a single user where that is cheaper.",
    "requests": "The kernel dropped names or pages between the walks. What would be needed: more memory.",
    "small lists": "Each list has a directory, a snapshot and a search tree beside its records.",
    "memory": "A user of 315 bytes of JSON is a file of 359 bytes, for JSON is laid out. Beside it stand 56 "
    "bytes, and 15 that the heap adds. While the pages are put together, there are two pointers to each user. "
    "What would be needed: records that are kept as they came, and laid out when they are read.",
}


@dataclass
class Row:
    """One line of a table. `values` are qpfs's own and the opponent's medians, as text."""

    row: str
    against: str
    users: int
    figure: float
    values: tuple[str, str]
    spread: tuple[float, float] | None = None
    rounds: int = 1
    seconds: tuple[float, float] | None = None  # medians, for the pictures
    better: str = ""  # of a ratio: who is how many times as fast
    note: str = ""
    target: Target | None = field(init=False)

    def __post_init__(self):
        self.target = TARGETS.get((self.row, self.against))

    @property
    def reached(self) -> bool | None:
        return self.target.reached(self.figure) if self.target else None

    def as_json(self) -> dict:
        return {
            "row": self.row,
            "against": self.against,
            "users": self.users,
            "figure": self.figure,
            "values": list(self.values),
            "target": self.target.text if self.target else None,
            "reached": self.reached,
        }


def timing(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def pairs(row: str, against: str, users: int, ours: list[float], theirs: list[float]) -> Row:
    """Times taken in turn. FUSE peers: how many times as long they take; else how many we do."""
    faster = against in FUSE_PEERS
    ratios = [b / a if faster else a / b for a, b in zip(ours, theirs)]
    return Row(
        row,
        against,
        users,
        median(ratios),
        (timing(median(ours)), timing(median(theirs))),
        (min(ratios), max(ratios)),
        len(ratios),
        (median(ours), median(theirs)),
        "as fast" if faster else "",
    )
