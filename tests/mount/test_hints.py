"""What an answer says beside its records: totals, links, page numbers, whose records they are."""

import errno
import json
import os
import re
from dataclasses import replace

import pytest

from account import DEPARTMENTS, ORG, users
from keeping import Backup, ids_in, may_cost, most_calls
from manners import (
    TOTALS,
    UNKNOWN,
    Person,
    always,
    link_to_last,
    link_to_next,
    link_to_next_always,
    no_links,
    templates,
    true_links,
    up_to,
)
from service import Call, Service, once, spread
from tools import error_of, run

SALES, SUPPORT = 1234, 77


@pytest.fixture
def held(service, mount, tmp_path):
    """Mounts the service with so many people, and makes a first backup of them."""

    def start(count: int, **options) -> Backup:
        account = service.account
        account.join(SALES, *spread(count))
        account.join(SUPPORT, *spread(40, first=500))
        account.mark()
        backup = Backup(service, mount(service, **options), tmp_path / "copy", SALES)
        assert backup.make() and backup.ids() == account.ids(SALES)
        return backup

    return start


def is_list(call: Call) -> bool:
    return call.path == f"/{users(SALES)}"


# -------- totals that are too small, and links that say so --------

HINTS = {
    "links.next and last": {"links": true_links},
    "links.next": {"links": link_to_next},
    "links.last": {"links": link_to_last},
    "totalPages": {"links": no_links, "pages": lambda pages: pages},
}
CLAMPS = {"100": up_to(100), "100, silently": up_to(100, says_so=False), "50": up_to(50)}
SMALL = ["this page's count", "capped at 100", *UNKNOWN]


@pytest.mark.parametrize("clamp", CLAMPS)
@pytest.mark.parametrize("hint", HINTS)
@pytest.mark.parametrize("total", SMALL)
# semantics: T1, S2
def test_a_hint_that_more_exists_is_looked_at(service, held, total, hint, clamp):
    """250 people are 250, or an error, and never as many as the total says."""
    kept = held(250)
    service.behave(size=CLAMPS[clamp], total=TOTALS[total], **HINTS[hint])
    kept.make()
    assert kept.ids() == set(spread(250))
    assert kept.calls <= most_calls(250, CLAMPS[clamp](1000)[0])


@pytest.mark.parametrize("hint", HINTS)
def test_an_empty_page_1_with_a_hint_that_more_exists_is_no_empty_list(service, held, hint):
    kept = held(250, per_page=100)

    def nobody(call: Call) -> tuple[int, bytes] | None:
        if not is_list(call):
            return None
        status, body = service.page(call, SALES)
        answer = json.loads(body)
        answer["pagination"]["totalItems"] = 0
        return status, json.dumps(answer | {"response": []}).encode()

    service.behave(**({"pages": lambda pages: 0} | HINTS[hint]))
    service.instead = nobody
    assert not kept.make()
    assert kept.calls <= 10


@pytest.mark.parametrize("total", UNKNOWN)
# semantics: T1
def test_a_silent_clamp_without_total_or_hint_hides_nobody(service, held, total):
    kept = held(250)
    service.behave(
        size=up_to(100, says_so=False),
        total=TOTALS[total],
        links=no_links,
        pages=lambda pages: None,
    )
    kept.make()
    assert kept.ids() == set(spread(250))


@pytest.mark.parametrize("links", [templates, no_links, true_links], ids=lambda f: f.__name__)
@pytest.mark.parametrize("count", [2, 100, 250])
def test_links_that_name_no_further_page_cost_nothing(service, held, links, count):
    service.behave(links=links)
    kept = held(count)
    assert kept.make()
    assert kept.calls == 1


# semantics: F2
@pytest.mark.parametrize("total", ["true", *UNKNOWN])
@pytest.mark.parametrize("count", [2, 150])
def test_a_link_to_a_page_that_is_not_there_costs_one_call(service, held, total, count):
    """A list is not given up for it: a further page, looked at, shows that nobody more is. Where
    150 may be a full page, that needs two which end with the same person, and once in a mount
    two behind them."""
    service.behave(links=link_to_next_always, total=TOTALS[total])
    kept = held(count)
    assert kept.make()
    assert kept.calls <= (5 if count == 150 and total in UNKNOWN else 2)


# semantics: F2
def test_no_link_is_followed(service, held):
    elsewhere = Service()
    try:
        service.behave(
            size=up_to(100), links=link_to_next_always, link_base=elsewhere.url + "/secret"
        )
        kept = held(250)
        kept.make()
        service.behave(link_base=service.url + "/secret", total=TOTALS["0"])
        kept.make()
        assert elsewhere.calls == []
        assert not [call for call in service.calls if "secret" in call.path]
    finally:
        elsewhere.stop()


