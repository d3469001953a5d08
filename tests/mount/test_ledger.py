"""Calls counted over mounts, against the allowance of the subscription."""

import errno
import os
import re
import shutil
import signal
from pathlib import Path

import pytest

from account import COMMUNITIES, DEPARTMENTS, KEY, RESEARCH, USER, community_names, users
from faults import ALLOWANCE
from tools import calls_in, error_of, output, processes_naming, wait_until


pytestmark = pytest.mark.exact_service("the ledger counts every try, the sandbox no spoilt one")

COMMUNITIES_CALL = f"micropanel/users/{USER}/communities"


class Ledger:
    def __init__(self, home: Path):
        self.directory = home / ".local/state/qpfs"

    @property
    def path(self) -> Path:
        """There is one, for there is one key."""
        [path] = self.directory.iterdir()
        return path

    @property
    def calls(self) -> int:
        return calls_in(self.path)

    def write(self, calls: int):
        """What an earlier mount would have left."""
        self.path.write_text("+" * calls)


@pytest.fixture
def ledger(environment) -> Ledger:
    return Ledger(Path(environment["HOME"]))


@pytest.fixture
def used(ledger, sandbox, mount):
    """Leaves a ledger in which that many calls are counted."""

    def start(calls: int) -> Ledger:
        mount(sandbox, delay_connect=True).stop()
        ledger.write(calls)
        return ledger

    return start


def walk(fs):
    output("ls", "-lR", fs.point)


# semantics: L1
def test_calls_are_counted_over_mounts(sandbox, mount, ledger):
    walk(mount(sandbox))
    first = sandbox.total()
    assert ledger.calls == first > 1
    walk(mount(sandbox))
    assert ledger.calls == sandbox.total() > first


# semantics: L1
def test_two_mounts_at_once_add_up(sandbox, mount, ledger, spawn):
    mounts = [mount(sandbox, per_page=50) for _ in range(2)]
    walks = [spawn("ls", "-R", fs.point) for fs in mounts]
    assert len({process.communicate(timeout=60)[0].count(".json") for process in walks}) == 1
    assert ledger.calls == sandbox.total() > 100


# semantics: L1
def test_the_ledger_is_for_its_owner_alone_and_does_not_show_the_key(sandbox, mount, ledger):
    walk(mount(sandbox))
    assert oct(ledger.path.stat().st_mode) == "0o100600"
    assert oct(ledger.directory.stat().st_mode) == "0o40700"
    assert re.fullmatch("[0-9a-f]{16}", ledger.path.name)
    assert KEY[:4] not in ledger.path.read_text() + ledger.path.name


# semantics: L1
def test_xdg_state_home_says_where_it_is(sandbox, mount, environment, ledger, tmp_path):
    environment["XDG_STATE_HOME"] = str(tmp_path / "state")
    mount(sandbox)
    assert len(list((tmp_path / "state/qpfs").iterdir())) == 1
    assert not ledger.directory.exists()


# semantics: L1
def test_the_demo_leaves_none(command, point, ledger):
    assert command("--demo", point).returncode == 0
    assert output("ls", point / "communities")
    output("fusermount3", "-u", point)
    wait_until(lambda: processes_naming(str(point)) == [])
    assert not ledger.directory.exists()


# semantics: L2
@pytest.mark.parametrize("answered", [True, False])
def test_whoever_is_killed_has_counted_what_was_sent(sandbox, mount, ledger, spawn, answered):
    fs = mount(sandbox)
    output("ls", fs / "communities", fs / DEPARTMENTS)
    if not answered:
        sandbox.fault(users(RESEARCH), stall=60)
        spawn("ls", fs / users(RESEARCH))
        wait_until(lambda: sandbox.calls()["in_flight"] == 1)
    fs.expected_exit = -signal.SIGKILL
    fs.signal(signal.SIGKILL)
    fs.wait()
    output("fusermount3", "-uz", fs.point)
    assert ledger.calls == sandbox.total()
    sandbox.heal()
    walk(mount(sandbox))
    assert ledger.calls == sandbox.total()


def test_each_try_is_counted(sandbox, mount, ledger):
    sandbox.fault(COMMUNITIES_CALL, status=503, times=2)
    walk(mount(sandbox))
    assert ledger.calls == sandbox.total()


# semantics: L2
def test_a_call_that_never_left_is_not_counted(sandbox, mount, ledger, command, used):
    used(0)
    sandbox.kill()
    # It has no connection yet: over one that was just closed a call may leave, which curl 8.23 allows.
    fs = mount(sandbox, delay_connect=True)
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.ECONNREFUSED
    fs.expect_log("Connection refused")
    done = command("--check", user_id=USER, api_url=sandbox.url, timeout=2)
    assert done.returncode == 1
    assert ledger.calls == 0
    sandbox.start()
    wait_until(lambda: error_of(os.listdir, fs / users(RESEARCH)) == 0)
    assert ledger.calls == sandbox.total()


# semantics: L3
def test_the_log_warns_at_each_level_once(sandbox, mount, used):
    ledger = used(47)
    fs = mount(sandbox, allowance=100)
    walk(fs)
    fs.expect_log("50 of the allowance of 100 calls are used, 50 %; 10 are kept in reserve")
    ledger.path.unlink()


