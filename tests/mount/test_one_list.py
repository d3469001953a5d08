"""-o one_list: the users of all departments from the list of everybody."""

import errno
import json
import os
import signal
import subprocess

import pytest

from account import ARCHIVE, DEPARTMENTS, EVERYBODY, FIELD, MARKETING, ORG
from account import RESEARCH, file_names, users
from docs import Page
from sandbox import HALF, everybody, moved, nobody, phone
from tools import error_of, output, rsync, wait_until

pytestmark = pytest.mark.exact_service("the calls are counted")

OWN_LISTS = f"/{DEPARTMENTS}/"
SAID = "one_list is not used any more"


def own_lists(sandbox) -> set[int]:
    """The departments whose own lists were asked for."""
    return {int(path.split("/")[4]) for path in sandbox.paths() if path.startswith(OWN_LISTS)}


def read_all(fs) -> dict[int, list[str]]:
    departments = [int(name) for name in os.listdir(fs / DEPARTMENTS) if name.isdigit()]
    return {id: os.listdir(fs / users(id)) for id in departments}


def calls_of(sandbox, *command) -> int:
    before = sandbox.total()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sandbox.total() - before


def facts(directory) -> dict[str, tuple]:
    """Of each name below a directory: inode number, size, times, mode."""
    found = {}
    for root, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(root, name)
            seen = os.lstat(path)
            found[os.path.relpath(path, directory)] = (
                seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_mode,
            )
    return found


# -------- what it saves, and that it changes nothing --------


# semantics: O1
def test_a_walk_takes_the_calls_of_one_list(serve, mount):
    """5,000 people in 200 departments, none of which is empty."""
    sandbox = serve("--departments=197", "--users-per=11")
    sandbox.change({"remove_department": ARCHIVE}, {"remove_department": FIELD})
    sandbox.change({"add_department": FIELD, "name": "Field", "users": 2581})
    assert len(sandbox.records(EVERYBODY)) == 5000
    one, own = mount(sandbox, one_list=True), mount(sandbox)
    assert calls_of(sandbox, "find", own.point) >= 200
    sandbox.reset()
    assert calls_of(sandbox, "find", one.point) <= 8
    assert own_lists(sandbox) == set()
    assert facts(one.point) == facts(own.point)
    assert output("diff", "-r", one.point, own.point) == ""


# semantics: O1
def test_a_backup_from_one_mount_is_one_of_the_other(sandbox, mount, tmp_path):
    one, own = mount(sandbox, one_list=True), mount(sandbox)
    backup = tmp_path / "backup"
    rsync("-a", f"{one.point}/", backup)
    assert own_lists(sandbox) == {ARCHIVE}
    assert output("rsync", "-ai", "--delete", f"{own.point}/", backup) == ""


def test_the_people_of_both_views_share_one_fetch(sandbox, mount):
    fs = mount(sandbox, one_list=True)
    everybody_there = os.listdir(fs / EVERYBODY)
    calls = sandbox.total()
    shown = read_all(fs)
    assert sorted(sum(shown.values(), [])) == sorted(everybody_there)
    assert sandbox.total() - calls == 2  # the list of departments, and the empty one
    for name in shown[MARKETING]:
        assert os.stat(fs / users(MARKETING) / name) == os.stat(fs / EVERYBODY / name)
    listed = {one["path"]: one for one in json.loads((fs / ".qpfs/status.json").read_text())["listings"]}
    assert (listed[users(RESEARCH)]["items"], listed[users(RESEARCH)]["pages"]) == (250, 0)


# semantics: O6
def test_one_user_is_still_one_call(sandbox, mount):
    fs = mount(sandbox, one_list=True)
    os.listdir(fs / DEPARTMENTS)
    calls = sandbox.total()
    (fs / users(MARKETING) / "1234567.json").read_bytes()
    assert sandbox.total() - calls == 1
    assert sandbox.paths()["/users/1234567"] == 2  # the other was the trial of the key


# semantics: O6
def test_single_users_cost_no_more_than_the_list_of_everybody(sandbox, mount, clock):
    fs = mount(sandbox, one_list=True, cache_ttl=60, stale_if_error=0)
    shown = read_all(fs)
    clock.outlive(60)
    names = [f"{users(RESEARCH)}/{name}" for name in shown[RESEARCH][:40]]
    names += [f"{users(FIELD)}/{name}" for name in shown[FIELD][:40]]
    calls = sandbox.total()
    for name in names:
        (fs / name).read_bytes()
    assert sandbox.total() - calls <= 2 * 3 + 3


