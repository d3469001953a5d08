"""Who waits can be interrupted, and does not keep the mount from ending."""

import errno
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from account import FIELD, MARKETING, RESEARCH, USER, users
from mount import Mount
from tools import (
    ENOUGH,
    error_of,
    inventory,
    is_mounted,
    output,
    run,
    wait_until,
    wait_until_it_waits,
)


# semantics: T6
@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGHUP, signal.SIGALRM]
)
def test_ls_of_a_stalled_department_can_be_interrupted(stalled, number):
    """Within 100 ms: tests/long/test_promptness.py."""
    process = stalled()
    process.send_signal(number)
    wait_until(lambda: process.poll() is not None, 30)
    assert process.returncode == -number


# semantics: T6
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_ls_that_was_stopped_and_goes_on_can_be_interrupted(stalling, stalled, number):
    process = stalled()
    process.send_signal(signal.SIGSTOP)
    os.statvfs(stalling.point)  # is answered when the mount has looked at what was interrupted
    process.send_signal(signal.SIGCONT)
    process.send_signal(number)
    wait_until(lambda: process.poll() is not None, 30)
    assert process.returncode == -number


# semantics: T6
@pytest.mark.exact_service("it counts the calls of a list that is waited for")
def test_other_signals_end_nothing_and_cost_no_call(sandbox, mount, spawn):
    fs = mount(sandbox)
    os.stat(fs / users(FIELD))
    sandbox.latency(500)
    before = sandbox.total()
    process = spawn("ls", fs / users(FIELD))
    for number in signal.SIGSTOP, signal.SIGCONT:
        wait_until_it_waits(process)
        process.send_signal(number)
    assert process.communicate(timeout=ENOUGH)[0].count("\n") == 2500
    assert sandbox.total() - before == 3


# semantics: T6
@pytest.mark.parametrize("groups", [1, 1000])
def test_a_job_that_ends_does_not_make_a_shell_miss_names(sandbox, mount, groups):
    """What /proc says of a process is longer than a page where it has many groups."""
    fs = mount(sandbox)
    os.stat(fs / users(FIELD))
    sandbox.latency(700)
    become = ["setpriv", "--groups", ",".join(str(4000000000 + i) for i in range(groups))]
    script = f"sleep 0.3 & names=({fs / users(FIELD)}/*); echo ${{#names[@]}}"
    assert output(*become, "bash", "-c", script) == "2500\n"


TICKING = """
import os, signal, sys
signal.signal(signal.SIGALRM, lambda number, frame: None)
signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
print(len(os.listdir(sys.argv[1])))
"""


# semantics: T6
@pytest.mark.exact_service("it counts the calls of a list that is waited for")
def test_a_program_with_a_timer_reads_a_list_once(sandbox, mount):
    fs = mount(sandbox)
    os.stat(fs / users(FIELD))
    sandbox.latency(500)
    before = sandbox.total()
    assert output(sys.executable, "-c", TICKING, fs / users(FIELD)) == "2500\n"
    assert sandbox.total() - before == 3


def child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    wait_until(lambda: children.read_text().split())
    return int(children.read_text().split()[0])


# semantics: T6
def test_ls_can_be_interrupted_where_proc_is_of_another_namespace(
    sandbox, qpfs, environment, tmp_path, spawn
):
    """The number that the mount knows it by is in /proc that of another process: the test."""
    program = tmp_path / "apart"
    program.write_text(f'#!/bin/sh\nexec unshare --pid --fork --kill-child {qpfs} "$@"\n')
    program.chmod(0o755)
    point = tmp_path / "mount"
    point.mkdir()
    fs = Mount(program, point, environment).start(sandbox, timeout=600)
    os.stat(fs / users(FIELD))
    sandbox.fault(users(FIELD), stall=600)
    script = f"echo {os.getpid() - 1} >/proc/sys/kernel/ns_last_pid; ls {fs / users(FIELD)}; :"
    shell = spawn("nsenter", "--target", str(child_of(fs.pid)), "--pid", "sh", "-c", script)
    ls = child_of(child_of(shell.pid))
    wait_until(lambda: sandbox.calls()["in_flight"] == 1)
    os.kill(ls, signal.SIGTERM)
    try:
        wait_until(lambda: not Path(f"/proc/{ls}").exists(), 30)
    finally:
        output("umount", "-l", point)
        assert fs.wait() == 0
        fs.stop()


