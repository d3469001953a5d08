"""When a refresh fails because the service does, the last complete listing serves on."""

import errno
import os

import pytest

from account import DEPARTMENTS, MARKETING, USER, community_names, users
from sandbox import phone
from tools import error_of, output, wait_until

TTL = {"cache_ttl": 60, "timeout": 5}


@pytest.fixture
def warm(sandbox, mount, clock):
    """A mount that has just been walked."""

    def start(**options):
        fs = mount(sandbox, **TTL | options)
        os.listdir(fs / "communities")
        return fs

    return start


COMMUNITIES_CALL = f"micropanel/users/{USER}/communities"
FAILURES = {
    "500": {"status": 500},
    "503": {"status": 503},
    "429": {"status": 429},
    "a stall": {"stall": 60},
    "no answer": {"close": True},
    "a cut body": {"cut": 90},
    "a cut body of no known length": {"body": '{"response":[{"id":1,"na'},
}


# semantics: F6
@pytest.mark.parametrize("rule", FAILURES.values(), ids=FAILURES.keys())
def test_the_old_listing_serves_and_a_warning_says_so(sandbox, warm, clock, rule):
    fs = warm(timeout=3)
    sandbox.fault(COMMUNITIES_CALL, **rule)
    clock.outlive(60)
    assert os.listdir(fs / "communities") == community_names()
    assert (fs / "communities/123456.json").read_bytes()
    fs.expect_log(f"warning: {COMMUNITIES_CALL}: .*; showing what was read")
    assert len(fs.logged("warning")) == 1


# semantics: S4
def test_the_old_listing_serves_while_nobody_is_there(sandbox, warm, clock):
    fs = warm(timeout=3)
    sandbox.kill()
    clock.outlive(60)
    assert os.listdir(fs / "communities") == community_names()
    fs.expect_log("warning: .*showing what was read")
    sandbox.start()


# semantics: F6, S5
@pytest.mark.parametrize("status, error", [(401, errno.EACCES), (403, errno.EACCES)])
def test_it_never_serves_past_a_refusal(sandbox, warm, clock, status, error):
    fs = warm()
    sandbox.fault(COMMUNITIES_CALL, status=status)
    clock.outlive(60)
    fs.expect_log(f"HTTP {status}")
    assert error_of(os.listdir, fs / "communities") == error
    sandbox.heal()
    sandbox.fault(COMMUNITIES_CALL, status=500)
    clock.outlive(60)
    fs.expect_log("HTTP 500")
    assert error_of(os.listdir, fs / "communities") == errno.EIO, "nor later"


# semantics: S5
def test_it_never_serves_past_a_key_that_is_refused_elsewhere(sandbox, warm, clock):
    fs = warm()
    sandbox.fault(COMMUNITIES_CALL, status=500)
    clock.outlive(60)
    assert os.listdir(fs / "communities") == community_names()
    fs.expect_log("showing what was read", "HTTP 401")
    sandbox.heal()
    for path in [COMMUNITIES_CALL, DEPARTMENTS]:
        sandbox.fault(path, status=401)
    assert error_of(os.listdir, fs / DEPARTMENTS) == errno.EACCES
    assert error_of(os.listdir, fs / "communities") == errno.EACCES


# semantics: F6
def test_it_never_serves_past_a_key_that_is_refused_once_and_then_a_failure(sandbox, warm, clock):
    fs = warm()
    sandbox.fault(DEPARTMENTS, status=401)
    sandbox.fault(COMMUNITIES_CALL, status=500)
    clock.outlive(60)
    fs.expect_log("HTTP 401", "HTTP 500")
    assert error_of(os.listdir, fs / DEPARTMENTS) == errno.EACCES
    assert error_of(os.listdir, fs / "communities") == errno.EIO


INCONSISTENT = {
    "400": ({"status": 400}, errno.EINVAL),
    "404": ({"status": 404}, errno.EIO),
    "410": ({"status": 410}, errno.EIO),
    "no JSON": ({"body": "x"}, errno.EBADMSG),
}


@pytest.mark.parametrize("rule, error", INCONSISTENT.values(), ids=INCONSISTENT.keys())
def test_it_does_not_serve_past_an_answer_that_is_wrong(sandbox, warm, clock, rule, error):
    fs = warm()
    sandbox.fault(COMMUNITIES_CALL, **rule)
    clock.outlive(60)
    fs.expect_log(f"error: {COMMUNITIES_CALL}: ")
    assert error_of(os.listdir, fs / "communities") == error


def test_stale_if_error_0_shows_the_error(sandbox, warm, clock):
    fs = warm(stale_if_error=0)
    sandbox.fault(COMMUNITIES_CALL, status=500)
    clock.outlive(60)
    fs.expect_log("HTTP 500")
    assert error_of(os.listdir, fs / "communities") == errno.EIO


def test_the_old_listing_serves_no_longer_than_stale_if_error(sandbox, warm, clock):
    fs = warm(stale_if_error=20)
    sandbox.fault(COMMUNITIES_CALL, status=500)
    clock.outlive(60)
    assert os.listdir(fs / "communities") == community_names()
    fs.expect_log("warning: .*showing", f"error: {COMMUNITIES_CALL}")
    clock.outlive(20)
    assert error_of(os.listdir, fs / "communities") in [errno.EIO, errno.ETIMEDOUT]


# semantics: F7
def test_sighup_drops_what_is_cached(sandbox, mount):
    fs = mount(sandbox)
    output("ls", "-lR", fs.point)
    sandbox.change(phone(1234588, "0815"))
    sandbox.reset()
    fs.refresh()
    output("ls", "-lR", fs.point)
    assert sandbox.paths()[f"/{users(MARKETING)}"] == 1
    file = fs / users(MARKETING) / "1234588.json"
    assert b"0815" in file.read_bytes()


def test_after_sighup_a_name_is_looked_up_again(sandbox, mount):
    """Without anybody listing its directory again, which would tell the kernel as well."""
    fs = mount(sandbox, cache_ttl=3600)
    file = fs / users(MARKETING) / "1234567.json"
    os.listdir(file.parent)  # a user who was asked for alone is looked up each time
    assert b"another number" not in file.read_bytes()
    sandbox.change(phone(1234567, "another number"))
    fs.refresh()
    wait_until(lambda: b"another number" in file.read_bytes())


def test_after_sighup_a_failure_is_an_error_and_nothing_old_serves(sandbox, mount):
    fs = mount(sandbox, timeout=5)
    os.listdir(fs / "communities")
    sandbox.fault(COMMUNITIES_CALL, status=500)
    fs.refresh()
    fs.expect_log("HTTP 500")
    assert error_of(os.listdir, fs / "communities") == errno.EIO
    sandbox.heal()
    fs.refresh()
    assert os.listdir(fs / "communities") == community_names()