# semantics: O6
def test_it_is_fetched_anew_after_the_ttl_and_after_a_sighup(sandbox, mount, clock):
    fs = mount(sandbox, one_list=True, cache_ttl=60)
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    sandbox.change({"add": RESEARCH, "id": 99})
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    clock.outlive(60)
    assert len(os.listdir(fs / users(RESEARCH))) == 251
    sandbox.change({"add": RESEARCH, "id": 98})
    fs.refresh()
    assert len(os.listdir(fs / users(RESEARCH))) == 252
    assert own_lists(sandbox) == set()


# semantics: O6
def test_what_is_held_serves_while_the_service_fails(sandbox, mount, clock):
    fs = mount(sandbox, one_list=True, cache_ttl=60, stale_if_error=300, timeout=1)
    before = read_all(fs)
    sandbox.fault(EVERYBODY, status=503)
    clock.outlive(60)
    assert read_all(fs)[RESEARCH] == before[RESEARCH]
    clock.outlive(300)
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EIO
    fs.expect_log(f"{EVERYBODY}: HTTP 503")


# -------- nobody is lost --------


# semantics: O2
def test_a_department_without_anybody_on_the_list_is_asked_for_itself(sandbox, mount):
    sandbox.change(everybody(missing=[1234567, 1234588]))
    fs = mount(sandbox, one_list=True)
    assert os.listdir(fs / users(MARKETING)) == file_names([1234567, 1234588])
    assert os.listdir(fs / users(ARCHIVE)) == []


WAYS = {
    "in no department": lambda ids: everybody(zero=ids),
    "left out": lambda ids: everybody(missing=ids),
}


# semantics: O2
@pytest.mark.parametrize("way", WAYS)
def test_nobody_is_lost_whom_the_mount_has_shown(sandbox, mount, clock, tmp_path, way):
    fs = mount(sandbox, one_list=True, cache_ttl=60, stale_if_error=0)
    backup = tmp_path / "backup"
    rsync("-a", f"{fs / DEPARTMENTS}/", backup)
    before = facts(backup)
    sandbox.change(WAYS[way](HALF))
    for _ in range(3):
        clock.outlive(900)
        rsync("-a", "--delete", f"{fs / DEPARTMENTS}/", backup)
        assert facts(backup) == before
    assert len(fs.logged(SAID)) == 1
    fs.expect_log(SAID)


# semantics: O2
@pytest.mark.parametrize("first", [MARKETING, RESEARCH])
def test_a_service_that_says_no_department_is_found_out_at_once(sandbox, mount, first):
    sandbox.change(everybody(zero=HALF))
    fs = mount(sandbox, one_list=True)
    os.listdir(fs / users(first))
    shown = read_all(fs)
    assert [len(shown[id]) for id in [ARCHIVE, MARKETING, RESEARCH, FIELD]] == [0, 2, 250, 2500]
    fs.expect_log(f"{SAID}.*it says of people in a department that they are in none")


# semantics: O2
def test_all_of_them_are_in_no_department_as_in_the_sample(sandbox, mount):
    sandbox.change(everybody(zero="all"))
    fs = mount(sandbox, one_list=True)
    shown = read_all(fs)
    assert [len(shown[id]) for id in [ARCHIVE, MARKETING, RESEARCH, FIELD]] == [0, 2, 250, 2500]
    fs.expect_log(SAID)


# semantics: O2
def test_who_has_left_is_gone_and_who_has_moved_is_there(sandbox, mount, clock):
    fs = mount(sandbox, one_list=True, cache_ttl=60)
    before = read_all(fs)
    gone, mover = [int(name.removesuffix(".json")) for name in before[RESEARCH][:2]]
    sandbox.change({"remove": gone}, moved(mover, MARKETING))
    clock.outlive(60)
    after = read_all(fs)
    assert after[RESEARCH] == before[RESEARCH][2:]
    assert f"{mover}.json" in after[MARKETING]
    assert own_lists(sandbox) == {ARCHIVE, RESEARCH}
    assert not fs.logged(SAID)


# semantics: O3
def test_people_in_no_department_are_counted_in_the_log(sandbox, mount):
    sandbox.change(nobody(77), nobody(78), nobody(79, departmentID=4711))
    fs = mount(sandbox, one_list=True)
    read_all(fs)
    said = f"{EVERYBODY}: 3 people are in no department that is listed"
    assert len(fs.logged(said)) == 1
    assert {"77.json", "78.json", "79.json"} <= set(os.listdir(fs / EVERYBODY))
    assert not fs.logged(SAID)


