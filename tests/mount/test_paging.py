"""Listings of many pages: complete, or an error; never short, doubled or mixed."""

import errno
import os
import random

import pytest

from account import COMMUNITIES, FIELD, MARKETING, RESEARCH, USER, community_names, users
from tools import error_of

BACK = 9_000_000  # the first ID of users who are added


def listed(fs, department: int) -> list[int]:
    return [int(name.removesuffix(".json")) for name in os.listdir(fs / users(department))]


@pytest.mark.parametrize("clamp", [["100"], ["100", "--page-max-silent"], ["7"]], ids=" ".join)
def test_250_users_behind_a_page_clamp_list_as_250(serve, mount, clamp):
    sandbox = serve("--page-max", *clamp)
    fs = mount(sandbox)
    assert listed(fs, RESEARCH) == sandbox.user_ids(RESEARCH)


@pytest.mark.parametrize("per_page", [50, 99, 1250, 2499, 2500])
def test_page_sizes_at_the_edges(serve, mount, per_page):
    sandbox = serve("--page-max", "3000")
    fs = mount(sandbox, per_page=per_page)
    assert listed(fs, FIELD) == sandbox.user_ids(FIELD)


@pytest.mark.parametrize("count", [99, 100, 101, 200, 300])
def test_a_department_that_fills_its_last_page(sandbox, mount, count):
    sandbox.change({"add_department": 77, "name": "Full", "users": count})
    fs = mount(sandbox, per_page=100)
    assert listed(fs, 77) == sandbox.user_ids(77) and len(listed(fs, 77)) == count


def test_a_refused_page_size_falls_back_to_100(sandbox, mount):
    sandbox.fault(users(FIELD), query="perPage=1000", status=400)
    fs = mount(sandbox)
    assert len(listed(fs, FIELD)) == 2500


@pytest.mark.parametrize("per_page", [100, 1000])
def test_totals_of_zero_beside_items_mean_not_known(sandbox, mount, per_page):
    sandbox.fault(users(RESEARCH), lie_total=0, lie_pages=0)
    fs = mount(sandbox, per_page=per_page)
    assert listed(fs, RESEARCH) == sandbox.user_ids(RESEARCH)


def test_more_communities_than_fit_on_a_page(sandbox, mount):
    sandbox.change(*({"add_community": 500000 + i, "name": f"C {i}"} for i in range(250)))
    fs = mount(sandbox)
    ids = [*COMMUNITIES, *range(500000, 500250)]
    assert os.listdir(fs / "communities") == community_names(ids)


# semantics: E10
def test_an_endpoint_that_ignores_page_and_knows_no_total_is_read_whole(sandbox, mount):
    sandbox.fault(users(MARKETING), ignore_page=True, lie_total=0, lie_pages=0)
    assert listed(mount(sandbox), MARKETING) == [1234567, 1234588]


# semantics: E10
def test_a_repeated_page_that_may_be_cut_is_an_error(sandbox, mount):
    sandbox.fault(users(RESEARCH), ignore_page=True, lie_total=0, lie_pages=0)
    fs = mount(sandbox)
    fs.expect_log("Bad message")
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EBADMSG


def test_a_full_page_that_is_repeated_is_an_error(sandbox, mount):
    sandbox.change(*({"add_community": 500000 + i, "name": f"C {i}"} for i in range(250)))
    sandbox.fault(f"micropanel/users/{USER}/communities", ignore_page=True)
    fs = mount(sandbox)
    fs.expect_log("repeats page 1")
    assert error_of(os.listdir, fs / "communities") == errno.EBADMSG


LIES = {
    "more than there are": ({"lie_total": 300}, 1000),
    "fewer than there are": ({"lie_total": 200}, 1000),
    "one more": ({"lie_total": 251}, 1000),
    "more, and pages": ({"lie_total": 300}, 100),
    "fewer, and pages": ({"lie_total": 200}, 100),
    "fewer, a full page": ({"lie_total": 100}, 100),
    "absurd": ({"lie_total": 2**53 - 1}, 100),
    "the same page again and again": ({"ignore_page": True}, 100),
    "no total, full pages again and again": ({"ignore_page": True, "lie_total": 0}, 100),
}


@pytest.mark.parametrize("rule, per_page", LIES.values(), ids=LIES.keys())
def test_totals_that_cannot_be_true_end_in_ebadmsg(sandbox, mount, rule, per_page):
    sandbox.fault(users(RESEARCH), **rule)
    fs = mount(sandbox, per_page=per_page)
    fs.expect_log("Bad message")
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EBADMSG
    sandbox.heal()
    fs.refresh()
    assert len(listed(fs, RESEARCH)) == 250


