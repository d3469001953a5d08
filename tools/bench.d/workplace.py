"""One temporary directory, and whatever runs or is mounted in it, ended in the end."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

LIMIT = 300  # seconds for one command


class BenchError(Exception):
    """What cannot be measured, and what to do about it."""


def is_mounted(point: Path) -> bool:
    table = Path("/proc/self/mountinfo").read_text().splitlines()
    return any(line.split()[4] == str(point) for line in table)


ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """A signal to end raises KeyboardInterrupt: once, and never between a start and its record."""

    def __init__(self):
        self.held = False
        self.came = False

    def catch(self):
        for number in ENDS:
            signal.signal(number, self._handle)

    @staticmethod
    def ignore():
        for number in ENDS:
            signal.signal(number, signal.SIG_IGN)

    def _handle(self, number, frame):
        self.came = True
        if not self.held:
            self.ignore()
            raise KeyboardInterrupt

    @contextmanager
    def hold(self):
        """What comes meanwhile waits for let()."""
        self.held = True
        try:
            yield
        finally:
            self.held = False

    def let(self):
        if self.came:
            self.ignore()
            raise KeyboardInterrupt


def too_long(number, frame):
    raise TimeoutError


class Workplace:
    """`with Workplace(...) as place`: at its end, also on ^C, nothing is left of it."""

    def __init__(self):
        self.stack = ExitStack()
        self.interrupts = Interrupts()

    def __enter__(self) -> "Workplace":
        signal.signal(signal.SIGALRM, too_long)
        self.interrupts.catch()
        self.top = Path(tempfile.mkdtemp(prefix="qpfs-bench-"))
        self.stack.callback(self._remove)
        self.environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.directory("home")),
            "ASAN_OPTIONS": f"log_path={self.top}/sanitizer",
        }
        return self

    def __exit__(self, *problem):
        self.interrupts.ignore()
        return self.stack.__exit__(*problem)

    def _remove(self):
        """Not through a mount that is still there."""
        table = Path("/proc/self/mountinfo").read_text().splitlines()
        points = [line.split()[4] for line in table]
        for point in reversed([p for p in points if p.startswith(f"{self.top}/")]):
            subprocess.run(["umount", "-l", point], check=True)
        shutil.rmtree(self.top)

    def directory(self, name: str) -> Path:
        path = self.top / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    # -------- commands --------

    def run(self, *command, expected: int = 0) -> str:
        """Returns its standard output; another exit status or any complaint is an error."""
        return self.timed(*command, expected=expected)[1]

    def timed(self, *command, expected: int = 0) -> tuple[float, str]:
        """The same, after the seconds that it took."""
        words = [str(word) for word in command]
        with open(self.top / "output", "w+") as out, open(self.top / "complaints", "w+") as err:
            start = time.monotonic()
            status = self._wait(words, out, err)
            seconds = time.monotonic() - start
            out.seek(0)
            err.seek(0)
            complaints = err.read()
            if status != expected or complaints:
                what = " ".join(words)[:200]
                raise BenchError(f"{what}: exit status {status}\n{complaints[:1000]}")
            return seconds, out.read()

    def start(self, words: list, out, err, **environment) -> subprocess.Popen:
        """The caller ends it, and says interrupts.let() where that is sure to happen."""
        with self.interrupts.hold():
            return subprocess.Popen(
                [str(word) for word in words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=self.environment | environment,
                start_new_session=True,
            )

    def _wait(self, words: list[str], out, err) -> int:
        """Popen.wait(timeout) would look only every 50 ms; so an alarm ends what takes too long."""
        process = self.start(words, out, err)
        try:
            self.interrupts.let()
            signal.alarm(LIMIT)
            return process.wait()
        except TimeoutError:
            raise BenchError(f"{' '.join(words)[:200]}: not done after {LIMIT} s") from None
        finally:
            signal.alarm(0)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    # -------- processes and mounts --------

    @contextmanager
    def process(self, *command, ready=None):
        """Runs until the end of the `with`, which begins when `ready()` is true."""
        with open(self.top / "process.log", "a+") as log:
            process = self.start(command, log, log)
            try:
                self.interrupts.let()
                self._await(process, command[0], ready)
                yield process
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def _await(self, process, name: str, ready):
        end = time.monotonic() + 30
        while ready and not ready():
            if process.poll() is not None or time.monotonic() > end:
                tail = (self.top / "process.log").read_text(errors="replace")[-1000:]
                raise BenchError(f"{name} did not start:\n{tail}")
            time.sleep(0.005)

    @contextmanager
    def mounted(self, point: Path, *arguments):
        """What mount(8) mounts with these arguments."""
        self.run("mount", *arguments, point)
        try:
            yield point
        finally:
            self.unmount(point)

    @contextmanager
    def fuse(self, point: Path, *command):
        """What this program, which stays in the foreground, mounts."""
        with self.process(*command, ready=lambda: is_mounted(point)):
            try:
                yield point
            finally:
                self.unmount(point)

    @staticmethod
    def unmount(point: Path):
        if is_mounted(point):
            subprocess.run(["umount", "-l", str(point)], check=True)

    @staticmethod
    def drop_caches():
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3\n")
