"""What fails and how: the right errno, one log line, and never a damaged backup."""

import email.utils
import errno
import json
import os
import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from account import (
    ARCHIVE,
    DEPARTMENTS,
    FIELD,
    MARKETING,
    ORG,
    ORGANIZATION,
    RESEARCH,
    USER,
    department_names,
    users,
)
from faults import FAULTS
from mount import Mount
from tools import ENOUGH, error_of, inventory, run, wait_until



@dataclass
class Place:
    """Something in a mount that takes one endpoint to show."""

    fs: Mount
    shown: str
    asked: str  # the API's path, as the log has it

    def access(self) -> int:
        return error_of(self.content, self.fs.point)

    def content(self, top: Path):
        path = top / self.shown
        return path.read_bytes() if path.suffix else sorted(os.listdir(path))

    def back_up(self, backup: Path):
        return run("rsync", "-aR", "--delete", f"{self.fs.point}/./{self.shown}", backup)

    def errors(self) -> list[str]:
        """What the log has of it; or of all places, if it failed without a call, as all did."""
        own = self.fs.logged(rf"error: {re.escape(self.asked)}: ")
        return own or self.fs.logged("warning: .*calls fail at once")


TIMEOUT = 60  # enough for all tries


def places_in(sandbox, mount) -> list[Place]:
    """One of each endpoint. The list of departments is warm in one mount and cold in the other,
    for nothing below it could be reached without."""
    # While the clock moves on over a time of waiting, what is warm stays so.
    options = {"timeout": TIMEOUT, "cache_ttl": 3600}
    warm = mount(sandbox, **options, per_page=100)
    cold = mount(sandbox, **options)
    given = mount(sandbox, **options, departments=f"{ORG}/{ARCHIVE}:{ORG}/{MARKETING}")
    for department in [RESEARCH, FIELD]:
        os.stat(warm / DEPARTMENTS / str(department) / "users")
    marketing = f"{DEPARTMENTS}/{MARKETING}"
    return [
        Place(warm, "communities", f"micropanel/users/{USER}/communities"),
        Place(warm, f"{ORGANIZATION}/organization.json", ORGANIZATION),
        Place(warm, users(RESEARCH), users(RESEARCH)),
        Place(warm, users(FIELD), users(FIELD)),
        Place(cold, DEPARTMENTS, DEPARTMENTS),
        Place(given, f"{marketing}/department.json", marketing),
    ]


def plant(sandbox, places: list[Place], rule: dict):
    for place in places:
        at_page_3 = {"query": "page=3&"} if place.asked == users(FIELD) else {}
        sandbox.fault(place.asked, **rule, **at_page_3)


def at_once(places: list[Place], action, meanwhile=lambda waiting: None) -> list:
    with ThreadPoolExecutor(len(places)) as threads:
        done = [threads.submit(action, place) for place in places]
        meanwhile(done)
        return [one.result() for one in done]


def parameter(name: str):
    exact = pytest.mark.exact_service("other calls are held back for longer than the timeout")
    marks = [exact] if name == "429 for longer than the timeout" else []
    return pytest.param(FAULTS[name], id=name, marks=marks)


# semantics: T2
@pytest.mark.parametrize("fault", list(map(parameter, FAULTS)))
def test_every_endpoint_fails_as_promised_and_the_backup_stays_whole(
    sandbox, mount, clock, backup, fault
):
    places = places_in(sandbox, mount)
    before = inventory(backup)
    plant(sandbox, places, fault.rule)

    def suffer(place: Place):
        start = clock.now()
        error = errno.errorcode.get(place.access())
        return error, clock.now() - start, place.errors(), place.back_up(backup)

    def meanwhile(waiting: list[Future]):
        if fault.waits:
            clock.outwait(sandbox, TIMEOUT + 1, waiting)

    for place, (error, seconds, lines, rsync) in zip(places, at_once(places, suffer, meanwhile)):
        assert error == fault.errno_name, place.shown
        # A list may wait for its first page and then for the others; the clock moves in steps.
        assert seconds < 2 * (TIMEOUT + 1) + 2 * ENOUGH
        assert len(lines) == 1 and re.search(fault.message, lines[0])
        assert rsync.returncode == 23 and rsync.stderr
        place.fs.expect_log(fault.message)
    assert inventory(backup) == before

    sandbox.heal()
    for place in places:
        place.fs.refresh()
    clock.move(100 if fault.waits else 0)  # a 429 holds back longer than that
    wait_until(lambda: at_once(places, Place.access) == [0] * len(places))
    for place in places:
        assert place.content(place.fs.point) == place.content(backup)


WHOLE = {
    "404 on the users": (users(FIELD), {"status": 404}),
    "500 for good": (users(FIELD), {"status": 500}),
    "a cut page 3 of 25": (users(FIELD), {"query": "page=3&", "cut": 500}),
    "500 on the departments": (DEPARTMENTS, {"status": 500}),
    "401 all of a sudden": (ORGANIZATION, {"status": 401}),
}


