"""A running qpfs, from the moment it answers until nothing of it is left."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from account import KEY, USER
from sandbox import Sandbox
from tools import ENOUGH, is_mounted, processes_naming, run, wait_until

BAD = re.compile(r"error|warning|AddressSanitizer|LeakSanitizer|ThreadSanitizer", re.IGNORECASE)
DEBUG = "qpfs: debug:"
LEFT_NOTHING = re.compile(r"qpfs: debug: left: (0 \w+(, |$))+$")
COUNTS = re.compile(r"requests: (.*)")


def option_text(options: dict) -> str:
    """-o's argument; True stands for an option without a value, None for none at all."""
    given = {name: value for name, value in options.items() if value is not None}
    return ",".join(name if value is True else f"{name}={value}" for name, value in given.items())


class Mount:
    """In the foreground, so that its log can be read and its exit status be seen."""

    def __init__(self, program: Path, point: Path, environment: dict[str, str]):
        self.program = program
        self.point = point
        self.environment = environment | {"QUESTIONPRO_API_KEY": KEY}
        self.reports = Path(environment["ASAN_OPTIONS"].split("log_path=")[1])
        self.log_file = point.with_suffix(".log")
        self.expected: list[str] = []
        self.expected_exit = 0
        self.debug = False
        self.process = None

    def start(self, sandbox: Sandbox, debug: bool = False, **options) -> "Mount":
        self.debug = debug
        options = {"user_id": USER, "api_url": sandbox.url, "rate": 100000} | options
        sandbox.bear(options.get("timeout", 30))
        command = [self.program, "-d" if debug else "-f", "-o", option_text(options), self.point]
        with open(self.log_file, "w") as log:
            self.process = subprocess.Popen(command, stderr=log, env=self.environment)
        wait_until(lambda: self.logged(r"\bready\b") or self.process.poll() is not None)
        assert self.process.poll() is None, self.log
        assert self.is_there()
        return self

    def is_there(self) -> bool:
        return is_mounted(self.point)

    def __truediv__(self, name: str) -> Path:
        return self.point / name

    @property
    def pid(self) -> int:
        return self.process.pid

    # -------- the log --------

    @property
    def log(self) -> list[str]:
        """A line is written before what it tells of is answered, so it is there in time."""
        return self.log_file.read_text(errors="replace").splitlines()

    def logged(self, pattern: str) -> list[str]:
        return [line for line in self.log if re.search(pattern, line)]

    def expect_log(self, *patterns: str):
        """Errors and warnings that must be in the log; any other one fails the test."""
        self.expected += patterns

    def requests(self) -> dict[str, int]:
        """After the end of a mount with debug=True: how often the kernel asked for what."""
        counts = COUNTS.search(self.logged(COUNTS.pattern)[-1])[1]
        return {name: int(count) for count, name in re.findall(r"(\d+) (\w+)", counts)}

    # -------- while it runs --------

    @staticmethod
    def outlive(ttl: int):
        """Sleeps until what was fetched before is older than the option cache_ttl."""
        time.sleep(ttl + 0.05)

    def signal(self, number: int):
        self.process.send_signal(number)

    def refresh(self):
        """Drops what is cached, and returns when that has happened."""
        before = len(self.logged("SIGHUP"))
        self.signal(signal.SIGHUP)
        wait_until(lambda: len(self.logged("SIGHUP")) > before)
        os.statvfs(self.point)  # is answered when that is done
        time.sleep(0.002)  # what is asked for in the same millisecond counts as before it

    # -------- the end --------

    def wait(self) -> int:
        return self.process.wait(ENOUGH)

    def stop(self):
        """Ends it if it still runs, and looks at what it left behind."""
        try:
            self._end()
            self._check()
        finally:
            self._clear_away()

    def _end(self):
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        status = self.wait()
        tail = "\n".join(self.log[-30:])
        assert status == self.expected_exit, f"exit status {status}\n{tail}"

    def _check(self):
        assert not is_mounted(self.point)
        assert processes_naming(str(self.point)) == []
        assert sanitizer_reports(self.reports) == ""
        bad = [line for line in self.log if BAD.search(line) and not line.startswith(DEBUG)]
        surprises = [line for line in bad if not any(re.search(p, line) for p in self.expected)]
        missing = [p for p in self.expected if not any(re.search(p, line) for line in bad)]
        assert surprises == [], f"the log has what was not expected: {surprises}"
        if self.debug and self.process.returncode >= 0:
            assert LEFT_NOTHING.match(self.logged(r"\bleft: ")[-1])
        assert missing == [], "the log lacks what was expected"

    def _clear_away(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        clear_mount(self.point)


def reporting_to(place: Path | str) -> dict[str, str]:
    """What has the sanitizers report to files named like PLACE. Whoever runs a program must be able
    to write there: from gcc 13 on it does not even start where they can't."""
    options = f"halt_on_error=1:log_path={place}"
    return {
        "UBSAN_OPTIONS": f"print_stacktrace=1:{options}",
        "ASAN_OPTIONS": f"detect_leaks=1:{options}",
        # Not at once: a thread that tells the kernel of a name would keep its requests unanswered.
        "TSAN_OPTIONS": f"log_path={place}",
    }


def sanitizer_reports(prefix: Path) -> str:
    return "".join(f.read_text() for f in prefix.parent.glob(prefix.name + "*"))


def clear_mount(point: Path):
    while is_mounted(point):
        run("umount", "-l", point)
