"""One user is one call, as long as that is cheaper than the list."""

import errno
import json
import os
import subprocess
import time

import pytest

from account import ARCHIVE, DEPARTMENTS, FIELD, MARKETING, ORG, PANEL, RESEARCH, USER, users
from keeping import windows
from sandbox import phone
from tools import TRIES, error_of, output, run, wait_until

LIST = f"/{users(FIELD)}"


@pytest.fixture
def cold(sandbox, mount):
    """A mount that knows of the departments and of nobody in them; the counts begin anew."""

    def start(**options):
        fs = mount(sandbox, **options)
        os.stat(fs / users(FIELD))
        sandbox.reset()
        return fs

    return start


def path(id: int, department: int = FIELD) -> str:
    return f"{users(department)}/{id}.json"


# semantics: F9
def test_one_user_of_a_cold_department_is_one_call(sandbox, cold):
    id, fs = sandbox.user_ids(FIELD)[1200], cold()
    shown = json.loads((fs / path(id)).read_bytes())
    assert os.stat(fs / path(id)).st_ino and (fs / path(id)).read_bytes()
    assert sandbox.paths() == {f"/users/{id}": 1}
    assert shown == json.loads(sandbox.user(id))


# semantics: F9
def test_two_users_of_a_long_list_are_three_calls_and_many_are_the_list(sandbox, cold):
    ids, fs = sandbox.user_ids(FIELD), cold(per_page=100)
    for id in ids[:2]:
        os.stat(fs / path(id))
    assert sandbox.total() == 3, "two users, and page 1 that says how long the list is"
    assert sandbox.paths()[LIST] == 1
    for id in ids:
        os.stat(fs / path(id))
    price = windows(2500, 100)
    assert sandbox.total() == (price - 1) + 1 + price
    assert sandbox.paths()[LIST] == 1 + price


# semantics: F9
@pytest.mark.exact_service("it compares times")
@pytest.mark.parametrize("department", [RESEARCH, FIELD, PANEL])
def test_eight_users_at_once_take_no_longer_than_one(serve, mount, department):
    sandbox = serve("--users", "20000")
    ids = sandbox.user_ids(department)[::20]
    sandbox.latency(400)

    def seconds(count: int) -> float:
        fs = mount(sandbox)
        os.stat(fs / users(department))
        start = time.monotonic()
        readers = [
            subprocess.Popen(["cat", fs / users(department) / f"{id}.json"], stdout=subprocess.DEVNULL)
            for id in ids[:count]
        ]
        assert [reader.wait(20) for reader in readers] == [0] * count
        return time.monotonic() - start

    assert any(seconds(8) <= 1.3 * seconds(1) for _ in range(TRIES))


# semantics: F9
def test_a_short_list_is_fetched_for_the_second_user(sandbox, cold):
    ids, fs = sandbox.user_ids(RESEARCH), cold()
    for id in ids:
        os.stat(fs / path(id, RESEARCH))
    assert sandbox.paths() == {f"/users/{ids[0]}": 1, f"/{users(RESEARCH)}": 1}


# semantics: F9
def test_a_user_is_the_same_file_alone_and_in_the_list(sandbox, mount):
    id = sandbox.user_ids(FIELD)[700]
    fs = mount(sandbox)
    sandbox.reset()
    alone = os.stat(fs / path(id)), (fs / path(id)).read_bytes()
    assert sandbox.paths()[f"/users/{id}"] == 1 and LIST not in sandbox.paths()
    os.listdir(fs / users(FIELD))
    fs.refresh()
    os.listdir(fs / users(FIELD))
    listed = os.stat(fs / path(id)), (fs / path(id)).read_bytes()
    assert alone == listed