# semantics: T1, S1
@pytest.mark.parametrize("path, rule", WHOLE.values(), ids=WHOLE.keys())
def test_a_backup_of_the_whole_mount_loses_nothing(sandbox, mount, backup, path, rule):
    before = inventory(backup)
    sandbox.fault(path, **rule)
    fs = mount(sandbox, timeout=5, per_page=100)
    fs.expect_log(f"error: {path}: ")
    done = run("rsync", "-a", "--delete", fs / "communities", fs / "organizations", backup)
    assert done.returncode == 23
    assert inventory(backup) == before


# semantics: T2
def test_a_404_on_users_that_the_list_still_shows_is_eio(sandbox, mount):
    sandbox.fault(users(FIELD), status=404)
    fs = mount(sandbox)
    fs.expect_log("HTTP 404")
    assert error_of(os.listdir, fs / users(FIELD)) == errno.EIO
    assert len(fs.logged("HTTP 404")) == 1


# semantics: S3
def test_a_404_on_users_that_the_list_no_longer_shows_is_enoent(sandbox, mount):
    fs = mount(sandbox)
    os.stat(fs / users(FIELD))
    sandbox.change({"remove_department": FIELD})
    assert error_of(os.listdir, fs / users(FIELD)) == errno.ENOENT
    assert os.listdir(fs / DEPARTMENTS) == department_names(1230, 1234, 1235)


def test_a_404_on_users_whose_list_cannot_be_asked_is_eio(sandbox, mount):
    fs = mount(sandbox, timeout=5)
    os.stat(fs / users(FIELD))
    fs.expect_log("HTTP 404", "HTTP 403")
    sandbox.fault(users(FIELD), status=404)
    sandbox.fault(DEPARTMENTS, status=403)
    assert error_of(os.listdir, fs / users(FIELD)) == errno.EIO


def test_a_given_department_that_is_unknown_is_eio_and_not_enoent(sandbox, mount):
    fs = mount(sandbox, departments=f"{ORG}/{MARKETING}:{ORG}/4711")
    fs.expect_log("HTTP 404")
    assert error_of(os.listdir, fs / users(4711)) == errno.EIO
    assert len(os.listdir(fs / users(MARKETING))) == 2


def test_a_user_without_an_id_spoils_the_listing_and_not_the_backup(sandbox, mount):
    sandbox.change({"raw": 1234588, "text": '{"firstName":"x"}'})
    fs = mount(sandbox)
    fs.expect_log("HTTP 200, but: ")
    assert error_of(os.listdir, fs / users(MARKETING)) == errno.EBADMSG


IDS = ["0", "-5", "1.5", '"12"', "null", "9007199254740993.0", "9223372036854775808", "1e400", "[]"]


def test_an_id_that_is_none_is_an_error(sandbox, mount):
    fs = mount(sandbox)
    fs.expect_log("HTTP 200, but: ")
    for id in IDS:
        sandbox.change({"raw": 1234588, "text": f'{{"userID":{id}}}'})
        fs.refresh()
        assert error_of(os.listdir, fs / users(MARKETING)) == errno.EBADMSG, id


def test_an_id_that_is_there_twice_is_an_error(sandbox, mount):
    sandbox.change({"raw": 1234588, "text": '{"userID":1234567}'})
    fs = mount(sandbox)
    fs.expect_log("twice")
    assert error_of(os.listdir, fs / users(MARKETING)) == errno.EBADMSG


def test_another_record_than_the_one_asked_for_is_an_error(sandbox, mount):
    sandbox.fault(ORGANIZATION, body='{"response":{"organizationID":1,"name":"x"}}')
    fs = mount(sandbox)
    fs.expect_log("another record")
    assert error_of((fs / ORGANIZATION / "organization.json").read_bytes) == errno.EBADMSG


PASSING = [{"status": 500}, {"status": 502}, {"close": True}, {"cut": 9}, {"body": '{"response":[{'}]


@pytest.mark.parametrize("rule", PASSING)
def test_what_passes_is_tried_again_and_nobody_notices(sandbox, mount, rule):
    sandbox.fault(users(RESEARCH), times=2, **rule)
    fs = mount(sandbox)
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    assert sandbox.paths()[f"/{users(RESEARCH)}"] == 3


def test_a_429_is_waited_out(sandbox, mount, clock, spawn):
    headers = {"Retry-After": "20"}
    sandbox.fault(users(RESEARCH), times=1, status=429, headers=headers)
    clock.slow_down()
    fs = mount(sandbox, timeout=120)
    listing = spawn("ls", fs / users(RESEARCH))
    wait_until(lambda: sandbox.paths().get(f"/{users(RESEARCH)}") == 1)
    wait_until(lambda: sandbox.calls()["in_flight"] == 0)
    clock.move(18)
    assert json.loads((fs / ".qpfs/status.json").read_bytes())["fetching"]
    assert sandbox.paths()[f"/{users(RESEARCH)}"] == 1
    clock.move(25)
    assert listing.communicate(timeout=ENOUGH)[0].count("\n") == 250
    assert sandbox.paths()[f"/{users(RESEARCH)}"] == 2


