"""A service that is slow, and one that is not there."""

import errno
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from account import ARCHIVE, DEPARTMENTS, FIELD, KEY, MARKETING, ORG, RESEARCH, USER, users
from faults import ALLOWANCE
from gates import Gates
from service import spread
from tools import (
    ENOUGH,
    error_of,
    inventory,
    is_mounted,
    rsync,
    run,
    wait_until,
    wait_until_it_waits,
)


# semantics: E3
def test_a_look_up_in_a_long_listing_times_out_and_the_next_finds_it(service, mount, clock, spawn):
    service.account.join(FIELD, *spread(2500))
    id = max(service.account.ids(FIELD))
    clock.slow_down()
    fs = mount(service, timeout=30, per_page=100, parallel=2)
    os.stat(fs / users(FIELD))
    gates = Gates(service, FIELD, f"users/{id}")
    listing = spawn("ls", fs / users(FIELD))
    wait_until(lambda: gates.asked() == 1)
    look = spawn("cat", fs / users(FIELD) / f"{id}.json")
    wait_until_it_waits(look)
    for _ in range(14):
        clock.move(2)
        gates.pass_page()
    assert look.poll() is None
    for _ in range(4):
        clock.move(2)
        gates.pass_page()
    wait_until(lambda: look.poll() is not None)
    assert os.strerror(errno.ETIMEDOUT) in look.communicate(timeout=ENOUGH)[1]
    fs.expect_log("still being read at the end of the timeout")
    assert listing.poll() is None
    gates.open()
    assert listing.wait(60) == 0
    assert error_of(os.stat, fs / users(FIELD) / f"{id}.json") == 0
    calls = len(service.calls)
    assert os.stat(fs / users(FIELD) / f"{id}.json").st_size > 0 and len(service.calls) == calls


# semantics: E6
@pytest.mark.exact_service("the clock hardly goes on, also for what is tried again")
def test_a_walk_over_a_service_that_is_down_fails_in_seconds(serve, mount, clock):
    sandbox = serve("--departments", "200")
    clock.slow_down()
    fs = mount(sandbox, timeout=30)
    names = [name for name in os.listdir(fs / DEPARTMENTS) if name.isdigit()]
    for name in names:
        os.stat(fs / DEPARTMENTS / name / "users")
    sandbox.request("POST", "/control/faults", [{"path_prefix": "/", "stall": 600}])
    fs.expect_log("the service does not answer; until it does", "no answer within the timeout")

    def list_all() -> set[int]:
        return {error_of(os.listdir, fs / DEPARTMENTS / name / "users") for name in names}

    began = clock.moved
    with ThreadPoolExecutor(1) as pool:
        errors = pool.submit(list_all)
        clock.outwait(sandbox, 31, [errors])
    assert errors.result() == {errno.ETIMEDOUT}
    assert clock.moved - began < 8 * 30  # and not 200 times thirty
    sandbox.heal()
    clock.move(31)
    wait_until(lambda: error_of(os.listdir, fs / DEPARTMENTS / names[0] / "users") == 0)
    assert len(fs.logged("the service answers again; [0-9]+ calls failed at once meanwhile")) == 1
    assert [error_of(os.listdir, fs / DEPARTMENTS / name / "users") for name in names] == [0] * len(
        names
    )


EVERYWHERE = {
    "401": ({"status": 401}, errno.EACCES, "the service refuses the key; .*HTTP 401"),
    "1013": ({"status": 429, "body": ALLOWANCE}, errno.EDQUOT, "no calls are left; .*HTTP 429"),
}


def fail_everywhere(sandbox, **rule):
    sandbox.heal()
    sandbox.request("POST", "/control/faults", [{"path_prefix": "/", **rule}])


@pytest.fixture
def many(serve, mount, memory):
    """250 departments, the names of which are known, and a backup of them."""
    sandbox = serve("--departments", "246", "--users-per", "1")
    other, fs = mount(sandbox), mount(sandbox)
    rsync(other / "communities", other / "organizations", memory)
    names = [name for name in os.listdir(fs / DEPARTMENTS) if name.isdigit()]
    assert len(names) == 250
    sandbox.reset()
    return sandbox, fs, names


# semantics: E6, S1, S5, L7
@pytest.mark.exact_service("it counts calls that fail")
@pytest.mark.parametrize("rule, error, line", EVERYWHERE.values(), ids=EVERYWHERE.keys())
def test_a_backup_without_a_key_or_calls_makes_a_handful_of_calls(many, memory, rule, error, line):
    sandbox, fs, names = many
    before = inventory(memory)
    fail_everywhere(sandbox, **rule)
    done = run("rsync", "-a", "--delete", fs / "communities", fs / "organizations", memory)
    assert done.returncode == 23 and done.stderr.count(os.strerror(error)) >= 250
    assert inventory(memory) == before
    assert sandbox.total() <= 6
    assert {error_of(os.listdir, fs / users(name)) for name in names} == {error}
    assert sandbox.total() <= 8
    assert len(fs.logged(f"warning: {line}")) == 1
    fs.expect_log(f"warning: {line}", "error: .*: HTTP", "allowance is used up|HTTP")
    sandbox.heal()
    fs.refresh()
    assert {error_of(os.listdir, fs / users(name)) for name in names} == {0}