@pytest.mark.parametrize("order", [["userID", "phone"], ["phone", "lastName", "firstName"]])
def test_a_user_whose_fields_come_in_another_order_is_the_same_file(sandbox, cold, order):
    id, fs = sandbox.user_ids(FIELD)[5], cold(cache_ttl=1)
    os.listdir(fs / users(FIELD))
    before = os.stat(fs / path(id)), (fs / path(id)).read_bytes()
    record = json.loads(sandbox.user(id))
    moved = {name: record[name] for name in order} | record
    sandbox.fault(f"users/{id}", body=json.dumps({"response": moved}, ensure_ascii=False))
    fs.outlive(1)
    sandbox.reset()
    assert (os.stat(fs / path(id)), (fs / path(id)).read_bytes()) == before
    way = {f"/users/{USER}": 1, f"/{DEPARTMENTS}": 1}
    assert sandbox.paths() == way | {f"/users/{id}": 1}


def test_a_changed_user_is_shown_with_one_call_after_the_ttl(sandbox, cold):
    id, fs = sandbox.user_ids(FIELD)[5], cold(cache_ttl=1, departments=f"{ORG}/{FIELD}")
    os.stat(fs / path(id))
    os.listdir(fs / users(FIELD))
    sandbox.change(phone(id, "555-0100"))
    fs.outlive(1)
    sandbox.reset()
    assert b'"555-0100"' in (fs / path(id)).read_bytes()
    assert sandbox.paths() == {f"/users/{id}": 1}


# -------- written otherwise --------

OTHERWISE = {
    "a phone in another form": lambda user: user | {"phone": "+1-555-0100"},
    "a type in other letters": lambda user: user | {"userType": user["userType"].upper()},
    "without a type": lambda user: {name: user[name] for name in user if name != "userType"},
    "with a field more": lambda user: user | {"language": "en"},
}


def write_otherwise(sandbox, ids, change):
    for id in ids:
        answer = json.dumps({"response": change(json.loads(sandbox.user(id)))}, ensure_ascii=False)
        sandbox.fault(f"users/{id}", body=answer)
    sandbox.reset()


# semantics: F9
@pytest.mark.parametrize("change", OTHERWISE.values(), ids=OTHERWISE.keys())
def test_users_who_are_written_otherwise_alone_are_read_from_lists(sandbox, cold, change, memory):
    """A backup reads the list, and now and then somebody reads one file when that list is over."""
    ids, fs = sandbox.user_ids(FIELD)[:3], cold(cache_ttl=1)
    write_otherwise(sandbox, ids, change)
    backup = ["rsync", "-a", "--delete", f"{fs / users(FIELD)}/", memory]
    output(*backup)
    for id in ids:
        listed = (memory / f"{id}.json").read_bytes()
        for _ in range(2):
            fs.outlive(1)
            assert (fs / path(id)).read_bytes() == listed
        assert output("rsync", "-ain", *backup[2:]) == ""
    assert len(fs.logged("lists are used from now on")) == 1
    assert sum(sandbox.paths().get(f"/users/{id}", 0) for id in ids) == 2


# semantics: F9
def test_a_user_who_is_written_otherwise_and_was_seen_changes_once(sandbox, cold):
    id, fs = sandbox.user_ids(FIELD)[0], cold(cache_ttl=1)
    write_otherwise(sandbox, [id], OTHERWISE["a phone in another form"])
    seen = [(fs / path(id)).read_bytes()]
    for _ in range(3):
        os.listdir(fs / users(FIELD))
        seen.append((fs / path(id)).read_bytes())
        fs.outlive(1)
        seen.append((fs / path(id)).read_bytes())
    assert seen[0] != seen[1] and set(seen[1:]) == {seen[1]}
    assert len(fs.logged("lists are used from now on")) == 1


# semantics: F9
def test_users_who_change_are_still_read_one_by_one(sandbox, cold):
    (id, other), fs = sandbox.user_ids(FIELD)[:2], cold(cache_ttl=1)
    for number in ["555-0101", "555-0102", "555-0103"]:
        os.stat(fs / path(id))
        sandbox.change(phone(id, number))
        os.listdir(fs / users(FIELD))
        assert number in (fs / path(id)).read_text()
        fs.outlive(1)
    sandbox.reset()
    os.stat(fs / path(other))
    assert LIST not in sandbox.paths()
    assert fs.logged("lists are used from now on") == []


# -------- what is not there --------


