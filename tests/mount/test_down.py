"""A service that is slow, and one that is not there."""

import errno
import os
import subprocess
import time

import pytest

from account import DEPARTMENTS, FIELD, KEY, ORG, USER, users
from tools import error_of, is_mounted, wait_until


# semantics: E3
@pytest.mark.exact_service("it times a second of answers that are all late")
def test_a_look_up_in_a_long_listing_times_out_and_the_next_finds_it(sandbox, mount, spawn):
    id = sandbox.user_ids(FIELD)[-1]
    name = f"{users(FIELD)}/{id}.json"
    sandbox.fault(f"users/{id}", stall=60)
    fs = mount(sandbox, timeout=1, per_page=100, parallel=2)
    os.stat(fs / users(FIELD))
    sandbox.latency(150)
    listing = spawn("ls", fs / users(FIELD))
    wait_until(lambda: sandbox.calls()["in_flight"] > 1)
    start = time.monotonic()
    assert error_of(os.stat, fs / name) == errno.ETIMEDOUT
    assert 0.9 < time.monotonic() - start < 3
    fs.expect_log("still being read at the end of the timeout")
    assert listing.wait(10) == 0
    assert error_of(os.stat, fs / name) == 0
    calls = sandbox.total()
    assert os.stat(fs / name).st_size > 0 and sandbox.total() == calls


# semantics: E6
def test_a_walk_over_a_service_that_is_down_fails_in_seconds(serve, mount):
    sandbox = serve("--departments", "200")
    fs = mount(sandbox, timeout=3)
    names = [name for name in os.listdir(fs / DEPARTMENTS) if name.isdigit()]
    for name in names:
        os.stat(fs / DEPARTMENTS / name / "users")
    sandbox.request("POST", "/control/faults", [{"path_prefix": "/", "stall": 60}])
    fs.expect_log("the service does not answer; until it does", "no answer within the timeout")
    start = time.monotonic()
    errors = {error_of(os.listdir, fs / DEPARTMENTS / name / "users") for name in names}
    assert errors == {errno.ETIMEDOUT}
    assert time.monotonic() - start < 25  # and not 200 times three
    sandbox.heal()
    wait_until(lambda: error_of(os.listdir, fs / DEPARTMENTS / names[0] / "users") == 0, 40)
    assert len(fs.logged("the service answers again")) == 1
    assert [error_of(os.listdir, fs / DEPARTMENTS / name / "users") for name in names] == [0] * len(
        names
    )


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
    assert process.wait(5) == 0
    assert len(os.read(reader, 1 << 20)) > 50000
    os.close(reader)
    os.close(writer)
