"""Services that do not keep to perPage, or say nothing of what is behind the last page."""

import errno
import json

import pytest

from account import users
from keeping import Backup, ids_in, may_cost, most_calls
from manners import BEYOND, TOTALS, UNKNOWN, always, refused_above, rounded, up_to
from service import failure, once, spread
from tools import error_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.plain("the unit tests play the pager with sanitizers"),
]
SALES = 1234
KNOWLEDGE = ["true", "0"]

# Where sizes can be chosen, if not just any: with the greatest one.
CHOSEN = {
    "up to 100": (up_to(100), 100),
    "up to 100, silently": (up_to(100, says_so=False), 100),
    "up to 37": (up_to(37), 37),
    "refused above 100": (refused_above(100), 100),
    "too large above 62": (refused_above(62, 413), 62),
    "rounded up to tens": (rounded(10, up=True), 100),
    "rounded down to tens": (rounded(10, up=False), 100),
    "rounded up to 50": (rounded(50, up=True), 100),
    "rounded down to 50": (rounded(50, up=False), 100),
    "rounded down to 50, silently": (rounded(50, up=False, says_so=False), 100),
    "rounded up to 50, silently": (rounded(50, up=True, says_so=False), 100),
}
# Where there is no choice.
FIXED = {
    "always 100": (always(100), 100),
    "always 100, silently": (always(100, says_so=False), 100),
    "always 20": (always(20), 20),
}
ALL = CHOSEN | FIXED


def at_rest(service, mount, count: int, **options) -> set[int]:
    service.account.join(SALES, *spread(count))
    return ids_in(mount(service, **options) / users(SALES))


@pytest.mark.parametrize("count", [100, 250, 1300])
@pytest.mark.parametrize("total", KNOWLEDGE)
@pytest.mark.parametrize("size", ALL)
def test_a_list_at_rest_is_whole(service, mount, size, total, count):
    """It may be an error only where the end of the list cannot be told from a cut."""
    service.behave(size=ALL[size][0], total=TOTALS[total])
    assert at_rest(service, mount, count) == set(spread(count))