# semantics: F9, T2
def test_a_404_of_a_user_who_was_listed_is_confirmed_by_the_list(sandbox, cold):
    id, fs = sandbox.user_ids(FIELD)[5], cold(cache_ttl=1)
    os.listdir(fs / users(FIELD))
    sandbox.fault(f"users/{id}", status=404)
    fs.outlive(1)
    sandbox.reset()
    assert (fs / path(id)).read_bytes(), "the list has him"
    assert sandbox.paths()[LIST] == 3
    sandbox.change({"remove": id})
    fs.outlive(1)
    assert error_of(os.stat, fs / path(id)) == errno.ENOENT
    assert sandbox.paths()[LIST] == 6


def test_a_404_of_a_user_who_was_listed_is_no_enoent_when_the_list_fails(sandbox, cold):
    id, fs = sandbox.user_ids(FIELD)[5], cold(cache_ttl=1, stale_if_error=0)
    os.listdir(fs / users(FIELD))
    sandbox.fault(f"users/{id}", status=404)
    sandbox.fault(users(FIELD), status=500)
    fs.outlive(1)
    fs.expect_log("HTTP 500")
    assert error_of(os.stat, fs / path(id)) == errno.EIO


def test_a_user_who_never_was_is_one_call_and_none_for_a_while(sandbox, cold):
    id, fs = sandbox.user_ids(RESEARCH)[0], cold()
    os.stat(fs / path(id, RESEARCH))
    sandbox.reset()
    for _ in range(3):
        assert error_of(os.stat, fs / path(99)) == errno.ENOENT
    assert sandbox.paths() == {"/users/99": 1}


# semantics: F9
def test_a_404_of_an_endpoint_that_never_gave_a_user_is_not_believed(sandbox, cold):
    id = sandbox.user_ids(FIELD)[5]
    fs = cold()
    sandbox.fault(f"users/{id}", status=404)
    assert (fs / path(id)).read_bytes()
    assert sandbox.paths() == {f"/users/{id}": 1, LIST: 3}


# semantics: F9
def test_a_user_of_another_department_is_for_the_list_to_judge(sandbox, cold):
    id, other = sandbox.user_ids(RESEARCH)[:2]
    fs = cold()
    os.stat(fs / path(other, RESEARCH))
    sandbox.reset()
    assert error_of(os.stat, fs / path(id)) == errno.ENOENT
    assert sandbox.paths() == {f"/users/{id}": 1, LIST: 3}


# semantics: F9, T2
def test_a_user_who_says_another_department_than_his_list_is_backed_up(sandbox, cold, memory):
    """A backup of named files, which never reads the directory."""
    (id, next_id), fs = sandbox.user_ids(FIELD)[5:7], cold()
    os.stat(fs / path(next_id))
    answer = sandbox.user(id).replace(b'"departmentID":%d' % FIELD, b'"departmentID":%d' % RESEARCH)
    sandbox.fault(f"users/{id}", body=f'{{"response":{answer.decode()}}}')
    (memory / f"{id}.json").write_bytes(b"of the last backup")
    command = ["rsync", "-a", "--delete-missing-args", fs / path(id), memory]
    done = run(*command)
    assert (done.returncode, done.stderr) == (0, "")
    assert b'"departmentID": %d' % FIELD in (memory / f"{id}.json").read_bytes()


# semantics: F9
def test_where_single_users_are_forbidden_lists_are_used_from_then_on(sandbox, cold):
    ids = {department: sandbox.user_ids(department) for department in [FIELD, RESEARCH, MARKETING]}
    fs = cold()
    sandbox.fault(f"users/{ids[FIELD][0]}", status=403)
    fs.expect_log("users can't be asked for one by one: HTTP 403")
    for department, found in ids.items():
        assert (fs / path(found[0], department)).read_bytes()
    assert sandbox.paths() == {
        f"/users/{ids[FIELD][0]}": 1,
        LIST: 3,
        f"/{users(RESEARCH)}": 1,
        f"/{users(MARKETING)}": 1,
    }