# semantics: L3
def test_a_mount_that_starts_late_says_so(sandbox, mount, used):
    used(60)
    fs = mount(sandbox, allowance=100)
    fs.expect_log("60 of the allowance of 100 calls are used")
    walk(fs)
    assert len(fs.logged("of the allowance")) == 1


# semantics: L4
def test_past_the_reserve_what_is_held_serves_and_nothing_else(sandbox, mount, used):
    used(10)
    fs = mount(sandbox, allowance=20, reserve="40%")
    fs.expect_log("50 %", "12 calls are made: of allowance=20, reserve=8 are kept back")
    names = os.listdir(fs / "communities")
    sandbox.reset()
    assert error_of(os.listdir, fs / DEPARTMENTS) == errno.EDQUOT
    assert names == community_names() == os.listdir(fs / "communities")
    assert output("cat", fs / f"communities/{COMMUNITIES[0]}.json")
    assert sandbox.total() == 0


# semantics: L4
def test_past_the_reserve_what_is_old_serves_on(sandbox, mount, used, clock):
    used(10)
    fs = mount(sandbox, allowance=20, reserve=8, cache_ttl=60)
    fs.expect_log("50 %", "communities.*the list of before serves|communities")
    names = os.listdir(fs / "communities")
    clock.outlive(60)
    assert os.listdir(fs / "communities") == names
    assert sandbox.total() >= 2


# semantics: L4
def test_what_others_called_counts_too(sandbox, mount, ledger):
    fs = mount(sandbox, allowance=8, reserve=0, delay_connect=True)
    fs.expect_log("10 of the allowance of 8 calls are used, 125 %", "of allowance=8")
    walk(mount(sandbox))
    assert error_of(os.listdir, fs / "communities") == errno.EDQUOT


def test_a_mount_without_calls_left_says_so(sandbox, command, point, used):
    used(100)
    options = {"user_id": 7, "api_url": sandbox.url, "allowance": 100}
    sandbox.reset()
    result = command(point, **options)
    assert result.returncode == 1
    assert "100 calls are made: of allowance=100, reserve=10 are kept back" in result.stderr
    assert "there are no calls left; wait for new ones, or see the options allowance" in result.stderr
    assert sandbox.total() == 0


# semantics: L5
def test_a_ledger_that_is_deleted_loses_nothing(sandbox, mount, ledger):
    fs = mount(sandbox)
    fs.expect_log("was taken away or cut: counting starts anew")
    names = os.listdir(fs / "communities")
    shutil.rmtree(ledger.directory.parent)
    sandbox.reset()
    assert os.listdir(fs / "communities") == names
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    assert ledger.calls == sandbox.total()


# semantics: L5
@pytest.mark.parametrize("size", [0, 5])
def test_a_ledger_that_is_cut_counts_what_is_left(sandbox, mount, used, size):
    ledger = used(10)
    fs = mount(sandbox)
    fs.expect_log("was taken away or cut: counting starts anew")
    os.truncate(ledger.path, size)
    sandbox.reset()
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    assert ledger.calls == size + sandbox.total()


# semantics: L5
def test_a_ledger_that_is_broken_counts_its_marks(sandbox, mount, ledger, used):
    used(0).path.write_bytes(b"500\n\0\0")
    fs = mount(sandbox, allowance=8, reserve=0, delay_connect=True)
    fs.expect_log("is broken: only . and - count in it")
    sandbox.reset()
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    assert ledger.calls == sandbox.total() <= 3


# semantics: L1
def test_a_ledger_of_the_version_before_is_counted_on(sandbox, mount, used):
    lines = ["qpfs ledger 1 of the calls made with one key, begun 2026-11-25"]
    lines += [f"{calls:012} calls, the last at 2026-11-25T12:00:00Z" for calls in (12, 40)]
    used(0).path.write_text("".join(f"{line:79}\n" for line in lines))
    fs = mount(sandbox, allowance=100)
    fs.expect_log("52 of the allowance of 100 calls are used")
    assert os.listdir(fs / "communities") == community_names()


# semantics: L6
@pytest.mark.parametrize(
    "spoil, why",
    [
        (lambda path: path.chmod(0o644), "do: chmod 600"),
        (lambda path: os.chown(path, 1, 1), "it belongs to someone else"),
        (lambda path: (path.unlink(), path.symlink_to("/dev/null")), "it is a symbolic link"),
        (lambda path: (path.unlink(), path.mkdir()), "Is a directory"),
    ],
)
def test_a_ledger_that_cannot_be_trusted_is_not_used(sandbox, mount, ledger, spoil, why):
    mount(sandbox).stop()
    spoil(ledger.path)
    fs = mount(sandbox, allowance=3, reserve=0)
    fs.expect_log(f"only the calls of this mount are counted: .*{why}", "66 %", "100 %", "3 calls are made")
    assert os.listdir(fs / "communities") == community_names()
    assert os.listdir(fs / DEPARTMENTS)
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EDQUOT


# semantics: L7
def test_the_service_has_the_last_word(sandbox, mount):
    fs = mount(sandbox, allowance=100)
    fs.expect_log("HTTP 429", "yet only 2 calls of allowance=100 are counted")
    sandbox.fault(COMMUNITIES_CALL, status=429, body=ALLOWANCE)
    assert error_of(os.listdir, fs / "communities") == errno.EDQUOT