@pytest.mark.parametrize("total", ["true", "0"])
def test_the_names_of_an_older_page_are_understood(service, held, total):
    service.behave(old_names=True, total=TOTALS[total])
    kept = held(250, per_page=100)
    assert kept.calls <= may_cost(250, 100)


# -------- the number of the page --------


# semantics: E10
@pytest.mark.parametrize("old_names", [False, True])
@pytest.mark.parametrize("count, per_page", [(2, 1000), (250, 100)])
def test_another_page_than_the_one_asked_for_is_an_error(
    service, held, count, per_page, old_names
):
    kept = held(count, per_page=per_page)
    for current in (lambda page: page + 1), (lambda page: 3), (lambda page: 3 - page):
        service.behave(current=current, old_names=old_names)
        assert not kept.make()
        assert kept.calls <= may_cost(count, per_page) + 3


def test_a_service_that_always_says_page_1_is_believed_for_page_1_only(service, held):
    service.behave(current=lambda page: 1)
    kept = held(250)
    assert kept.make()
    service.account.join(SALES, *spread(1000, first=5_000_000))
    assert not kept.make()


@pytest.mark.parametrize("count, per_page", [(2, 1000), (250, 100)])
def test_a_page_that_does_not_say_its_number_is_taken(service, held, count, per_page):
    service.behave(current=lambda page: None)
    assert held(count, per_page=per_page).make()


# -------- nobody, where there were people --------


def empty(call: Call) -> tuple[int, bytes]:
    pagination = {"perPage": call.per_page, "totalItems": 0, "currentPage": 1, "totalPages": 0}
    return 200, json.dumps({"response": [], "pagination": pagination}).encode()


# semantics: F2
@pytest.mark.parametrize("count", [1, 250])
def test_an_empty_list_where_there_were_people_is_asked_for_again(service, mount, count, clock):
    service.account.join(SALES, *spread(count))
    fs = mount(service, cache_ttl=60)
    assert ids_in(fs / users(SALES)) == set(spread(count))
    service.instead = once(empty, is_list)
    clock.outlive(60)
    service.reset()
    assert ids_in(fs / users(SALES)) == set(spread(count))
    assert len(service.asked(SALES)) == 2


def test_a_list_that_is_empty_twice_is_empty(service, mount, clock):
    service.account.join(SALES, *spread(3))
    fs = mount(service, cache_ttl=60)
    assert ids_in(fs / users(SALES)) == set(spread(3))
    service.account.leave(*spread(3))
    clock.outlive(60)
    service.reset()
    assert os.listdir(fs / users(SALES)) == []
    assert len(service.asked(SALES)) == 2
    clock.outlive(60)
    service.reset()
    assert os.listdir(fs / users(SALES)) == []
    assert len(service.asked(SALES)) == 1, "nobody was there before"


def test_a_department_that_never_had_anybody_costs_one_call(service, mount):
    service.account.join(SALES)
    fs = mount(service)
    assert os.listdir(fs / users(SALES)) == []
    assert len(service.asked(SALES)) == 1


@pytest.mark.parametrize("size", [up_to(1000), always(100)], ids=["any size", "one size"])
def test_an_empty_answer_in_between_deletes_no_backup(service, mount, tmp_path, clock, size):
    """Where pages have one size, that is known by then."""
    service.account.join(SALES, *spread(250))
    service.behave(size=size)
    fs = mount(service, cache_ttl=60)
    command = ["rsync", "-a", "--delete", f"{fs / users(SALES)}/", tmp_path / "copy"]
    assert run(*command).returncode == 0
    clock.outlive(60)
    service.instead = once(empty, is_list)
    assert run(*command).returncode == 0
    assert ids_in(tmp_path / "copy") == set(spread(250))


# -------- another list's answer --------


def of_others(service: Service, count: int, **owner: int):
    """A complete list of people who say that they are there."""
    person = replace(Person(1, SUPPORT, ORG), **owner)
    texts = [replace(person, id=id).text() for id in spread(count, first=7_000_000)]
    return lambda call: (200, service.manners.answer(call.path, call.page, call.per_page, texts))


OTHERS = {
    "department": {"department": SUPPORT},
    "department that is not shown": {"department": 999},
    "organization": {"department": SALES, "organization": ORG + 1},
    "department and organization": {"department": SUPPORT, "organization": ORG + 1},
}


# semantics: E10
@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("other", OTHERS)
def test_the_list_of_another_one_is_an_error(service, held, other, count):
    kept = held(40)
    service.instead = once(of_others(service, count, **OTHERS[other]), is_list)
    assert not kept.make()
    assert kept.make() and kept.ids() == set(spread(40))


# semantics: E10
def test_the_list_of_another_one_is_an_error_where_ids_are_texts(service, held):
    def answer(call):
        status, body = of_others(service, 40, department=SUPPORT)(call)
        return status, re.sub(rb'("departmentID": ?)(\d+)', rb'\1"\2"', body)

    kept = held(40)
    service.instead = once(answer, is_list)
    assert not kept.make()
    assert kept.make() and kept.ids() == set(spread(40))