def test_an_empty_department_is_empty(sandbox, cold):
    fs = cold()
    assert error_of(os.stat, fs / path(5, ARCHIVE)) == errno.ENOENT
    assert os.listdir(fs / users(ARCHIVE)) == []


# -------- one list for all --------


def test_grep_of_a_few_names_and_of_all_agree(sandbox, cold):
    ids, fs = sandbox.user_ids(FIELD), cold()
    some = [fs / path(id) for id in ids[:3]]
    alone = run("grep", "-h", "emailAddress", *some).stdout
    listed = run("grep", "-rh", "emailAddress", fs / users(FIELD)).stdout
    assert set(alone.splitlines()) < set(listed.splitlines())


# semantics: E3
@pytest.mark.exact_service("it times a second of answers that are all late")
def test_a_user_is_asked_for_alone_when_his_list_takes_long(sandbox, cold, spawn):
    id, fs = sandbox.user_ids(FIELD)[-1], cold(timeout=2, per_page=100, parallel=1)
    sandbox.latency(150)
    listing = spawn("ls", fs / users(FIELD))
    time.sleep(0.2)
    start = time.monotonic()
    assert os.stat(fs / path(id)).st_size > 0
    assert time.monotonic() - start < 2
    assert sandbox.paths()[f"/users/{id}"] == 1
    assert listing.poll() is None
    listing.terminate()


# -------- which was asked for later --------


# semantics: F9, T2
def test_a_404_of_before_does_not_delete_somebody_of_the_list_from_a_backup(serve, mount, memory):
    """The list serves for a second, the 404 would for a minute. rsync reads all files while it
    lists them, and comes to the last one when that second is over."""
    sandbox = serve("--users", "60000")
    fs = mount(sandbox)
    os.stat(fs / path(sandbox.user_ids(FIELD)[0]))
    id = max(sandbox.user_ids(PANEL)) + 1
    assert error_of(os.stat, fs / path(id, PANEL)) == errno.ENOENT
    sandbox.change({"add": PANEL, "id": id, "at": "back"})
    sandbox.fault(users(PANEL), headers={"Age": "59"})
    backup = memory / f"{id}.json"
    backup.write_bytes(b"of the last backup")
    done = run("rsync", "-ac", "--delete", f"{fs / users(PANEL)}/", memory)
    assert (done.returncode, done.stderr) == (0, "")
    assert b'"userID": %d' % id in backup.read_bytes()


# semantics: F9
def test_a_user_who_was_asked_for_before_the_list_does_not_come_after_it(sandbox, cold, spawn):
    id, fs = sandbox.user_ids(FIELD)[5], cold(cache_ttl=2)
    sandbox.fault(f"users/{id}", stall_body={"at": 50, "seconds": 2})
    reader = spawn("cat", fs / path(id))
    wait_until(lambda: sandbox.paths().get(f"/users/{id}") == 1)
    sandbox.change(phone(id, "555-0100"))
    assert "555-0100" in (fs / f"{DEPARTMENTS}/{FIELD}/users.jsonl").read_text()
    assert "555-0100" in reader.communicate(timeout=10)[0]


# semantics: F9
@pytest.mark.exact_service("it times the pages of a list")
def test_a_user_who_was_asked_for_after_his_page_stays_when_the_list_comes(sandbox, cold, spawn):
    id, fs = sandbox.user_ids(FIELD)[0], cold(timeout=2, per_page=100, parallel=1)
    sandbox.latency(150)
    listing = spawn("ls", fs / users(FIELD))
    wait_until(lambda: sandbox.paths().get(LIST, 0) > 1)
    sandbox.change(phone(id, "+1 (555) 0100-0100"))
    assert "0100-0100" in (fs / path(id)).read_text()
    assert listing.poll() is None
    listing.communicate(timeout=20)
    assert "0100-0100" in (fs / f"{DEPARTMENTS}/{FIELD}/users.jsonl").read_text()
    size = os.stat(fs / path(id)).st_size
    assert {entry.name: entry.stat().st_size for entry in os.scandir(fs / users(FIELD))}[
        f"{id}.json"
    ] == size
    assert sandbox.paths()[f"/users/{id}"] == 1
