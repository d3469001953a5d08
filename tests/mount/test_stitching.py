"""Who stayed in a department throughout is in its backup, whatever moves while the list is read."""

import os
import random
import signal
import time

import pytest

from account import ORG, users
from keeping import Backup, ids_in, may_cost, most_calls, windows
from manners import ORDERS, TOTALS, UNKNOWN, Person
from service import spread
from tools import error_of, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.plain("the unit tests play the pager with sanitizers"),
]
SALES = 1234
PEOPLE = 1300
PAGE = 100


@pytest.fixture
def account(service):
    service.account.join(SALES, *spread(PEOPLE))
    service.account.mark()
    return service.account


@pytest.fixture
def backup(service, account, mount, tmp_path):
    """Mounts the service, and makes a first backup."""

    def start(per_page: int = PAGE, **options) -> Backup:
        fs = mount(service, per_page=per_page, **options)
        backup = Backup(service, fs, tmp_path / "copy", SALES)
        assert backup.make() and backup.ids() == account.ids(SALES)
        return backup

    return start


FREE = [id + 1 + n for id in spread(PEOPLE) for n in range(9)]


def between(service, first: float, second: float) -> tuple[int, int]:
    """Somebody at the first part of the list, and the ID of a newcomer for the second part."""
    account, order = service.account, service.manners.order
    people = account.listed(SALES, order)
    behind = order(people[int(second * len(people))])
    free = [Person(id, SALES, ORG) for id in FREE if id not in account.people]
    newcomer = min((person for person in free if order(person) > behind), key=order)
    return people[int(first * len(people))].id, newcomer.id


# -------- two who move hide nobody --------


@pytest.mark.parametrize("leaves, comes", [(0.12, 0.88), (0.88, 0.12)], ids=["up", "down"])
@pytest.mark.parametrize("order", ORDERS)
# semantics: T1, S2
def test_two_who_change_departments_do_not_hide_a_third(service, backup, order, leaves, comes):
    """Whichever two calls of the list it is between."""
    service.behave(order=ORDERS[order])
    kept = backup(parallel=1)
    for number in range(2, windows(PEOPLE, PAGE) + 3):
        service.account.mark()
        leaver, comer = between(service, leaves, comes)
        moved = False

        def move(call):
            nonlocal moved
            if call.path == f"/{users(SALES)}" and call.number == number and not moved:
                service.account.leave(leaver)
                service.account.join(SALES, comer)
                moved = True

        service.before = move
        assert kept.make()
        assert kept.calls <= most_calls(PEOPLE, PAGE)


class Churn:
    """Changes at random, between the calls of the list: at the rate of one in EVERY."""

    def __init__(self, service, seed, every: float):
        self.service, self.dice, self.every = service, random.Random(f"churn {seed}"), every
        free = [id for id in FREE if id not in service.account.people]
        self.free = self.dice.sample(free, len(free))

    def __call__(self, call):
        if call.path != f"/{users(SALES)}" or self.dice.random() * self.every > 1:
            return
        account = self.service.account
        people = account.listed(SALES, self.service.manners.order)
        change = self.dice.choice(["join", "leave", "both", "both"])
        if change != "join":
            account.leave(people[self.dice.randrange(len(people))].id)
        if change != "leave":
            account.join(SALES, self.free.pop())


# semantics: T1, S2
@pytest.mark.parametrize("parallel", [1, 8])
@pytest.mark.parametrize("total", ["true", *UNKNOWN])
@pytest.mark.parametrize("order", ORDERS)
def test_nobody_who_stayed_is_lost_at_random(service, backup, order, total, parallel):
    service.behave(order=ORDERS[order], total=TOTALS[total])
    kept = backup(parallel=parallel)
    for seed in range(4):
        service.account.mark()
        service.before = Churn(service, f"{order} {total} {seed}", [2, 5, 10, 20][seed])
        kept.make()
        assert kept.calls <= most_calls(PEOPLE, PAGE)


@pytest.mark.parametrize("order", ORDERS)
def test_a_change_every_ten_calls_is_seldom_an_error(service, backup, order):
    """Where one joins behind the reading and one leaves before it, the list lacks one of its total.
    Then it is read again, which leaves few calls for bridges."""
    service.behave(order=ORDERS[order])
    kept = backup(parallel=4)
    made = 0
    for seed in range(6):
        service.account.mark()
        service.before = Churn(service, f"{order} {seed}", 10)
        made += kept.make()
    assert made >= 4


def test_a_change_every_twenty_calls_is_seldom_an_error_where_pages_are_small(service, backup):
    kept = backup(per_page=10)
    made = 0
    for seed in range(6):
        service.account.mark()
        service.before = Churn(service, f"small {seed}", 20)
        made += kept.make()
    assert made >= 4