# semantics: E1, E6
@pytest.mark.exact_service("it counts the lines of calls that fail")
def test_a_walk_over_a_service_that_is_down_is_a_few_lines_in_the_log(many, clock):
    sandbox, fs, names = many
    fail_everywhere(sandbox, close=True)
    for _ in range(3):
        assert 0 not in {error_of(os.listdir, fs / users(name)) for name in names}
        clock.outlive(1)  # what failed is asked for again
    fs.expect_log("the service does not answer; until it does", "Connection reset")
    assert len(fs.log) <= 20, "\n".join(fs.log)  # of 750 that failed


# semantics: E1
@pytest.mark.exact_service("it counts the lines of calls that fail")
def test_the_same_failure_of_a_list_is_one_line_a_minute(sandbox, mount, clock):
    clock.slow_down()
    fs = mount(sandbox)
    sandbox.fault(users(FIELD), status=418)
    for _ in range(4):
        assert error_of(os.listdir, fs / users(FIELD)) == errno.EIO
        clock.outlive(1)
    assert sandbox.paths()[f"/{users(FIELD)}"] == 4
    fs.expect_log(f"error: {users(FIELD)}: HTTP 418")
    assert len(fs.logged("HTTP 418")) == 1


# semantics: E6
@pytest.mark.exact_service("it counts calls that fail")
@pytest.mark.parametrize("rule, error, line", EVERYWHERE.values(), ids=EVERYWHERE.keys())
def test_a_key_or_calls_that_are_back_are_found_by_one_call(many, rule, error, line):
    sandbox, fs, names = many
    fail_everywhere(sandbox, **rule)
    assert {error_of(os.listdir, fs / users(name)) for name in names} == {error}
    fs.expect_log(f"warning: {line}", "HTTP", "allowance is used up|HTTP")
    sandbox.heal()
    sandbox.reset()
    wait_until(lambda: error_of(os.listdir, fs / users(names[7])) == 0)
    assert sandbox.total() == 1
    assert len(fs.logged("the service takes the key again|there are calls again")) == 1


# semantics: F6, E6
@pytest.mark.exact_service("it counts calls that fail")
def test_what_is_held_serves_on_while_no_calls_are_left(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    shown = [os.listdir(fs / users(id)) for id in (MARKETING, RESEARCH, FIELD)]
    fail_everywhere(sandbox, status=429, body=ALLOWANCE)
    clock.outlive(60)
    sandbox.reset()
    assert [os.listdir(fs / users(id)) for id in (MARKETING, RESEARCH, FIELD)] == shown
    fs.expect_log("no calls are left", "showing what was read", "allowance is used up")
    assert sandbox.total() <= 4


# semantics: F6, S5
@pytest.mark.exact_service("it counts calls that fail")
def test_nothing_old_serves_past_a_refused_key_though_the_service_fails_otherwise(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60, organizations=ORG)
    os.listdir(fs / "communities")
    os.listdir(fs / users(RESEARCH))
    fail_everywhere(sandbox, status=401)
    for department in (MARKETING, FIELD, ARCHIVE):
        assert error_of(os.listdir, fs / users(department)) == errno.EACCES
    fs.expect_log("the service refuses the key", "HTTP 401")
    fail_everywhere(sandbox, status=500)
    clock.outlive(60)
    assert error_of(os.listdir, fs / "communities") == errno.EACCES
    assert error_of(os.listdir, fs / DEPARTMENTS) == errno.EACCES
    assert sandbox.total() >= 7, "one of them has tried"


# semantics: T6
def test_a_log_that_nobody_reads_stops_nothing(qpfs, sandbox, point, environment):
    reader, writer = os.pipe()
    options = f"user_id={USER},api_url={sandbox.url},cache_ttl=1"
    command = [qpfs, "-d", "-o", options, point]
    env = environment | {"QUESTIONPRO_API_KEY": KEY}
    process = subprocess.Popen([str(part) for part in command], stderr=writer, env=env)
    wait_until(lambda: is_mounted(point))
    for _ in range(400):  # each tells more than a hundred bytes, and the pipe holds 64 KB
        assert os.listdir(point / "organizations" / str(ORG)) == ["departments", "organization.json"]
    process.terminate()
    assert process.wait(60) == 0
    assert len(os.read(reader, 1 << 20)) > 50000
    os.close(reader)
    os.close(writer)
