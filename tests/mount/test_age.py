"""What answers say of their age: a caching proxy may stand in between."""

import errno
import json
import os
import time
from email.utils import formatdate

import pytest

from account import DEPARTMENTS, FIELD, MARKETING, RESEARCH, USER, community_names, users
from sandbox import phone
from tools import error_of, output

ASKED = f"micropanel/users/{USER}/communities"
CONTROL = "Cache-Control"


def listings_within(sandbox, fs, clock, seconds: int) -> int:
    """How often the communities are fetched for someone who lists them now and after that time."""
    sandbox.reset()
    assert os.listdir(fs / "communities") == community_names()
    clock.outlive(seconds)
    assert os.listdir(fs / "communities") == community_names()
    return sandbox.paths()[f"/{ASKED}"]


def now_is(headers: dict) -> dict[str, str]:
    """With the dates of now, where there are numbers of seconds from now on."""
    dates = {name: value for name, value in headers.items() if isinstance(value, int)}
    now = time.time()
    return headers | {name: formatdate(now + value, usegmt=True) for name, value in dates.items()}


SHORT = {
    "Expires and Date": {CONTROL: "max-age=86400", "Expires": 86400 - 70},
    "max-age": {CONTROL: "max-age=1"},
    "in another spelling": {"cache-control": 'private, MAX-AGE="1"'},
    "Age": {"Age": "59"},
    "both": {CONTROL: "public, max-age=600", "Age": "59"},
    "too old already": {CONTROL: "max-age=5", "Age": "600"},
    "older than can be": {"Age": "9" * 40},
}


# semantics: F11
@pytest.mark.parametrize("headers", SHORT.values(), ids=SHORT.keys())
def test_it_shortens_the_ttl(sandbox, mount, clock, headers):
    fs = mount(sandbox, cache_ttl=60)
    sandbox.fault(ASKED, headers=now_is(headers))
    assert listings_within(sandbox, fs, clock, 1) == 2


# semantics: F11
def test_the_floor_is_a_second_in_which_many_ask_at_once(sandbox, mount, clock):
    clock.slow_down()
    fs = mount(sandbox, cache_ttl=60)
    sandbox.fault(ASKED, headers={"Age": "3600"})
    for _ in range(3):
        assert os.listdir(fs / "communities") == community_names()
        assert (fs / "communities/123456.json").read_bytes()
    assert sandbox.paths()[f"/{ASKED}"] == 1


KEPT = {
    "Expires as max-age says": {CONTROL: "max-age=86400", "Expires": 86400},
    "Expires in the past": {CONTROL: "max-age=86400", "Expires": -3600},
    "Expires after max-age": {CONTROL: "max-age=600", "Expires": 600 + 3600},
    "Expires that is no date": {CONTROL: "max-age=600", "Expires": "-1"},
    "Expires alone": {"Expires": 10},
    "no-cache": {CONTROL: "no-cache"},
    "what frameworks send": {CONTROL: "no-cache, no-store, max-age=0, must-revalidate"},
    "s-maxage": {CONTROL: "s-maxage=1"},
    "a longer one": {CONTROL: "max-age=600"},
    "a huge one": {CONTROL: f"max-age={'9' * 40}"},
    "no number": {CONTROL: "max-age=1.0, max-age=-1, max-age=", "Age": "-59"},
    "another header": {"X-Age": "59", "Ages": "59"},
}


# semantics: F11
@pytest.mark.parametrize("headers", KEPT.values(), ids=KEPT.keys())
def test_what_forbids_others_to_keep_it_or_makes_no_sense_changes_nothing(
    sandbox, mount, clock, headers
):
    fs = mount(sandbox, cache_ttl=60)
    sandbox.fault(ASKED, headers=now_is(headers))
    assert listings_within(sandbox, fs, clock, 1) == 1


# semantics: F11
def test_it_never_makes_the_ttl_longer(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    sandbox.fault(ASKED, headers={CONTROL: "max-age=600"})
    assert listings_within(sandbox, fs, clock, 60) == 2


# semantics: F11
def test_one_page_of_several_decides(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    sandbox.fault(users(FIELD), query="page=2", headers={"Age": "59"})
    os.listdir(fs / users(FIELD))
    clock.outlive(1)
    os.listdir(fs / users(FIELD))
    assert sandbox.paths()[f"/{users(FIELD)}"] == 6


# semantics: F11
def test_the_kernel_keeps_a_name_no_longer_than_that(sandbox, mount):
    """Which has a clock of its own, that no test moves."""
    fs = mount(sandbox, cache_ttl=60)
    sandbox.fault(users(RESEARCH), headers={CONTROL: "max-age=1"})
    id = sandbox.user_ids(RESEARCH)[0]
    file = fs / users(RESEARCH) / f"{id}.json"
    output("ls", file.parent)
    assert "0815" not in output("cat", file)
    sandbox.change(phone(id, "0815"))
    fs.outlive(1)
    assert "0815" in output("cat", file)


# semantics: F9, F11
def test_it_holds_for_a_user_who_was_asked_for_alone(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    id = sandbox.user_ids(FIELD)[0]
    file = fs / users(FIELD) / f"{id}.json"
    sandbox.fault(f"users/{id}", headers={"Age": "59"})
    file.read_bytes()
    sandbox.change(phone(id, "0815"))
    clock.outlive(1)
    assert b"0815" in file.read_bytes()


# semantics: F6, F11
def test_stale_if_error_is_counted_from_that_end(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60, stale_if_error=10, timeout=5)
    sandbox.fault(ASKED, headers={CONTROL: "max-age=1"})
    os.listdir(fs / "communities")
    sandbox.heal()
    sandbox.fault(ASKED, status=500)
    fs.expect_log(f"error: {ASKED}")
    clock.outlive(11)
    assert error_of(os.listdir, fs / "communities") in [errno.EIO, errno.ETIMEDOUT]


def plant_older(sandbox, path: str, **rule):
    """A cache in between has the list as it was a while ago, without the last one that is there."""
    answer = json.loads(sandbox.get(path))
    answer["response"].pop()
    answer["pagination"]["totalItems"] -= 1
    sandbox.fault(path, body=json.dumps(answer), headers={"Age": "100"}, **rule)
    sandbox.reset()


# semantics: F11
@pytest.mark.parametrize("path", [DEPARTMENTS, users(MARKETING)], ids=["departments", "users"])
def test_what_is_older_than_what_was_shown_takes_nobody_away(sandbox, mount, clock, path):
    fs = mount(sandbox, cache_ttl=60)
    shown = os.listdir(fs / path)
    clock.outlive(60)
    plant_older(sandbox, path, times=1)
    assert os.listdir(fs / path) == shown
    assert sandbox.paths()[f"/{path}"] == 2


# semantics: F6, F11
def test_where_only_what_is_older_comes_the_last_list_serves_on(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60, stale_if_error=10)
    shown = os.listdir(fs / users(MARKETING))
    clock.outlive(60)
    plant_older(sandbox, users(MARKETING))
    fs.expect_log(f"warning: {users(MARKETING)}: a cache in between answers with what is older")
    assert os.listdir(fs / users(MARKETING)) == shown
    assert sandbox.paths()[f"/{users(MARKETING)}"] == 2
