"""Connections that died without a word, and a service that is only slow."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from account import users
from relay import Relay
from tools import wait_until

TIMEOUT = 12
PATIENCE = TIMEOUT / 4  # with a connection that was used before
SLOW = PATIENCE * 5 / 3
DEPARTMENTS = range(1, 17)


@pytest.fixture
def departments(service):
    for id in DEPARTMENTS:
        service.account.join(id, *range(id * 1000, id * 1000 + 3))
    return service


@pytest.fixture
def relay(departments):
    relay = Relay(departments.server.server_port)
    yield relay
    relay.stop()


def requests(fs) -> int:
    """That the mount has counted."""
    return json.loads((fs / ".qpfs/status.json").read_text())["calls"]["total"]


def read(fs, *departments: int) -> float:
    """Reads them all at once; how long that takes."""
    start = time.monotonic()
    with ThreadPoolExecutor(len(departments)) as pool:
        for id, names in zip(departments, pool.map(lambda id: os.listdir(fs / users(id)), departments)):
            assert names == [f"{id * 1000 + i}.json" for i in range(3)]
    return time.monotonic() - start


# semantics: E11
def test_a_connection_that_died_silently_costs_a_part_of_the_timeout_and_one_call(
    departments, mount, relay
):
    fs = mount(departments, api_url=relay.url(), timeout=TIMEOUT)
    read(fs, 1)
    before = requests(fs)
    relay.silence()
    assert PATIENCE - 0.1 < read(fs, 2) < PATIENCE + 2
    assert len(departments.asked(2)) == 1
    assert relay.swallowed == 1
    assert requests(fs) == before + 2, "the one that was not answered counts"
    assert read(fs, 3) < 1


# semantics: E11
def test_eight_calls_over_connections_that_died_wait_no_longer_than_one(departments, mount, relay):
    fs = mount(departments, api_url=relay.url(), timeout=TIMEOUT)
    departments.latency = 0.3  # so that none can use the connection of another
    read(fs, *range(1, 9))
    departments.latency = 0
    before = requests(fs)
    assert relay.connections >= 8
    relay.silence()
    assert PATIENCE - 0.1 < read(fs, *range(9, 17)) < PATIENCE + 2
    assert [len(departments.asked(id)) for id in range(9, 17)] == [1] * 8
    assert relay.swallowed > 3
    assert requests(fs) == before + 8 + relay.swallowed


# semantics: E11
def test_a_service_that_is_slow_is_asked_twice_once_and_then_waited_for(departments, mount):
    fs = mount(departments, timeout=TIMEOUT)
    read(fs, 1)
    departments.latency = SLOW
    assert read(fs, 2) < SLOW + 1, "the first answer counts"
    assert len(departments.asked(2)) == 2
    read(fs, 3)
    assert len(departments.asked(3)) == 1


# semantics: E11
def test_eight_calls_that_are_slow_are_asked_for_by_one_more(departments, mount):
    fs = mount(departments, timeout=TIMEOUT)
    departments.latency = 0.3
    read(fs, *range(1, 9))
    departments.latency = SLOW
    read(fs, *range(9, 17))
    assert sum(len(departments.asked(id)) for id in range(9, 17)) == 9


# semantics: E11
def test_a_service_that_is_slow_on_a_new_connection_is_asked_once(departments, mount):
    departments.latency = SLOW
    fs = mount(departments, timeout=TIMEOUT, delay_connect=True)
    read(fs, 1)
    assert len(departments.asked(1)) == 1


# semantics: L2
def test_what_is_sent_again_over_a_closed_connection_counts(departments, mount, relay):
    """curl does that by itself."""
    fs = mount(departments, api_url=relay.url(), timeout=TIMEOUT)
    read(fs, 1)
    before = requests(fs)
    relay.hang_up()
    read(fs, 2)
    assert (relay.swallowed, len(departments.asked(2))) == (1, 1)
    assert requests(fs) == before + 2


# semantics: F7
def test_sighup_makes_new_connections(departments, mount, relay):
    fs = mount(departments, api_url=relay.url(), timeout=TIMEOUT)
    read(fs, 1)
    relay.silence()
    fs.refresh()
    assert read(fs, 1) < 1
    wait_until(lambda: len(departments.asked(1)) == 2)
