"""Connections that died without a word, and a service that is only slow."""

import itertools
import json
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from account import users
from relay import Relay
from tools import output, wait_until

TIMEOUT = 40
PATIENCE = TIMEOUT / 4  # with a connection that was used before
DEPARTMENTS = range(1, 17)


@pytest.fixture
def departments(service):
    for id in DEPARTMENTS:
        service.account.join(id, *range(id * 1000, id * 1000 + 3))
    return service


@pytest.fixture
def relay(departments):
    relay = Relay(departments.server.port)
    yield relay
    relay.stop()


@pytest.fixture
def start(departments, mount, clock):
    """Mounts it. The clock hardly goes on by itself: what waits for it waits for the test."""

    def begin(**options):
        clock.slow_down()
        return mount(departments, timeout=TIMEOUT, **options)

    return begin


class Readers:
    """Call it to see that all of them came."""

    def __init__(self, futures: list[Future]):
        self.futures = futures

    def __call__(self) -> bool:
        return all([future.result(60) for future in self.futures])

    @property
    def done(self) -> int:
        return sum(future.done() for future in self.futures)


@pytest.fixture
def reading():
    """Reads departments, all at once, while the test goes on; end it to see that they came. Each is
    read by a process of its own, so that nothing is asked for ahead."""
    pool = ThreadPoolExecutor(len(DEPARTMENTS))

    def names_in(fs, id: int) -> bool:
        return output("ls", fs / users(id)).split() == [f"{id * 1000 + i}.json" for i in range(3)]

    def begin(fs, *departments: int):
        return Readers([pool.submit(names_in, fs, id) for id in departments])

    yield begin
    pool.shutdown(wait=False)  # one that failed waits until its mount is gone


def requests(fs) -> int:
    """That the mount has counted. What was due is done before it says so."""
    return json.loads((fs / ".qpfs/status.json").read_text())["calls"]["total"]


def together(departments, fs, count: int):
    """No answer is sent before so many are asked for, so that each has a connection of its own."""
    os.stat(fs / users(1))
    barrier = threading.Barrier(count)
    departments.hold = lambda path: barrier.wait(60)


def asked(departments, ids) -> list[int]:
    return [len(departments.asked(id)) for id in ids]


def outwait(fs, clock, is_over, before):
    """Lets the patience with a connection end: not a second earlier than IS_OVER may come true."""
    clock.move(PATIENCE - 2)
    assert requests(fs) == before
    clock.move(3)
    wait_until(is_over)


# semantics: E11
def test_a_connection_that_died_silently_costs_a_part_of_the_timeout_and_one_call(
    departments, start, clock, relay, reading
):
    fs = start(api_url=relay.url())
    assert reading(fs, 1)()
    before = requests(fs)
    relay.silence()
    came = reading(fs, 2)
    wait_until(lambda: relay.swallowed == 1)
    outwait(fs, clock, lambda: departments.asked(2), before + 1)
    assert came()
    assert len(departments.asked(2)) == 1
    assert relay.swallowed == 1
    assert requests(fs) == before + 2, "the one that was not answered counts"
    assert reading(fs, 3)()


# semantics: E11
def test_eight_calls_over_connections_that_died_wait_no_longer_than_one(
    departments, start, clock, relay, reading
):
    fs = start(api_url=relay.url())
    together(departments, fs, 8)
    assert reading(fs, *range(1, 9))()
    departments.hold = lambda path: None
    before = requests(fs)
    assert relay.connections >= 8
    relay.silence()
    came = reading(fs, *range(9, 17))
    wait_until(lambda: requests(fs) == before + 8)
    # What went over a new connection has been answered, too, before the clock moves.
    wait_until(lambda: relay.swallowed + came.done == 8)
    outwait(fs, clock, lambda: asked(departments, range(9, 17)) == [1] * 8, before + 8)
    assert came()
    assert asked(departments, range(9, 17)) == [1] * 8
    assert relay.swallowed > 3
    assert requests(fs) == before + 8 + relay.swallowed


# semantics: E11
def test_a_service_that_is_slow_is_asked_twice_once_and_then_waited_for(
    departments, start, clock, reading
):
    fs = start()
    assert reading(fs, 1)()
    first, second = threading.Event(), threading.Event()
    holds = iter([first, second])
    departments.hold = lambda path: next(holds).wait(60)
    before, came = requests(fs), reading(fs, 2)
    wait_until(lambda: departments.asked(2))
    outwait(fs, clock, lambda: len(departments.asked(2)) == 2, before + 1)
    first.set()
    assert came(), "the first answer counts"
    second.set()
    assert len(departments.asked(2)) == 2
    third = threading.Event()
    departments.hold = lambda path: third.wait(60)
    before, came = requests(fs), reading(fs, 3)
    wait_until(lambda: departments.asked(3))
    clock.move(PATIENCE * 5 / 3)
    assert requests(fs) == before + 1
    third.set()
    assert came() and len(departments.asked(3)) == 1


# semantics: E11
def test_eight_calls_that_are_slow_are_asked_for_by_one_more(departments, start, clock, reading):
    fs = start()
    together(departments, fs, 8)
    assert reading(fs, *range(1, 9))()
    slow, slower, order = threading.Event(), threading.Event(), itertools.count()
    departments.hold = lambda path: (slow if next(order) < 8 else slower).wait(60)
    before, came = requests(fs), reading(fs, *range(9, 17))
    wait_until(lambda: sum(asked(departments, range(9, 17))) == 8)
    outwait(fs, clock, lambda: sum(asked(departments, range(9, 17))) == 9, before + 8)
    clock.move(PATIENCE * 2 / 3)
    assert requests(fs) == before + 9
    slow.set()  # were the one more answered first, the others would be taken for lost
    assert came()
    assert sum(asked(departments, range(9, 17))) == 9
    slower.set()


# semantics: E11
def test_a_service_that_is_slow_on_a_new_connection_is_asked_once(
    departments, start, clock, reading
):
    slow = threading.Event()
    departments.hold = lambda path: slow.wait(60)
    fs = start(delay_connect=True)
    came = reading(fs, 1)
    wait_until(lambda: departments.calls)
    clock.move(PATIENCE * 5 / 3)
    assert requests(fs) == 1
    slow.set()
    assert came()
    assert len(departments.asked(1)) == 1


# semantics: L2
def test_what_is_sent_again_over_a_closed_connection_counts(departments, start, relay, reading):
    """curl does that by itself."""
    fs = start(api_url=relay.url())
    assert reading(fs, 1)()
    before = requests(fs)
    relay.hang_up()
    assert reading(fs, 2)()
    assert (relay.swallowed, len(departments.asked(2))) == (1, 1)
    assert requests(fs) == before + 2


# semantics: F7
def test_sighup_makes_new_connections(departments, start, clock, relay, reading):
    fs = start(api_url=relay.url())
    assert reading(fs, 1)()
    relay.silence()
    fs.refresh()
    clock.move(0.01)  # as refresh() does where the clock goes as it should
    came = reading(fs, 1)
    wait_until(lambda: len(departments.asked(1)) == 2)
    assert came()