# semantics: O4
def test_what_was_taken_from_it_ends_for_the_kernel_as_well(sandbox, mount):
    """Somebody of FIELD was shown alone, and is not in the list of everybody."""
    left_out = sandbox.user_ids(FIELD)[0]
    sandbox.change(everybody(missing=[left_out]))
    fs = mount(sandbox, one_list=True)
    os.stat(fs / users(FIELD) / f"{left_out}.json")
    os.listdir(fs / users(MARKETING))
    id = sandbox.user_ids(RESEARCH)[0]
    paths = [(fs / users(RESEARCH)).parent / "users.jsonl", fs / users(RESEARCH) / f"{id}.json"]
    assert all(b"555-0100" not in path.read_bytes() for path in paths)
    sandbox.change(phone(id, "555-0100"))
    os.listdir(fs / users(FIELD))
    fs.expect_log(SAID)
    assert all(b"555-0100" in path.read_bytes() for path in paths)


# semantics: O4
@pytest.mark.parametrize("way", ["reordered", "longer"])
def test_another_form_ends_it_with_one_line(sandbox, mount, way):
    sandbox.change(nobody(77), everybody(**{way: HALF}))
    fs, own = mount(sandbox, one_list=True), mount(sandbox)
    assert read_all(fs) == read_all(own)
    fs.refresh()
    assert facts(fs / DEPARTMENTS) == facts(own / DEPARTMENTS)
    assert len(fs.logged(SAID)) == 1
    fs.expect_log(f"{SAID}.*it writes people in another form")


# semantics: O4
def test_a_changed_value_does_not_end_it(sandbox, mount, clock):
    sandbox.change(nobody(77))
    sandbox.fault(users(RESEARCH), change=[{"change": sandbox.user_ids(RESEARCH)[5], "set": {"phone": "1"}}])
    fs = mount(sandbox, one_list=True)
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    assert own_lists(sandbox) == {RESEARCH}
    assert not fs.logged(SAID)


# semantics: O5
@pytest.mark.parametrize("fault", [{"status": 403}, {"status": 400}, {"status": 404}, {"body": "{}"}])
def test_without_the_list_each_department_is_asked_for_itself(sandbox, mount, fault):
    sandbox.fault(EVERYBODY, **fault)
    fs = mount(sandbox, one_list=True)
    shown = read_all(fs)
    assert [len(shown[id]) for id in [ARCHIVE, MARKETING, RESEARCH, FIELD]] == [0, 2, 250, 2500]
    assert len(fs.logged(SAID)) == 1
    fs.expect_log(SAID, EVERYBODY)


# semantics: O5
def test_somebody_of_another_organization_ends_it(sandbox, mount):
    sandbox.change(everybody(foreign=[1234588]))
    fs = mount(sandbox, one_list=True)
    assert os.listdir(fs / users(MARKETING)) == file_names([1234567, 1234588])
    fs.expect_log(SAID, EVERYBODY)


def test_a_refused_key_refuses_all(sandbox, mount, clock):
    fs = mount(sandbox, one_list=True, cache_ttl=60)
    read_all(fs)
    sandbox.fault(EVERYBODY, status=401)
    clock.outlive(60)
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EACCES
    assert not fs.logged(SAID)
    fs.expect_log(f"{EVERYBODY}: HTTP 401")


def test_a_department_that_is_gone_is_no_such_name(sandbox, mount, clock):
    fs = mount(sandbox, one_list=True, cache_ttl=60)
    read_all(fs)
    sandbox.change({"remove_department": RESEARCH})
    clock.outlive(60)
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.ENOENT
    assert set(read_all(fs)) == {ARCHIVE, MARKETING, FIELD}


# -------- interrupted --------


def test_an_interrupt_ends_the_fetch_of_everybody(sandbox, mount):
    sandbox.fault(EVERYBODY, stall=60)
    fs = mount(sandbox, one_list=True)
    os.listdir(fs / DEPARTMENTS)
    with subprocess.Popen(["ls", fs / users(RESEARCH)], stderr=subprocess.PIPE) as ls:
        wait_until(lambda: f"/{EVERYBODY}" in sandbox.paths())
        ls.send_signal(signal.SIGINT)
        ls.communicate(timeout=10)
    sandbox.heal()
    assert len(os.listdir(fs / users(RESEARCH))) == 250


def test_the_example_of_its_page_is_true(shell, sandbox):
    [example] = Page("docs/one-list.md").blocks("sh")
    key = "(umask 077 && cat > ~/.questionpro-key)\nmkdir -p /mnt/questionpro\n"
    script = key + example.replace("user_id", f"api_url={sandbox.url},user_id")
    use = "ls /mnt/questionpro/organizations/*/departments/1235/users | wc -l\n"
    result = shell(script + use + "fusermount3 -u /mnt/questionpro\n")
    assert result.stderr == ""
    assert "both ways show the same; one_list may be used here" in result.stdout
    assert result.stdout.endswith("\n250\n")