def test_a_look_up_that_waits_holds_up_nobody_else_in_its_directory(sandbox, mount, spawn):
    fs = mount(sandbox, timeout=600)
    department = (fs / users(FIELD)).parent
    os.stat(department)
    sandbox.fault(users(FIELD), stall=600)
    before = sandbox.total()
    waiting = spawn("cat", department / "users.jsonl")
    wait_until(lambda: sandbox.total() > before)
    assert "users" in os.listdir(department)
    os.stat(department / "users")
    assert error_of(os.stat, department / ".git") == errno.ENOENT
    assert waiting.poll() is None


@pytest.mark.exact_service("it is interrupted in the middle of the first answer")
def test_a_call_that_nobody_waits_for_any_more_is_given_up(sandbox, stalling, spawn):
    sandbox.heal()
    sandbox.latency(300)
    process = spawn("ls", stalling / users(FIELD))
    wait_until(lambda: sandbox.calls()["in_flight"] == 1)
    process.send_signal(signal.SIGINT)
    process.wait(ENOUGH)
    assert json.loads((stalling / ".qpfs/status.json").read_bytes())["fetching"] == []
    wait_until(lambda: sandbox.calls()["in_flight"] == 0)
    os.listdir(stalling / users(RESEARCH))  # long enough for what would come after
    assert sandbox.paths()[f"/{users(FIELD)}"] == 1, "the other pages were not asked for"


def test_ls_of_a_cached_department_answers_meanwhile(stalling, stalled):
    waiting = stalled()
    assert os.listdir(stalling / users(MARKETING))
    assert waiting.poll() is None


def test_the_other_of_two_waiters_goes_on_waiting(sandbox, mount, spawn):
    fs = mount(sandbox)
    os.stat(fs / users(FIELD))
    sandbox.latency(3000)
    first, second = spawn("ls", fs / users(FIELD)), spawn("ls", fs / users(FIELD))
    for process in first, second:
        wait_until_it_waits(process)
    first.send_signal(signal.SIGINT)
    assert second.communicate(timeout=60)[0].count("\n") == 2500
    assert (first.wait(), second.returncode) == (-signal.SIGINT, 0)


# semantics: T6
def test_a_second_look_up_of_the_same_name_can_be_ended_with_the_first(sandbox, mount, spawn):
    """While the first one waits, the kernel gives the second one no signal."""
    fs = mount(sandbox, timeout=600)
    name = (fs / users(FIELD)).parent / "users.jsonl"
    os.stat(name.parent)
    sandbox.fault(users(FIELD), stall=600)
    first = spawn("cat", name)
    wait_until_it_waits(first)
    second = spawn("cat", name)
    wait_until_it_waits(second, "d_alloc_parallel")
    for process in second, first:
        process.kill()
    assert (first.wait(ENOUGH), second.wait(ENOUGH)) == (-signal.SIGKILL, -signal.SIGKILL)


# semantics: E5
def test_umount_says_busy_while_someone_waits(stalling, stalled):
    stalled()
    done = run("umount", stalling.point)
    assert done.returncode == 32 and "busy" in done.stderr
    assert is_mounted(stalling.point)


ENDS = {
    "umount -l": ["umount", "-l"],
    "fusermount3 -uz": ["fusermount3", "-uz"],
    "SIGTERM": None,
    "SIGINT": None,
}


# semantics: E5
@pytest.mark.parametrize("how", ENDS)
def test_this_ends_the_mount_though_people_wait(stalling, stalled, spawn, how):
    """Within two seconds: tests/long/test_promptness.py."""
    waiting = [stalled(), spawn("ls", stalling / users(FIELD)), spawn("ls", stalling / users(FIELD))]
    if ENDS[how]:
        output(*ENDS[how], stalling.point)
    else:
        stalling.signal(getattr(signal, how))
    assert stalling.wait() == 0
    for process in waiting:
        assert process.communicate(timeout=60)[1] and process.returncode == 2
    assert not is_mounted(stalling.point)


