"""An account of made-up people, qpfs on it, and curl fetching the same."""

import json
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build-bench"
sys.path.insert(0, str(ROOT / "tests/mount"))

from account import DEPARTMENTS, KEY, PANEL, USER, users  # noqa: E402
from mount import Mount  # noqa: E402
from sandbox import Sandbox  # noqa: E402

from workplace import Workplace  # noqa: E402

USERS = users(PANEL)
FIRST, PEOPLE = 2001, 20  # of many departments: the ID of the first one, and the users of each
PAGE = 1000
PARALLEL = 8
QPFS = BUILD / "src/qpfs"


class Service:
    """The sandbox with one department of so many users, and how to reach them."""

    def __init__(self, place: Workplace, count: int, latency: int = 0, departments: int = 0):
        self.place = place
        self.count = count
        self.latency = latency
        self.departments = departments  # that there are beside, of 20 users each
        self.mounts = 0

    def __enter__(self) -> "Service":
        arguments = ["--users", str(self.count), "--latency", str(self.latency)]
        arguments += ["--departments", str(self.departments), "--users-per", str(PEOPLE)]
        with self.place.interrupts.hold():
            self.sandbox = Sandbox(BUILD, self.place.environment, *arguments)
        self.headers = self.place.top / "headers"
        self.headers.write_text(f"api-key: {KEY}\n")
        return self

    def __exit__(self, *problem):
        self.sandbox.stop()

    @contextmanager
    def qpfs(self, debug: bool = False, cache_ttl: int = 3600):
        """A mount of it; what it lists expires after the benchmark if nothing else is said."""
        self.mounts += 1
        point = self.place.directory(f"mount-{self.sandbox.port}-{self.mounts}")
        mount = Mount(QPFS, point, self.place.environment)
        try:
            with self.place.interrupts.hold():
                mount.start(self.sandbox, debug, cache_ttl=cache_ttl)
            self.place.interrupts.let()
            yield mount
        finally:
            if mount.process:
                mount.stop()

    @contextmanager
    def users(self):
        """The directory of the users in a new mount, with nothing listed but its departments."""
        with self.qpfs() as mount:
            self.place.run("ls", mount / DEPARTMENTS)
            yield mount / USERS

    def files(self, count: int) -> list[str]:
        """Names of users who stand not far from each other in the list."""
        page = json.loads(self.sandbox.get(f"{USERS}?page=1&perPage={20 * count}"))
        return [f"{user['userID']}.json" for user in page["response"][::20]]

    @contextmanager
    def many(self):
        """The directories of many departments in a new mount, with nothing listed of them."""
        with self.qpfs() as mount:
            self.place.run("ls", mount / DEPARTMENTS)
            yield [mount / DEPARTMENTS / str(FIRST + i) for i in range(self.departments)]

    # -------- the same with curl --------

    @property
    def pages(self) -> int:
        return -(-self.count // PAGE)

    def curl(self, *arguments) -> list:
        return ["curl", "-fsS", "-H", f"@{self.headers}", *arguments]

    def curl_pages(self, *arguments) -> list:
        """Fetches each page and throws it away."""
        pages = f"{self.sandbox.url}/{USERS}?page=[1-{self.pages}]&perPage={PAGE}"
        parallel = ["-Z", "--no-progress-meter", "--parallel-immediate", "--parallel-max", PARALLEL]
        return self.curl(*parallel, *arguments, "-o", "/dev/null", pages)

    def bytes(self) -> int:
        """Of JSON in all pages of users."""
        sizes = self.place.run(*self.curl_pages("-w", "%{size_download}\n"))
        return sum(map(int, sizes.split()))

    def call_seconds(self) -> float:
        """One call over a connection of its own."""
        url = f"{self.sandbox.url}/users/{USER}"
        return float(self.place.run(*self.curl("-o", "/dev/null", "-w", "%{time_total}", url)))