class Churn:
    """An account that changes while it is read."""

    def __init__(self, sandbox, department: int):
        self.sandbox, self.department = sandbox, department
        self.before = sandbox.user_ids(department)
        self.removed: set[int] = set()
        self.added: set[int] = set()

    def swap(self, user: int) -> list[dict]:
        """One leaves, one comes: the total stays the same."""
        newcomer = BACK + len(self.added)
        self.removed.add(user)
        self.added.add(newcomer)
        return [{"remove": user}, {"add": self.department, "id": newcomer}]

    def judge(self, fs):
        try:
            ids = listed(fs, self.department)
        except OSError as error:
            assert error.errno == errno.EBADMSG
            fs.expect_log("did not fit together")
            return
        assert len(set(ids)) == len(ids)
        assert set(self.before) - self.removed <= set(ids) <= set(self.before) | self.added

    def judge_calm(self, fs):
        """Who reads when all is quiet again sees what is there."""
        self.sandbox.heal()
        fs.refresh()
        assert listed(fs, self.department) == self.sandbox.user_ids(self.department)


@pytest.mark.parametrize("when", ["change", "change_after"])
@pytest.mark.parametrize("department, pages", [(RESEARCH, 3), (FIELD, 25)])
def test_one_swap_at_this_page_and_that(sandbox, mount, department, pages, when):
    fs = mount(sandbox, per_page=100)
    for page in [1, 2, pages // 2 + 1, pages - 1, pages, pages + 1]:
        churn = Churn(sandbox, department)
        rule = {when: churn.swap(churn.before[0]), "times": 1, "query": f"page={page}&"}
        sandbox.fault(users(department), **rule)
        fs.refresh()
        churn.judge(fs)
        churn.judge_calm(fs)
        sandbox.restore()


@pytest.mark.parametrize("parallel", [1, 8])
@pytest.mark.parametrize("page", [2, 12, 20])
def test_a_swap_in_the_middle_of_a_long_listing(sandbox, mount, page, parallel):
    fs = mount(sandbox, per_page=100, parallel=parallel)
    churn = Churn(sandbox, FIELD)
    swap = churn.swap(churn.before[100 * page - 50])
    sandbox.fault(users(FIELD), query=f"page={page}&", change_after=swap, times=1)
    churn.judge(fs)
    churn.judge_calm(fs)


# semantics: T1, S2
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("department", [RESEARCH, FIELD])
def test_many_swaps_anywhere_between_the_pages(sandbox, mount, department, seed):
    dice = random.Random(seed)
    fs = mount(sandbox, per_page=100)
    churn = Churn(sandbox, department)
    leavers = dice.sample(churn.before, 40)
    for user in leavers:
        when = dice.choice(["change", "change_after"])
        rule = {when: churn.swap(user), "times": 1, "after": dice.randrange(60)}
        sandbox.fault(users(department), **rule)
    churn.judge(fs)
    churn.judge_calm(fs)


def test_a_swap_behind_every_answer_is_an_error_and_never_a_mixture(sandbox, mount):
    fs = mount(sandbox, per_page=100, parallel=1)
    churn = Churn(sandbox, FIELD)
    for user in churn.before[:200]:
        sandbox.fault(users(FIELD), change_after=churn.swap(user), times=1)
    churn.judge(fs)
    churn.judge_calm(fs)


def test_users_who_only_leave_or_only_come(sandbox, mount):
    fs = mount(sandbox, per_page=100)
    churn = Churn(sandbox, FIELD)
    for place, user in enumerate(churn.before[:10]):
        churn.removed.add(user)
        sandbox.fault(users(FIELD), change_after=[{"remove": user}], times=1, after=3 * place)
    churn.judge(fs)
    churn.judge_calm(fs)


def test_a_listing_grows_and_shrinks_over_many_refreshes(sandbox, mount):
    dice = random.Random(1)
    fs = mount(sandbox, per_page=100)
    for round in range(15):
        ids = sandbox.user_ids(RESEARCH)
        sandbox.change(*({"remove": id} for id in dice.sample(ids, dice.randrange(20))))
        newcomers = range(dice.randrange(60))
        sandbox.change(*({"add": RESEARCH, "id": BACK + 100 * round + i} for i in newcomers))
        fs.refresh()
        assert listed(fs, RESEARCH) == sandbox.user_ids(RESEARCH)