# semantics: T1
@pytest.mark.parametrize("leaves, comes", [(0.12, 0.88), (0.88, 0.12)], ids=["up", "down"])
def test_a_cache_that_answers_with_an_old_page_hides_nobody(service, backup, leaves, comes):
    """Whichever page it is, and if any two of them are old."""
    kept = backup(parallel=1)
    kept.make()
    urls = list(service.urls(SALES))
    old = {url: service.answers[url] for url in urls}
    service.account.mark()
    leaver, comer = between(service, leaves, comes)
    service.account.leave(leaver)
    service.account.join(SALES, comer)
    dice = random.Random(1)
    for chosen in [[url] for url in urls] + [dice.sample(urls, 2) for _ in range(20)]:
        service.copies = {url: old[url] for url in chosen}
        kept.make()
        assert kept.calls <= most_calls(PEOPLE, PAGE)


def test_an_old_page_1_is_no_error(service, backup):
    kept = backup()
    kept.make()
    [url] = [call.url for call in service.asked(SALES) if call.number == 1]
    service.copies = {url: service.answers[url]}
    service.account.mark()
    leaver, comer = between(service, 0.04, 0.5)
    service.account.leave(leaver)
    service.account.join(SALES, comer)
    assert kept.make()


# -------- what it costs --------


# semantics: F2
@pytest.mark.parametrize("every", [200, 50, 10])
def test_a_busy_list_of_300_pages_is_read_in_1_3_times_its_pages(service, mount, every):
    """One joins every so many calls; at 300 calls a minute, 200 calls are 40 s."""
    account, dice = service.account, random.Random(every)
    account.join(SALES, *spread(30000))

    def join(call):
        if call.path == f"/{users(SALES)}" and call.number % every == 0:
            account.join(SALES, 1_000_011 + 10 * dice.randrange(30000) + call.number % 9)

    service.before = join
    fs = mount(service, per_page=100)
    listed = ids_in(fs / users(SALES))
    assert set(spread(30000)) <= listed <= account.ids(SALES)
    assert len(service.asked(SALES)) <= 1.3 * 300


def beyond_the_end(calls, count: int):
    return [call.url for call in calls if (call.page - 1) * call.per_page >= count > 0]


# semantics: F2
@pytest.mark.parametrize("count", [1, 99, 100, 101, 250, 300, 1300])
@pytest.mark.parametrize("total", UNKNOWN)
def test_a_list_without_a_total_costs_its_windows_and_none_beyond_the_end(
    service, mount, count, total
):
    service.account.join(SALES, *spread(count))
    service.behave(total=TOTALS[total])
    fs = mount(service, per_page=100, parallel=1)
    assert ids_in(fs / users(SALES)) == set(spread(count))
    calls = service.asked(SALES)
    assert len(calls) <= may_cost(count, 100)
    assert beyond_the_end(calls, count) == []


@pytest.mark.parametrize("count", [1, 100, 101, 300, 1300])
def test_a_list_with_a_total_costs_its_windows(service, mount, count):
    service.account.join(SALES, *spread(count))
    fs = mount(service, per_page=100)
    assert ids_in(fs / users(SALES)) == set(spread(count))
    assert len(service.asked(SALES)) <= may_cost(count, 100)


# semantics: F2, T1
def test_a_list_without_a_stable_order_is_an_error_within_the_bound(service, backup):
    kept = backup()
    dice = random.Random(5)

    def shuffle(call):
        service.behave(order=lambda person, start=dice.random(): hash((start, person.id)))

    service.before = shuffle
    assert not kept.make()
    assert kept.calls <= most_calls(PEOPLE, PAGE)


def test_a_list_that_moves_behind_every_answer_ends(service, backup):
    """In the whole list, or in an error within the bound."""
    kept = backup(parallel=1)
    for seed in range(5):
        service.account.mark()
        service.before = Churn(service, seed, 1)
        kept.make()
        assert kept.calls <= most_calls(PEOPLE, PAGE)


def test_after_an_error_the_list_is_whole_when_all_is_calm(service, backup):
    kept = backup()
    service.before = lambda call: service.behave(
        order=lambda person: hash((call.number, person.id))
    )
    assert not kept.make()
    service.before = lambda call: None
    service.behave(order=ORDERS["ID"])
    assert kept.make() and kept.ids() == service.account.ids(SALES)


# semantics: E3
@pytest.mark.parametrize("parallel", [1, 3])
def test_nothing_goes_on_fetching_when_nobody_waits_any_more(
    service, account, mount, spawn, parallel
):
    account.join(77, *spread(40, first=500))
    fs = mount(service, per_page=20, parallel=parallel)
    os.stat(fs / users(SALES))
    service.hold = lambda path: time.sleep(0.05)
    process = spawn("ls", fs / users(SALES))
    wait_until(lambda: len(service.asked(SALES)) >= 5)
    process.send_signal(signal.SIGINT)
    process.wait(60)
    made = len(service.asked(SALES))
    service.hold = lambda path: None
    assert len(os.listdir(fs / users(77))) == 40  # long enough for what would come after
    assert len(service.asked(SALES)) <= made + parallel
    assert error_of(os.listdir, fs / users(SALES)) == 0
