"""One user is one call, as long as that is cheaper than the list."""

import errno
import json
import os
import threading

import pytest

from account import ARCHIVE, DEPARTMENTS, FIELD, MARKETING, ORG, RESEARCH, USER, users
from gates import Gates
from keeping import windows
from sandbox import phone
from service import spread
from tools import error_of, output, run, wait_until, wait_until_it_waits

LIST = f"/{users(FIELD)}"
LISTS = "lists are used from now on"


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
@pytest.mark.parametrize("count", [250, 2500, 20000])
def test_eight_users_at_once_are_asked_for_at_once(service, mount, clock, spawn, count):
    service.account.join(FIELD, *spread(count))
    clock.slow_down()
    fs = mount(service)
    os.stat(fs / users(FIELD))
    gates = Gates(service, FIELD)
    all_asked = threading.Barrier(8)
    service.hold = lambda path: all_asked.wait(60) if path.startswith("/users/") else gates.hold(path)
    ids = list(spread(count))[::20][:8]
    readers = [spawn("cat", fs / path(id)) for id in ids]
    texts = [reader.communicate(timeout=60)[0] for reader in readers]
    assert [json.loads(text)["userID"] for text in texts] == ids
    gates.open()


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
def test_a_user_whose_fields_come_in_another_order_is_the_same_file(sandbox, cold, order, clock):
    id, fs = sandbox.user_ids(FIELD)[5], cold(cache_ttl=60)
    os.listdir(fs / users(FIELD))
    before = os.stat(fs / path(id)), (fs / path(id)).read_bytes()
    record = json.loads(sandbox.user(id))
    moved = {name: record[name] for name in order} | record
    sandbox.fault(f"users/{id}", body=json.dumps({"response": moved}, ensure_ascii=False))
    clock.outlive(60)
    sandbox.reset()
    assert (os.stat(fs / path(id)), (fs / path(id)).read_bytes()) == before
    way = {f"/users/{USER}": 1, f"/{DEPARTMENTS}": 1}
    assert sandbox.paths() == way | {f"/users/{id}": 1}


def test_a_changed_user_is_shown_with_one_call_after_the_ttl(sandbox, cold, clock):
    id, fs = sandbox.user_ids(FIELD)[5], cold(cache_ttl=60, departments=f"{ORG}/{FIELD}")
    os.stat(fs / path(id))
    os.listdir(fs / users(FIELD))
    sandbox.change(phone(id, "555-0100"))
    clock.outlive(60)
    sandbox.reset()
    assert b'"555-0100"' in (fs / path(id)).read_bytes()
    assert sandbox.paths() == {f"/users/{id}": 1}


# semantics: F9, F10
@pytest.mark.parametrize("name", ["users.jsonl", "by-email", "users"])
def test_a_list_that_comes_later_counts_more_than_a_user_alone(sandbox, cold, name):
    """The kernel has the name of the user from before."""
    fs = cold()
    changed, gone = sandbox.user_ids(FIELD)[5:7]
    for id in changed, gone:
        os.stat(fs / path(id))
    sandbox.change(phone(changed, "555-0100"), {"remove": gone})
    run("grep", "-rq", "no such thing", (fs / users(FIELD)).parent / name)
    calls = sandbox.total()
    assert b'"555-0100"' in (fs / path(changed)).read_bytes()
    assert error_of(os.stat, fs / path(gone)) == errno.ENOENT
    assert sandbox.total() == calls


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
def test_users_who_are_written_otherwise_alone_are_read_from_lists(
    sandbox, cold, change, memory, clock
):
    """A backup reads the list, and now and then somebody reads one file when that list is over."""
    ids, fs = sandbox.user_ids(FIELD)[:3], cold(cache_ttl=60)
    write_otherwise(sandbox, ids, change)
    backup = ["rsync", "-a", "--delete", f"{fs / users(FIELD)}/", memory]
    output(*backup)
    for id in ids:
        listed = (memory / f"{id}.json").read_bytes()
        for _ in range(2):
            clock.outlive(60)
            assert (fs / path(id)).read_bytes() == listed
            wait_until(lambda: fs.logged(LISTS))  # he is asked for once more
        assert output("rsync", "-ain", *backup[2:]) == ""
    assert len(fs.logged(LISTS)) == 1
    assert sum(sandbox.paths().get(f"/users/{id}", 0) for id in ids) == 2


# semantics: F9
def test_a_user_who_is_written_otherwise_and_was_seen_changes_once(sandbox, cold, clock):
    id, fs = sandbox.user_ids(FIELD)[0], cold(cache_ttl=60)
    write_otherwise(sandbox, [id], OTHERWISE["a phone in another form"])
    seen = [(fs / path(id)).read_bytes()]
    for _ in range(3):
        os.listdir(fs / users(FIELD))
        seen.append((fs / path(id)).read_bytes())
        wait_until(lambda: fs.logged(LISTS))
        clock.outlive(60)
        seen.append((fs / path(id)).read_bytes())
    assert seen[0] != seen[1] and set(seen[1:]) == {seen[1]}
    assert len(fs.logged(LISTS)) == 1


# semantics: F9
def test_users_who_change_are_still_read_one_by_one(sandbox, cold, clock):
    (id, other), fs = sandbox.user_ids(FIELD)[:2], cold(cache_ttl=60)
    for number in ["555-0101", "555-0102", "555-0103"]:
        os.stat(fs / path(id))
        sandbox.change(phone(id, number))
        os.listdir(fs / users(FIELD))
        assert number in (fs / path(id)).read_text()
        clock.outlive(60)
    sandbox.reset()
    os.stat(fs / path(other))
    assert LIST not in sandbox.paths()
    assert fs.logged(LISTS) == []


