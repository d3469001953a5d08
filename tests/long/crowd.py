"""Programs that read a mount again and again, and each of whose complaints is looked at."""

import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

GONE = re.compile(
    r"(?:(?:cat|find|rg): )?(?:failed to open \S+: )?\W*(?:\./)?(\d+)\.json\W*:"
    r" (?:IO error for operation on \S+: )?No such file or directory(?: \(os error 2\))?"
)


class Repeated:
    """A command in a loop. FAILURES: the exit statuses that go with a file that went meanwhile."""

    def __init__(self, command: list, cwd: Path, may_go: set[int], failures: tuple[int, ...]):
        self.command = [str(part) for part in command]
        self.cwd = cwd
        self.may_go = may_go
        self.failures = failures
        self.runs = 0
        self.problems: list = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while not self.stop.is_set() and not self.problems:
            done = subprocess.run(
                self.command,
                cwd=self.cwd,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                env=os.environ | {"LC_ALL": "C.UTF-8"},
            )
            self.judge(done)
            self.runs += 1

    def judge(self, done: subprocess.CompletedProcess):
        gone = [GONE.fullmatch(line) for line in done.stderr.splitlines()]
        legitimate = all(match and int(match[1]) in self.may_go for match in gone)
        expected = self.failures if gone else (0,)
        if not legitimate or done.returncode not in expected:
            self.problems.append((self.command[:3], done.returncode, done.stderr[:500]))

    def finish(self):
        self.stop.set()
        self.thread.join()

PROCESSORS = "/sys/devices/system/cpu"  # which stress-ng looks at in the beginning


def stress_root(root: Path) -> Path:
    """A root directory with stress-ng and its libraries, and nothing else to read."""
    program = shutil.which("stress-ng")
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    for name in [program, shutil.which("env"), *re.findall(r"/\S+", listed)]:
        target = root / name[1:]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, target)
    for name in ["run", "tmp", "proc", "dev/shm", PROCESSORS[1:]]:
        (root / name).mkdir(parents=True)
    for name in ["dev/null", "dev/zero"]:
        (root / name).touch()
    return root


# stress-ng's --getdent walks /, /run and /tmp among others, and --open opens ".", and tries to
# make files in /tmp: so these three are the mount. What writes (--dir, --dentry, --access,
# --chdir) makes its own directory first, and has nothing to do here. --open keeps as many
# directories open as it may, and each its snapshot: without a limit that is all of the memory.
STRESS = """
mount --make-rprivate /
cd "$1"
mount --bind "$2" run
mount --bind "$2" tmp
mount -t proc proc proc
mount --bind "/$5" "$5"
mount -t tmpfs none dev/shm
mount --bind /dev/null dev/null
mount --bind /dev/zero dev/zero
ulimit -n 64
exec chroot . /usr/bin/env -C /run "$3" --temp-path /dev/shm --timeout "$4" \
    --getdent 4 --open 4 --fstat 4 --fstat-dir /run
"""


def stress(root: Path, top: Path, seconds: float) -> subprocess.Popen:
    apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    arguments = [shutil.which("stress-ng"), str(int(seconds)), PROCESSORS[1:]]
    return subprocess.Popen(
        [*apart, "sh", "-ec", STRESS, "sh", stress_root(root), top, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def judge_stress(process: subprocess.Popen) -> str:
    """What is wrong with the end of it, or nothing."""
    said = process.communicate(timeout=60)[0]
    lines = [line for line in said.splitlines() if not re.match(r"stress-ng: info:", line)]
    fine = process.returncode == 0 and lines == [] and "successful run completed" in said
    return "" if fine else f"stress-ng ended with {process.returncode}: {said}"


def fio(engine: str, files: list[Path], seconds: float) -> list[str]:
    names = ":".join(str(path).replace(":", "\\:") for path in files)
    return [
        *["fio", "--readonly", "--allow_file_create=0", "--name=read", f"--filename={names}"],
        *["--rw=randread", "--bsrange=1-400", "--bs_unaligned=1", f"--ioengine={engine}"],
        *["--numjobs=4", "--thread", "--time_based", f"--runtime={seconds}"],
    ]
