"""Where the service names its answers, what did not change is not sent again."""

import errno
import os
import re

import pytest

from account import (
    DEPARTMENTS,
    FIELD,
    MARKETING,
    RESEARCH,
    USER,
    community_names,
    file_names,
    users,
)
from sandbox import phone
from tools import error_of, inventory

ASKED = f"micropanel/users/{USER}/communities"
ANSWER = re.compile(r"debug: (\S+): try \d+: HTTP (200|304).*\((\d+) bytes\)")


@pytest.fixture
def named(serve):
    return serve("--etags")


@pytest.fixture
def warm(named, mount):
    """A mount that has read the largest department, with a TTL that is about to end."""
    fs = mount(named, debug=True, cache_ttl=1)
    os.listdir(fs / users(FIELD))
    return fs


def answers(fs, path: str) -> list[tuple[int, int]]:
    """Status and size of each answer about this path so far, but for those that were spoilt."""
    found = [ANSWER.search(line) for line in fs.logged("debug: .*: try ")]
    return [(int(m[2]), int(m[3])) for m in found if m and m[1].split("?")[0] == path]


def statuses(fs, path: str) -> list[int]:
    return sorted(status for status, _ in answers(fs, path))


def list_again(fs, department: int) -> list[str]:
    fs.outlive(1)
    return os.listdir(fs / users(department))


# semantics: F12
def test_what_did_not_change_is_a_call_but_not_sent_again(named, warm):
    before = answers(warm, users(FIELD))
    assert all(status == 200 and size > 100_000 for status, size in before)
    expected = file_names(named.user_ids(FIELD))
    named.reset()
    assert list_again(warm, FIELD) == expected
    assert answers(warm, users(FIELD)) == before + [(304, 0)] * 3
    assert named.paths()[f"/{users(FIELD)}"] == 3


# semantics: F12
def test_nothing_is_touched_by_a_refresh_that_brings_nothing(named, mount):
    fs = mount(named, debug=True, cache_ttl=1)
    before = inventory(fs.point)
    fs.outlive(1)
    assert inventory(fs.point) == before
    for path in [ASKED, DEPARTMENTS, users(MARKETING), users(FIELD)]:
        assert 304 in statuses(fs, path)
    assert 304 not in statuses(fs, users(RESEARCH)), "its only page may be full"


# semantics: F12
def test_a_page_that_changed_is_seen_among_those_that_did_not(named, warm):
    id = named.user_ids(FIELD)[1500]
    named.change(phone(id, "0815"))
    assert list_again(warm, FIELD) == file_names(named.user_ids(FIELD))
    assert b"0815" in (warm / users(FIELD) / f"{id}.json").read_bytes()
    assert statuses(warm, users(FIELD)) == [200] * 4 + [304] * 2


def test_it_goes_on_from_one_refresh_to_the_next(named, warm):
    for _ in range(3):
        list_again(warm, FIELD)
    assert statuses(warm, users(FIELD)) == [200] * 3 + [304] * 9


def test_who_was_removed_is_gone(named, warm):
    ids = named.user_ids(FIELD)
    named.change({"remove": ids[1500]})
    assert list_again(warm, FIELD) == file_names(set(ids) - {ids[1500]})


# semantics: F7, F12
def test_after_sighup_everything_is_sent_again(named, warm):
    warm.refresh()
    os.listdir(warm / users(FIELD))
    assert statuses(warm, users(FIELD)) == [200] * 6
    list_again(warm, FIELD)  # asked for in the same millisecond, that one was as old as the rest
    list_again(warm, FIELD)
    assert statuses(warm, users(FIELD))[-3:] == [304] * 3


# semantics: F12
def test_where_there_are_no_etags_everything_is_sent_again(sandbox, mount):
    fs = mount(sandbox, debug=True, cache_ttl=1)
    os.listdir(fs / users(MARKETING))
    list_again(fs, MARKETING)
    assert statuses(fs, users(MARKETING)) == [200, 200]


NO_ETAG = {"no quotes": "x", "too long": f'"{"x" * 200}"', "a list": '"x", "y"'}


@pytest.mark.parametrize("etag", NO_ETAG.values(), ids=NO_ETAG.keys())
def test_what_is_no_etag_is_not_sent_back(named, mount, etag):
    """The sandbox's own would come to a 304."""
    fs = mount(named, debug=True, cache_ttl=1)
    named.fault(users(MARKETING), headers={"ETag": etag})
    os.listdir(fs / users(MARKETING))
    list_again(fs, MARKETING)
    assert statuses(fs, users(MARKETING)) == [200, 200]


# -------- wrong answers --------


# semantics: F12
def test_a_304_that_was_not_asked_for_is_ebadmsg(named, mount):
    fs = mount(named)
    named.fault(ASKED, status=304)
    fs.expect_log(f"error: {ASKED}: HTTP 304: not modified")
    assert error_of(os.listdir, fs / "communities") == errno.EBADMSG
    named.heal()
    fs.refresh()
    assert os.listdir(fs / "communities") == community_names()


# semantics: F12
@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_304_for_another_etag_is_not_believed(named, warm, page):
    ids = named.user_ids(FIELD)
    named.change({"remove": ids[10]}, {"remove": ids[2400]})
    wrong = {"status": 304, "headers": {"ETag": '"another"'}}
    named.fault(users(FIELD), query=f"page={page}", times=1, **wrong)
    assert list_again(warm, FIELD) == file_names(named.user_ids(FIELD))


# semantics: F12, T1
@pytest.mark.parametrize("page", [1, 2, 3])
def test_pages_called_unmodified_that_do_not_fit_are_read_anew(named, warm, page):
    """One page is said to be what it was, though people came, and went from before it."""
    ids = named.user_ids(FIELD)
    named.change({"remove": ids[10]})
    named.fault(users(FIELD), query=f"page={page}", times=1, status=304)
    assert list_again(warm, FIELD) == file_names(named.user_ids(FIELD))
    assert len(warm.logged("reading it again")) == 1


# semantics: F12, T1
def test_304s_that_never_end_are_an_error_where_they_do_not_fit(named, warm):
    named.change({"remove": named.user_ids(FIELD)[10]})
    named.fault(users(FIELD), query="page=1", status=304)
    warm.expect_log(f"error: {users(FIELD)}: .*HTTP 304: not modified")
    warm.outlive(1)
    assert error_of(os.listdir, warm / users(FIELD)) == errno.EBADMSG
    named.heal()
    assert list_again(warm, FIELD) == file_names(named.user_ids(FIELD))


def test_304s_for_everything_show_what_was_there(named, warm):
    before = os.listdir(warm / users(FIELD))
    named.fault(users(FIELD), status=304)
    assert list_again(warm, FIELD) == before
    warm.refresh()
    warm.expect_log(f"error: {users(FIELD)}: HTTP 304: not modified")
    assert error_of(os.listdir, warm / users(FIELD)) == errno.EBADMSG
