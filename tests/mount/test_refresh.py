"""What must not be shown any more, by the kernel either: after SIGHUP, a sleep, and a pause that only
a clock on the wall tells of."""

import errno
import itertools
import os
import subprocess

import pytest

from account import ARCHIVE, DEPARTMENTS, FIELD, PANEL, RESEARCH, users
from gates import Gates
from pretence import Pretence
from sandbox import phone
from service import spread
from tools import ENOUGH, error_of, output, run, wait_until, wait_until_it_waits

KERNEL = tuple(map(int, os.uname().release.split(".")[:2]))


@pytest.fixture(params=[0, 1], ids=["this kernel", "a kernel before 6.16"])
def pretence(request, sandbox, build, environment, tmp_path) -> Pretence:
    pretence = Pretence(build, environment, tmp_path / "pretence")
    pretence.set("no_epochs", request.param)
    return pretence


def sighup(fs, pretence):
    fs.refresh()


def sleep(fs, pretence):
    """An hour. Waking up, the kernel tells the program; here look-ups do."""
    names = (f"wake-up-{number}" for number in itertools.count())

    def is_awake() -> bool:
        """The first look-up may still be answered in the turn before."""
        assert error_of(os.stat, fs / next(names)) == errno.ENOENT
        return bool(fs.logged("the machine slept for 3600 s"))

    pretence.set("slept_s", 3600)
    wait_until(is_awake)
    assert len(fs.logged("the machine slept")) == 1


def pause(fs, pretence):
    """An hour, that the kernel of the machine knows nothing of."""
    pretence.set("set_s", 3600)
    wait_until(lambda: fs.logged("the clock was set ahead by 3600 s, as after a pause"))
    assert len(fs.logged("the clock was set ahead")) == 1


@pytest.fixture(params=[sighup, sleep, pause])
def renew(request):
    return request.param


# semantics: F7
def test_what_has_changed_is_shown(sandbox, pretence, mount, renew):
    fs = mount(sandbox, cache_ttl=600)
    changed, gone = (sandbox.user_ids(RESEARCH)[place] for place in (3, 5))
    user, lost = (fs / users(RESEARCH) / f"{id}.json" for id in (changed, gone))
    department = fs / DEPARTMENTS / str(ARCHIVE) / "department.json"
    every = fs / DEPARTMENTS / str(RESEARCH) / "users.jsonl"
    for path in [user, lost, department, every]:
        path.read_bytes()
    sandbox.change(
        phone(changed, "+1 555"),
        {"remove": gone},
        {"rename_department": ARCHIVE, "name": "Attic"},
    )
    renew(fs, pretence)
    wait_until(lambda: b"+1 555" in user.read_bytes())
    wait_until(lambda: b"Attic" in department.read_bytes())
    wait_until(lambda: b"+1 555" in every.read_bytes())
    assert error_of(lost.read_bytes) == errno.ENOENT


# semantics: F7
@pytest.mark.parametrize("pretence", [1], ids=["a kernel before 6.16"], indirect=True)
def test_what_has_changed_is_shown_once_there_can_be_a_thread(sandbox, pretence, mount):
    fs = mount(sandbox, cache_ttl=600)
    changed = sandbox.user_ids(RESEARCH)[3]
    user = fs / users(RESEARCH) / f"{changed}.json"
    user.read_bytes()
    sandbox.change(phone(changed, "+1 555"))
    pretence.set("no_threads", 1)
    fs.refresh()
    assert fs.logged("can't be told yet")
    fs.expect_log("can't be told yet that what it holds is old: Resource temporarily unavailable")
    pretence.set("no_threads", 0)
    wait_until(lambda: b"+1 555" in user.read_bytes())


# semantics: F7
def test_who_comes_later_joins_no_list_that_was_being_read(service, mount, spawn):
    ids = list(spread(2500))
    service.account.join(FIELD, *ids)
    fs = mount(service, cache_ttl=600)
    os.stat(fs / users(FIELD))
    gates = Gates(service, FIELD)
    early = spawn("ls", fs / users(FIELD))
    wait_until(lambda: gates.asked() == 1)
    service.account.leave(ids[3])
    fs.refresh()
    late = spawn("ls", fs / users(FIELD))
    wait_until_it_waits(late)
    gates.open()
    names = late.communicate(timeout=ENOUGH)[0].split()
    assert sorted(names) == sorted(f"{id}.json" for id in ids if id != ids[3])
    early.communicate(timeout=ENOUGH)
    assert early.returncode == 0


# semantics: F7
def test_what_has_not_changed_keeps_its_number(sandbox, pretence, mount, renew):
    fs = mount(sandbox, cache_ttl=600)
    paths = [fs / users(RESEARCH) / f"{id}.json" for id in sandbox.user_ids(RESEARCH)]

    def look():
        output("cat", *paths)
        return [os.stat(path).st_ino for path in paths]

    before = look()
    renew(fs, pretence)
    assert look() == before


# semantics: F7
def test_a_shell_in_a_directory_stays_where_it_is(sandbox, pretence, mount, renew):
    fs = mount(sandbox, cache_ttl=600)
    here = fs / users(RESEARCH)
    shell = subprocess.Popen(
        ["sh"], cwd=here, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    os.listdir(here)
    renew(fs, pretence)
    os.stat(here)
    said, _ = shell.communicate("ls | wc -l; /bin/pwd\n", timeout=20)
    assert said.split() == ["250", str(here)]


# semantics: F7
def test_it_is_so_at_once_for_many_names_where_the_kernel_can(serve, mount):
    sandbox = serve("--users", "20000")
    fs = mount(sandbox, cache_ttl=600)
    assert run("grep", "-r", "changed just now", fs / users(PANEL)).returncode == 1
    last = sandbox.user_ids(PANEL)[-1]
    sandbox.change(phone(last, "changed just now"))
    fs.refresh()
    path = fs / users(PANEL) / f"{last}.json"
    wait_until(lambda: b"changed just now" in path.read_bytes(), 0 if KERNEL >= (6, 16) else 10)
