"""qpfs --demo: the sample account, without an account."""

import os
import signal
from pathlib import Path

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