# semantics: E9
@pytest.mark.parametrize("days", [11, 12, 30, 99999])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_429_that_says_to_wait_for_days_is_tried_once(sandbox, mount, days, form):
    date = email.utils.formatdate(time.time() + 86400 * days, usegmt=True)
    headers = {"Retry-After": date if form == "date" else str(86400 * days)}
    sandbox.fault(users(RESEARCH), status=429, headers=headers)
    fs = mount(sandbox, timeout=5)
    fs.expect_log("HTTP 429")
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EAGAIN
    assert sandbox.paths()[f"/{users(RESEARCH)}"] == 1


def test_what_does_not_pass_is_tried_once(sandbox, mount):
    for path, status in [(users(RESEARCH), 403), (users(FIELD), 404), (users(ARCHIVE), 302)]:
        sandbox.fault(path, status=status)
    fs = mount(sandbox)
    fs.expect_log("403", "404", "302")
    for department in [RESEARCH, FIELD, ARCHIVE]:
        assert error_of(os.listdir, fs / users(department))
        assert sandbox.paths()[f"/{users(department)}"] == 1


# semantics: E1
def test_the_log_line_has_path_status_message_and_request_id(sandbox, mount):
    body = '{"response":{"error":{"id":"1026","message":"Fire"}},"requestID":"4012-fe"}'
    sandbox.fault(users(FIELD), status=403, body=body)
    fs = mount(sandbox)
    fs.expect_log(f"error: {users(FIELD)}: HTTP 403: Fire, error 1026, requestID 4012-fe")
    assert error_of(os.listdir, fs / users(FIELD)) == errno.EACCES


def test_a_message_cannot_forge_a_log_line(sandbox, mount):
    body = '{"response":{"error":{"message":"a\\nqpfs: error: forged\\u001b[31m"}}}'
    sandbox.fault(users(FIELD), status=403, body=body)
    fs = mount(sandbox)
    fs.expect_log("HTTP 403")
    assert error_of(os.listdir, fs / users(FIELD)) == errno.EACCES
    assert not fs.logged("^qpfs: error: forged") and not fs.logged("\x1b")


def test_a_message_cannot_command_a_terminal(sandbox, mount, command):
    obeyed = "\u009b31m\u202egpj\u2066\x1b[2J"
    body = json.dumps({"response": {"error": {"message": f"Zoë{obeyed}"}}})
    sandbox.fault(users(FIELD), status=403, body=body)
    fs = mount(sandbox)
    fs.expect_log("HTTP 403: Zoë")
    assert error_of(os.listdir, fs / users(FIELD)) == errno.EACCES
    shown = "\n".join(fs.log) + command("--status", fs.point).stdout
    assert shown.count("Zoë") >= 2
    assert set(shown) & set("\u009b\u202e\u2066\x1b") == set()


def test_a_dead_service_is_econnrefused_and_one_that_is_back_works(sandbox, mount):
    fs = mount(sandbox, timeout=5)
    os.stat(fs / users(FIELD))
    sandbox.kill()
    fs.expect_log(f"error: {users(FIELD)}: .*refused|connect")
    assert error_of(os.listdir, fs / users(FIELD)) == errno.ECONNREFUSED
    sandbox.start()
    wait_until(lambda: error_of(os.listdir, fs / users(FIELD)) == 0)
    assert len(os.listdir(fs / users(FIELD))) == 2500


# semantics: F8
def test_a_failure_answers_for_itself_for_a_second(sandbox, mount, clock):
    sandbox.fault(users(FIELD), status=400)
    clock.slow_down()
    fs = mount(sandbox, per_page=100)
    fs.expect_log("HTTP 400")
    for _ in range(5):
        assert error_of(os.listdir, fs / users(FIELD)) == errno.EINVAL
    assert sandbox.paths()[f"/{users(FIELD)}"] == 1
    sandbox.heal()
    clock.outlive(1)
    assert len(os.listdir(fs / users(FIELD))) == 2500


def back_up(fs, memory):
    done = run("rsync", "-a", fs / "organizations", memory)
    assert done.returncode == 23 and "Permission denied" in done.stderr


# semantics: F8, E2
def test_a_403_is_remembered_for_the_ttl_over_backups(sandbox, mount, memory, clock):
    sandbox.fault(users(FIELD), status=403)
    fs = mount(sandbox, cache_ttl=40)
    fs.expect_log("HTTP 403")
    back_up(fs, memory)
    clock.outlive(20)
    back_up(fs, memory)
    assert sandbox.paths()[f"/{users(FIELD)}"] == 1
    clock.outlive(20)
    back_up(fs, memory)
    assert sandbox.paths()[f"/{users(FIELD)}"] == 2
    assert len(fs.logged("error: .*HTTP 403")) == 1  # the same is told once a minute


# semantics: F7, F8
def test_sighup_forgets_a_403(sandbox, mount):
    sandbox.fault(users(FIELD), status=403)
    fs = mount(sandbox)
    fs.expect_log("HTTP 403")
    assert error_of(os.listdir, fs / users(FIELD)) == errno.EACCES
    sandbox.heal()
    fs.refresh()
    assert len(os.listdir(fs / users(FIELD))) == 2500