@pytest.mark.parametrize("total", KNOWLEDGE)
@pytest.mark.parametrize("size", CHOSEN)
def test_it_costs_little_more_than_its_pages_where_sizes_can_be_chosen(
    service, mount, size, total
):
    """A first list, from which the sizes are learnt, may cost as much as one that moves; a
    service that has two sizes only makes windows overlap by a half."""
    function, most = CHOSEN[size]
    service.behave(size=function, total=TOTALS[total])
    assert at_rest(service, mount, 1300) == set(spread(1300))
    assert len(service.asked(SALES)) <= 2 * -(-1300 // most) + 10


# semantics: F2
@pytest.mark.parametrize("total", KNOWLEDGE)
@pytest.mark.parametrize("size", FIXED)
def test_it_costs_twice_its_pages_where_no_size_can_be_chosen(service, mount, size, total):
    function, most = FIXED[size]
    service.behave(size=function, total=TOTALS[total])
    assert at_rest(service, mount, 1300) == set(spread(1300))
    assert len(service.asked(SALES)) <= 2 * -(-1300 // most) + 10


# semantics: F2
@pytest.mark.parametrize("size", ALL)
def test_what_was_learnt_is_kept_for_the_mount(service, mount, size):
    function, most = ALL[size]
    service.behave(size=function)
    service.account.join(77, *spread(300, first=500))
    service.account.join(SALES, *spread(1300))
    fs = mount(service)
    assert len(ids_in(fs / users(77))) == 300
    assert len(ids_in(fs / users(SALES))) == 1300
    assert len(service.asked(SALES)) <= 2 * -(-1300 // most) + 2


@pytest.mark.parametrize("leaves, comes", [(155, 1145), (1145, 155)], ids=["up", "down"])
@pytest.mark.parametrize("total", KNOWLEDGE)
@pytest.mark.parametrize("size", ALL)
# semantics: T1, S2
def test_two_who_change_departments_do_not_hide_a_third(
    service, mount, tmp_path, size, total, leaves, comes
):
    """Complete, or an error, whichever two calls it is between."""
    function, most = ALL[size]
    service.behave(size=function, total=TOTALS[total])
    account, ids = service.account, list(spread(1300))
    account.join(SALES, *ids)
    account.mark()
    kept = Backup(service, mount(service, parallel=1), tmp_path / "copy", SALES)
    assert kept.make() and kept.ids() == set(ids)
    assert kept.make()  # the sizes are learnt
    planned = kept.calls
    for number in range(2, planned + 1, 1 + planned // 8):
        account.mark()

        def move(call):
            if call.path == f"/{users(SALES)}" and call.number == number:
                account.leave(ids[leaves + number % 30])
                account.join(SALES, ids[comes + number % 30] + 1)

        service.before = move
        kept.make()
        assert kept.calls <= planned + planned // 2 + 10
        service.before = lambda call: None
        account.leave(ids[comes + number % 30] + 1)
        account.join(SALES, ids[leaves + number % 30])


# -------- what is behind the last page --------


# semantics: F2
@pytest.mark.parametrize("count", [250, 300])
@pytest.mark.parametrize("beyond", BEYOND)
@pytest.mark.parametrize("total", UNKNOWN)
@pytest.mark.parametrize("size", ["up to 100", "always 100"])
def test_what_a_page_behind_the_last_says_is_the_end_of_the_list(
    service, mount, size, total, beyond, count
):
    """Also the second time, when something may have been learnt."""
    service.behave(size=ALL[size][0], total=TOTALS[total], beyond=BEYOND[beyond])
    service.account.join(SALES, *spread(count))
    fs = mount(service)
    for _ in range(2):
        service.reset()
        fs.refresh()
        assert ids_in(fs / users(SALES)) == set(spread(count))
        assert len(service.asked(SALES)) <= 2 * -(-count // 100) + 5  # the end is looked at twice


# -------- a stray refusal --------


# semantics: F2
def test_a_stray_400_costs_no_more_than_the_smaller_pages_once(service, mount):
    service.instead = once(lambda call: failure(400), lambda call: call.per_page == 1000)
    assert at_rest(service, mount, 5000) == set(spread(5000))
    assert len(service.asked(SALES)) <= 1 + may_cost(5000, 100)


# semantics: F2
def test_a_size_that_is_refused_is_not_asked_for_each_time(service, mount):
    service.behave(size=refused_above(100))
    service.account.join(SALES, *spread(1300))
    fs = mount(service)
    for _ in range(4):
        fs.refresh()
        assert len(ids_in(fs / users(SALES))) == 1300
    asked = [call.per_page for call in service.asked(SALES)]
    assert len([size for size in asked if size > 100]) == 1


# -------- 413 --------


# semantics: F2
def test_a_page_that_is_too_large_is_asked_for_smaller_and_that_is_remembered(service, mount):
    """As large as the message says, which costs one call for the mount."""
    error = {"httpStatusCode": 413, "message": "Page size 1000 is too large, use 950 or less."}
    body = json.dumps({"response": {"error": error}}).encode()
    service.instead = lambda call: (413, body) if call.per_page > 950 else None
    service.account.join(SALES, *spread(3000))
    fs = mount(service)
    for _ in range(3):
        fs.refresh()
        assert ids_in(fs / users(SALES)) == set(spread(3000))
    assert {call.per_page for call in service.asked(SALES) if call.page == 1} == {950}
    assert [call.per_page for call in service.calls if call.per_page > 950] == [1000]


MORE_THAN_IS_TAKEN = 200, b" " * (33 << 20)


# semantics: F2
@pytest.mark.parametrize(
    "answer",
    [
        (413, b"<html><h1>413 Request Entity Too Large</h1><hr>proxy/1.24 (512)</html>"),
        MORE_THAN_IS_TAKEN,
    ],
    ids=["413 of a proxy", "33 MiB"],
)
def test_a_page_that_is_too_large_is_halved_where_no_size_is_named(service, mount, answer):
    service.instead = lambda call: answer if call.per_page > 300 else None
    assert at_rest(service, mount, 1300) == set(spread(1300))
    asked = [call.per_page for call in service.calls if call.query]
    assert asked[:3] == [1000, 500, 250] and max(asked[3:]) == 250


# semantics: T1, S2
def test_pages_that_become_too_large_in_the_middle_of_a_list_lose_nobody(
    service, mount, tmp_path
):
    """Whoever moves meanwhile."""
    account, ids = service.account, list(spread(1300))
    account.join(SALES, *ids)
    for number in range(2, 15, 3):
        account.mark()
        kept = Backup(service, mount(service, per_page=100), tmp_path / "copy", SALES)

        def move(call):
            if call.path == f"/{users(SALES)}" and call.number == number:
                account.leave(ids[2 * number])
                account.join(SALES, ids[-number] + 1)

        def refuse(call):
            return (413, b"<h1>413</h1>") if call.number >= number and call.per_page > 40 else None

        service.before, service.instead = move, refuse
        assert kept.make()
        assert min(call.per_page for call in service.asked(SALES)) < 40
        service.before = service.instead = lambda call: None


# semantics: F2, F8
@pytest.mark.parametrize(
    "answer, error, log",
    [
        ((413, b""), errno.EIO, "HTTP 413"),
        (MORE_THAN_IS_TAKEN, errno.EBADMSG, "an answer of more than 32 MiB"),
    ],
    ids=["413", "33 MiB"],
)
def test_a_service_whose_pages_are_all_too_large_is_an_error_after_few_calls(
    service, mount, clock, answer, error, log
):
    service.account.join(SALES, *spread(10))
    fs = mount(service, cache_ttl=60)
    service.instead = lambda call: answer if call.path == f"/{users(SALES)}" else None
    for _ in range(2):
        assert error_of(ids_in, fs / users(SALES)) == error
        sizes = [call.per_page for call in service.asked(SALES)]
        assert sizes == [1000, 500, 250, 125, 62, 31, 15, 7, 3, 1]
        clock.outlive(30)
    clock.outlive(30)
    assert error_of(ids_in, fs / users(SALES)) == error
    assert len(service.asked(SALES)) == 20
    fs.expect_log(log)


# semantics: T1
def test_a_400_behind_page_1_does_not_make_a_list_short(service, mount, tmp_path):
    """The end of a list is where nobody more is, not where the service does not answer."""
    account = service.account
    account.join(SALES, *spread(1300))
    account.mark()
    kept = Backup(service, mount(service, per_page=100, parallel=1), tmp_path / "copy", SALES)
    assert kept.make()
    for total in KNOWLEDGE:
        service.behave(total=TOTALS[total])
        for number in range(2, 17):
            service.instead = once(
                lambda call: failure([400, 404][number % 2]),
                lambda call: call.path == f"/{users(SALES)}" and call.number == number,
            )
            kept.make(errors=(errno.EBADMSG, errno.EINVAL, errno.EIO))
            assert kept.calls <= most_calls(1300, 100)
