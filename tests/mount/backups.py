"""The recipes of docs/backup.md, run against what can fail."""

import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from account import RESEARCH, users
from docs import Page
from faults import ALLOWANCE
from mount import Mount
from sandbox import Sandbox, phone
from tools import output

PAGE = Page("docs/backup.md")
MOUNTED = "/mnt/questionpro"
FAILURES = {row[0]: row[1:] for row in PAGE.tables()[0]}
TOOLS = ["rsync", "restic", "borg"]
ENDED = "the tool is ended (SIGTERM)"
CHANGED = 1234567  # of the department MARKETING


def everywhere(**rule):
    return lambda sandbox, fs: sandbox.request(
        "POST", "/control/faults", [{"path_prefix": "/"} | rule]
    )


def forbid(sandbox: Sandbox, fs: Mount):
    sandbox.fault(users(RESEARCH), status=403)


def die(sandbox: Sandbox, fs: Mount):
    """While the kernel still knows what the mount point is: else restic ends with 1 at once."""
    time.sleep(0.5)  # what SIGHUP tells the kernel has arrived
    os.stat(fs.point)
    fs.signal(signal.SIGKILL)
    fs.expected_exit = -signal.SIGKILL
    fs.wait()


def unmount(sandbox: Sandbox, fs: Mount):
    output("fusermount3", "-u", fs.point)
    fs.wait()


HAPPENS = {
    "nothing": lambda sandbox, fs: None,
    "one department is forbidden": forbid,
    "the key is withdrawn": everywhere(status=401),
    "the service is down": everywhere(status=503),
    "the allowance of calls is used up": everywhere(status=429, body=ALLOWANCE),
    "qpfs has died": die,
    "nothing is mounted": unmount,
}


@dataclass
class Row:
    """What the page promises of a tool in a case."""

    happens: str
    tool: str

    @property
    def says(self) -> list[str]:
        return [text.lower() for text in re.findall("`(.*?)`", FAILURES[self.happens][0])]

    @property
    def cell(self) -> list[str]:
        return FAILURES[self.happens][1 + TOOLS.index(self.tool)].split(": ", 1)

    @property
    def status(self) -> int:
        return int(self.cell[0])

    @property
    def holds(self) -> str:
        return self.cell[1]


def happen(row: Row, sandbox: Sandbox, fs: Mount):
    """After a backup: two people change, and then it fails."""
    unseen = sandbox.user_ids(RESEARCH)[0]
    sandbox.change(phone(CHANGED, "+1 555 0100"))
    if row.happens == "one department is forbidden":
        sandbox.change(phone(unseen, "+1 555 0100"))
    if row.happens not in ["nothing", "nothing is mounted", "qpfs has died"]:
        fs.expect_log("error: ")
    if row.happens == "the allowance of calls is used up":
        fs.expect_log("warning: the service says that the allowance is used up")
    fs.refresh()
    HAPPENS[row.happens](sandbox, fs)


def check_failure(row: Row, done: subprocess.CompletedProcess):
    assert done.returncode == row.status, done.stderr
    said = (done.stdout + done.stderr).lower()
    assert not row.says or any(text in said for text in row.says), said


def clear(fs: Mount):
    """A dead mount stays until someone takes it away."""
    if fs.expected_exit:
        output("fusermount3", "-u", fs.point)


@contextmanager
def command_of(tool: str, fs: Mount, home: Path, env: dict) -> Iterator[subprocess.Popen]:
    """The line of the recipe that makes the backup, as a process that can be ended."""
    line = re.search(rf"^({tool} (?:-a|backup|create) .*?)(?: &&)?$", PAGE.text, re.MULTILINE)[1]
    line = line.replace(MOUNTED, str(fs.point)).replace("$name", "ended").replace("~", str(home))
    process = subprocess.Popen(
        shlex.split(line), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