@pytest.mark.parametrize("command", [["umount"], ["fusermount3", "-u"]], ids=" ".join)
def test_an_idle_mount_is_unmounted_at_once(stalling, command):
    output(*command, stalling.point)
    assert stalling.wait() == 0


def test_an_open_file_keeps_umount_busy_and_can_be_read_to_its_end(stalling):
    with open(stalling / users(MARKETING) / "1234567.json", "rb") as opened:
        assert run("umount", stalling.point).returncode == 32
        assert opened.read()
    output("umount", stalling.point)
    assert stalling.wait() == 0


# semantics: E4
def test_a_dead_daemon_leaves_enotconn_and_the_backup_whole(sandbox, stalling, backup):
    before = inventory(backup)
    stalling.signal(signal.SIGKILL)
    stalling.expected_exit = -signal.SIGKILL
    stalling.wait()
    assert error_of(os.listdir, stalling.point) == errno.ENOTCONN
    done = run("rsync", "-a", "--delete", stalling / "communities", stalling / "organizations", backup)
    assert done.returncode == 23
    assert run("rsync", "-a", "--delete", f"{stalling.point}/", backup).returncode == 23
    assert inventory(backup) == before
    output("fusermount3", "-u", stalling.point)


def test_mounting_over_a_dead_mount_says_what_to_do(sandbox, stalling, command):
    stalling.signal(signal.SIGKILL)
    stalling.expected_exit = -signal.SIGKILL
    stalling.wait()
    done = command("-f", stalling.point, user_id=USER, api_url=sandbox.url)
    assert done.returncode == 1
    assert f"fusermount3 -u {stalling.point}" in done.stderr
    output("fusermount3", "-u", stalling.point)


# semantics: S6
def test_nothing_mounted_there_means_that_the_recipe_for_backups_deletes_nothing(tmp_path, backup):
    before = inventory(backup)
    names = [tmp_path / "empty/communities", tmp_path / "empty/organizations"]
    (tmp_path / "empty").mkdir()
    assert run("rsync", "-a", "--delete", *names, backup).returncode == 23
    assert inventory(backup) == before


# semantics: E7
@pytest.mark.parametrize("ended_by", [None, signal.SIGTERM])
def test_a_mount_that_was_aborted_stays_there_dead(stalling, own_mounts, ended_by):
    stalling.expect_log("the connection to the kernel was aborted") if not ended_by else None
    connections = own_mounts / "connections"
    connections.mkdir()
    output("mount", "-t", "fusectl", "none", connections)
    (connections / str(os.minor(os.stat(stalling.point).st_dev)) / "abort").write_text("1")
    if ended_by:
        stalling.signal(ended_by)
    stalling.expected_exit = 0 if ended_by else 1
    assert stalling.wait() == stalling.expected_exit
    assert error_of(os.listdir, stalling.point) == errno.ENOTCONN
    output("fusermount3", "-u", stalling.point)


@pytest.fixture
def own_mounts(tmp_path):
    """A directory whose mounts can be moved."""
    top = tmp_path / "top"
    top.mkdir()
    output("mount", "-t", "tmpfs", "memory", top)
    output("mount", "--make-private", top)
    yield top
    output("umount", "--recursive", "--lazy", top)


def test_an_end_takes_nothing_away_that_lies_over_the_mount(stalling):
    stalling.expect_log("stays there, dead, for another mount lies over it.* fusermount3 -u")
    output("mount", "-t", "tmpfs", "memory", stalling.point)
    (stalling.point / "letter").write_text("unsent")
    stalling.signal(signal.SIGTERM)
    stalling.wait()
    assert (stalling.point / "letter").read_text() == "unsent"
    output("umount", stalling.point)
    assert error_of(os.listdir, stalling.point) == errno.ENOTCONN
    output("fusermount3", "-u", stalling.point)


def test_an_end_takes_the_mount_away_where_it_was_moved_to(sandbox, mount, own_mounts):
    fs = mount(sandbox)
    old, new = own_mounts / "old", own_mounts / "new"
    old.mkdir()
    new.mkdir()
    output("mount", "--bind", fs.point, old)
    output("umount", fs.point)
    output("mount", "--move", old, new)
    assert os.listdir(new)
    fs.signal(signal.SIGTERM)
    assert fs.wait() == 0
    assert not is_mounted(new)