# semantics: E10
def test_the_connection_on_which_answers_have_shifted_is_closed(service, held):
    kept = held(40, parallel=1)
    service.instead = once(of_others(service, 40, department=SUPPORT), is_list)
    assert not kept.make()
    [shifted] = [call.connection for call in service.asked(SALES)]
    assert kept.make()
    assert shifted not in [call.connection for call in service.asked(SALES)]


NAMES = {
    "nobody in another department": (users(SUPPORT), []),
    "records that say of whom they are, and not of what": (DEPARTMENTS, [b'{"userID":1}']),
}


# semantics: E10
@pytest.mark.parametrize("name", NAMES)
def test_a_page_that_names_another_list_as_itself_is_an_error(service, held, name):
    path, texts = NAMES[name]
    kept = held(40, parallel=1)
    answer = service.manners.answer(f"/{path}", 1, 1000, texts)
    service.instead = once(lambda call: (200, answer), is_list)
    assert not kept.make()
    [shifted] = [call.connection for call in service.asked(SALES)]
    assert kept.make() and kept.ids() == set(spread(40))
    assert shifted not in [call.connection for call in service.asked(SALES)]


@pytest.mark.parametrize("name", [users(999), "x", DEPARTMENTS, ""])
def test_what_never_was_the_name_of_a_list_is_not_believed(service, held, name):
    def links(page, last, url):
        return true_links(page, last, url) | {"self": f"https://sample.invalid/{name}?page=1"}

    service.behave(links=links)
    kept = held(250)
    assert kept.make() and kept.ids() == set(spread(250))


def test_one_page_of_another_list_is_an_error(service, held):
    kept = held(250, per_page=100, parallel=1)
    for number in [1, 2, 3]:
        service.instead = once(
            of_others(service, 250, department=SUPPORT),
            lambda call: is_list(call) and call.number == number,
        )
        kept.make()
        assert kept.ids() == set(spread(250))


def test_people_who_do_not_say_where_they_are_are_taken(service, held):
    kept = held(3)
    service.instead = lambda call: (
        of_others(service, 5, department=0)(call) if is_list(call) else None
    )
    service.account.leave(*spread(3))
    service.account.join(SALES, *spread(5, first=7_000_000))
    assert kept.make() and kept.ids() == set(spread(5, first=7_000_000))


# -------- the same person twice, and totals that never fit --------


@pytest.mark.parametrize("counted", [True, False], ids=["total counts both", "total counts one"])
@pytest.mark.parametrize("count", [1, 3, 250])
def test_the_same_person_twice_on_a_page_is_one(service, held, count, counted):
    service.account.twice = {list(spread(count))[count // 2]}
    service.behave(total=lambda total, shown: total if counted else total - 1)
    kept = held(count)
    assert kept.calls == 1


def test_two_records_of_one_person_are_an_error(service, held):
    kept = held(3)
    texts = [Person(id, SALES, ORG).text() for id in spread(3)]
    texts.append(Person(list(spread(3))[1], SALES, ORG, note="other").text())
    service.instead = lambda call: (
        (200, service.manners.answer(call.path, call.page, call.per_page, texts))
        if is_list(call)
        else None
    )
    assert not kept.make()
    assert kept.calls <= 4


@pytest.mark.parametrize("total", ["one too many", "one too few"])
@pytest.mark.parametrize(
    "count, per_page, calls", [(250, 1000, 3), (250, 100, 8), (1300, 100, 32)]
)
def test_a_total_that_never_fits_costs_two_reads_at_most(
    service, held, total, count, per_page, calls
):
    """Each time, before it is an error."""
    kept = held(count, per_page=per_page)
    service.behave(total=TOTALS[total])
    for _ in range(2):
        assert not kept.make()
        assert kept.calls <= calls


# -------- other lists than those of users --------


def test_an_empty_list_of_departments_in_between_deletes_nothing(service, mount, tmp_path, clock):
    service.account.join(SALES, *spread(5))
    fs = mount(service, cache_ttl=60)
    copy = tmp_path / "copy"
    command = ["rsync", "-a", "--delete", f"{fs / DEPARTMENTS}/", copy]
    assert run(*command).returncode == 0
    clock.outlive(60)
    service.instead = once(empty, lambda call: call.path == f"/{DEPARTMENTS}")
    assert run(*command).returncode == 0
    assert ids_in(copy / f"{SALES}/users") == set(spread(5))


def test_a_404_behind_a_full_page_is_no_enoent(service, mount):
    """An error of one page does not make the department vanish."""
    service.account.join(SALES, *spread(250))
    fs = mount(service, per_page=100)
    assert error_of(os.listdir, fs / users(999)) == errno.ENOENT
    assert ids_in(fs / users(SALES)) == set(spread(250))
