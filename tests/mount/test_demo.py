"""qpfs --demo: the sample account, without an account."""

import os
import signal

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
    if ENDS[how]:
        output(*ENDS[how], point)
    else:
        os.kill(daemon, signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(daemon, 0)[1]) == 0
    wait_until(children_ended)
    assert not is_mounted(point)


def children_ended() -> bool:
    """The sandbox becomes our child when its parent has ended."""
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    assert pid == 0 or status == 0
    return False


def test_an_account_of_ones_own_does_not_go_with_it(command, point):
    for options in [{"user_id": USER}, {"api_url": "http://127.0.0.1:9/a/api/v2"}]:
        done = command("--demo", "-f", point, **options)
        assert done.returncode == 1 and "--demo" in done.stderr
    assert not is_mounted(point)


def test_a_real_key_in_the_environment_does_not_get_there(command, point):
    done = command("--demo", point)
    assert done.returncode == 0
    for pid in processes_naming(str(point)):
        assert KEY.encode() not in open(f"/proc/{pid}/environ", "rb").read()
    output("umount", point)
    wait_until(children_ended)