# -------- what is not there --------


# semantics: F9, T2
def test_a_404_of_a_user_who_was_listed_is_confirmed_by_the_list(sandbox, cold, clock):
    id, fs = sandbox.user_ids(FIELD)[5], cold(cache_ttl=60)
    os.listdir(fs / users(FIELD))
    sandbox.fault(f"users/{id}", status=404)
    clock.outlive(60)
    sandbox.reset()
    assert (fs / path(id)).read_bytes(), "the list has him"
    assert sandbox.paths()[LIST] == 3
    sandbox.change({"remove": id})
    clock.outlive(60)
    assert error_of(os.stat, fs / path(id)) == errno.ENOENT
    assert sandbox.paths()[LIST] == 6


def test_a_404_of_a_user_who_was_listed_is_no_enoent_when_the_list_fails(sandbox, cold, clock):
    id, fs = sandbox.user_ids(FIELD)[5], cold(cache_ttl=60, stale_if_error=0)
    os.listdir(fs / users(FIELD))
    sandbox.fault(f"users/{id}", status=404)
    sandbox.fault(users(FIELD), status=500)
    clock.outlive(60)
    fs.expect_log("HTTP 500")
    assert error_of(os.stat, fs / path(id)) == errno.EIO


# semantics: F9, T2
def test_a_user_who_never_was_is_for_the_list_to_say(sandbox, cold):
    id, fs = sandbox.user_ids(RESEARCH)[0], cold()
    os.stat(fs / path(id, RESEARCH))
    sandbox.reset()
    for _ in range(3):
        assert error_of(os.stat, fs / path(99)) == errno.ENOENT
    assert sandbox.paths() == {"/users/99": 1, LIST: 3}


# semantics: F9, T2
def test_a_404_of_a_user_whom_no_list_showed_so_far_is_for_the_list_to_say(sandbox, cold):
    """The endpoint gives others, and the service itself says that it does not know this one."""
    (id, next_id), fs = sandbox.user_ids(FIELD)[5:7], cold()
    os.stat(fs / path(next_id))
    sandbox.reset()
    body = '{"response":{"error":{"id":1040,"httpStatusCode":404,"message":"no such user"}}}'
    sandbox.fault(f"users/{id}", status=404, body=body)
    assert (fs / path(id)).read_bytes()
    assert sandbox.paths() == {f"/users/{id}": 1, LIST: 1 + 3}, "page 1 tells what the list costs"


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


@pytest.fixture
def long_list(service, mount, clock):
    """A mount, and the gates of its list of 2,500 users, 100 a page."""
    service.account.join(FIELD, *spread(2500))
    clock.slow_down()
    fs = mount(service, timeout=30, per_page=100, parallel=1)
    os.stat(fs / users(FIELD))
    gates = Gates(service, FIELD)
    yield fs, gates
    gates.open()


# semantics: E3
def test_a_user_is_asked_for_alone_when_his_list_takes_long(service, long_list, clock, spawn):
    id, (fs, gates) = max(service.account.ids(FIELD)), long_list
    listing = spawn("ls", fs / users(FIELD))
    wait_until(lambda: gates.asked() == 1)
    reader = spawn("cat", fs / path(id))
    wait_until_it_waits(reader)
    for _ in range(10):  # more than half of the timeout
        clock.move(2)
        gates.pass_page()
    assert json.loads(reader.communicate(timeout=60)[0])["userID"] == id
    assert [call.path for call in service.calls].count(f"/users/{id}") == 1
    assert listing.poll() is None
    listing.terminate()


# -------- which was asked for later --------


# semantics: F9
def test_a_user_who_was_asked_for_before_the_list_does_not_come_after_it(
    service, mount, clock, spawn
):
    service.account.join(FIELD, *spread(2500))
    id = list(spread(2500))[5]
    fs = mount(service, timeout=600)
    os.stat(fs / users(FIELD))
    gates = Gates(service, FIELD, f"users/{id}")
    gates.pages.release(100)
    reader = spawn("cat", fs / path(id))
    wait_until(lambda: f"/users/{id}" in [call.path for call in service.calls])
    service.account.note(id, "555-0100")
    assert "555-0100" in (fs / f"{DEPARTMENTS}/{FIELD}/users.jsonl").read_text()
    clock.outlive(60)
    gates.open()
    assert "555-0100" in reader.communicate(timeout=60)[0]


# semantics: F9
def test_a_user_who_was_asked_for_after_his_page_stays_when_the_list_comes(
    service, long_list, clock, spawn
):
    id, (fs, gates) = min(service.account.ids(FIELD)), long_list
    listing = spawn("ls", fs / users(FIELD))
    wait_until(lambda: gates.asked() == 1)
    gates.pass_page()
    service.account.note(id, "+1 (555) 0100-0100")
    reader = spawn("cat", fs / path(id))
    wait_until_it_waits(reader)
    for _ in range(10):  # more than half of the timeout
        clock.move(2)
        gates.pass_page()
    assert "0100-0100" in reader.communicate(timeout=60)[0]
    assert listing.poll() is None
    gates.open()
    listing.communicate(timeout=60)
    assert "0100-0100" in (fs / f"{DEPARTMENTS}/{FIELD}/users.jsonl").read_text()
    size = os.stat(fs / path(id)).st_size
    assert {entry.name: entry.stat().st_size for entry in os.scandir(fs / users(FIELD))}[
        f"{id}.json"
    ] == size
    assert [call.path for call in service.calls].count(f"/users/{id}") == 1
