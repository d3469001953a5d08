"""qpfs --demo: the sample account, without an account."""

import errno
import json
import os
import resource
import signal
import subprocess
import tempfile
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from account import KEY, USER
from tools import is_mounted, output, processes_naming, wait_until


ENDS = {"umount": ["umount"], "fusermount3": ["fusermount3", "-u"], "SIGTERM": None}


@pytest.mark.parametrize("how", ENDS)
def test_it_is_mounted_when_the_parent_ends_and_ends_both_processes(command, point, how):
    done = command("--demo", point, key=None)
    assert (done.returncode, done.stderr) == (0, "")
    assert os.listdir(point) == ["communities", "organizations"]
    assert output("ls", "-R", point).count(".json") == 3 + 1 + 4 + 2752
    [daemon] = processes_naming(str(point))
    [served] = children_of(daemon)
    if ENDS[how]:
        output(*ENDS[how], point)
    else:
        os.kill(daemon, signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(daemon, 0)[1]) == 0
    wait_until(lambda: ends_well(served))
    assert not is_mounted(point)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def ends_well(pid: int) -> bool:
    """A sandbox becomes our child when its parent has ended."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    assert status == 0
    return ended == pid


def test_an_account_of_ones_own_does_not_go_with_it(command, point):
    for options in [{"user_id": USER}, {"api_url": "http://127.0.0.1:9/a/api/v2"}]:
        done = command("--demo", "-f", point, **options)
        assert done.returncode == 1 and "--demo" in done.stderr
    assert not is_mounted(point)


def test_a_real_key_in_the_environment_does_not_get_there(command, point):
    done = command("--demo", point)
    assert done.returncode == 0
    [daemon] = processes_naming(str(point))
    [served] = children_of(daemon)
    for pid in [daemon, served]:
        assert KEY.encode() not in open(f"/proc/{pid}/environ", "rb").read()
    output("umount", point)
    assert os.waitstatus_to_exitcode(os.waitpid(daemon, 0)[1]) == 0
    wait_until(lambda: ends_well(served))


def test_it_says_why_it_cannot_start_the_sample_account(qpfs, environment):
    """A user who may have no more processes."""
    with tempfile.TemporaryDirectory() as point, open(qpfs, "rb") as program:
        os.chown(point, 65534, 65534)
        done = subprocess.run(
            ["qpfs", "--demo", "-f", point],
            executable=f"/proc/self/fd/{program.fileno()}",
            pass_fds=[program.fileno()],
            user=65534,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NPROC, (1, 1)),
            env=environment | {"ASAN_OPTIONS": "detect_leaks=0"},
            capture_output=True,
            text=True,
        )
    assert (done.returncode, done.stdout) == (1, "")
    why = os.strerror(errno.EAGAIN)
    assert done.stderr == f"qpfs: error: the sample account can't be served: {why}\n"


CONTROL = [
    ("GET", "/control/calls", None),
    ("DELETE", "/control/calls", None),
    ("PUT", "/control/latency", {"ms": 3600000}),
    ("PUT", "/control/key", {"key": "mine"}),
    ("POST", "/control/faults", [{"path_prefix": "/", "status": 500}]),
    ("POST", "/control/changes", [{"change": USER, "set": {"phone": "1"}}]),
    ("PUT", "/control/noise", {}),
]


@pytest.mark.parametrize("key", [None, "", "demo-key"])
def test_nobody_else_can_change_what_it_shows(command, point, key):
    """Every user of the machine can reach the port, and a page in a browser as well."""
    assert command("--demo", point, key=None).returncode == 0
    [daemon] = processes_naming(str(point))
    [served] = children_of(daemon)
    url = json.loads((point / ".qpfs/status.json").read_text())["api_url"]
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    for method, path, body in CONTROL:
        headers = {"api-key": key} if key is not None else {}
        connection.request(method, path, json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 401, path
    connection.close()
    assert output("ls", "-R", point).count(".json") == 3 + 1 + 4 + 2752
    output("umount", point)
    assert os.waitstatus_to_exitcode(os.waitpid(daemon, 0)[1]) == 0
    wait_until(lambda: ends_well(served))
