"""Every fault on every endpoint: the contract's errno, one log line, in time, and nothing lost."""

import errno
import os
import re
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

import damages
from account import DEPARTMENTS, FIELD, KEY, ORGANIZATION, RESEARCH, USER, users
from damages import FAULTS, GOOD, Case
from mount import Mount
from tools import error_of, inventory, is_mounted, run, wait_until

TIMEOUT = 2
GRACE = 20  # for a machine that is busy; what stalls does so for a minute
MIDDLE, LAST = 1238, 1239  # departments of 25 pages, like FIELD
TRIAL = f"users/{USER}"


@dataclass
class Place:
    """Something in a mount that takes one endpoint to show."""

    name: str
    fs: Mount
    shown: str
    asked: str  # the API's path, as the log has it
    query: str = ""

    @property
    def calls_in_turn(self) -> int:
        """Each has the whole timeout. Page 1 comes before page 2, and that before the others: first
        the service must show that it keeps to sizes. A 429 holds all of them back."""
        return 3 if self.name in ["middle", "last"] else 1

    def access(self) -> int:
        return error_of(self.content)

    def content(self, top=None):
        path = (top or self.fs.point) / self.shown
        return path.read_bytes() if path.suffix else sorted(os.listdir(path))

    def errors(self) -> list[str]:
        """What the log has of it; or of all places, if it failed without a call, as all did."""
        own = self.fs.logged(rf"error: {re.escape(self.asked)}: ")
        return own or self.fs.logged("warning: .*calls fail at once")


class Account:
    """A sandbox and a proxy in front of it, with two mounts: in one the departments are known, in
    the other they are not, for nothing below them could be reached without."""

    def __init__(self, sandbox, proxy, mount, timeout):
        self.sandbox, self.proxy = sandbox, proxy
        options = {"timeout": timeout, "per_page": 100, "api_url": proxy.url}
        self.warm, self.cold = mount(sandbox, **options), mount(sandbox, uid=0, **options)
        assert len(os.listdir(self.warm / DEPARTMENTS)) == 6 + 1  # and by-name
        for department in [FIELD, MIDDLE, LAST]:
            os.stat(self.warm / users(department))
        warm, communities = self.warm, f"micropanel/users/{USER}/communities"
        self.places = [
            Place("communities", warm, "communities", communities),
            Place("organization", warm, f"{ORGANIZATION}/organization.json", ORGANIZATION),
            Place("departments", self.cold, DEPARTMENTS, DEPARTMENTS),
            Place("first", warm, users(FIELD), users(FIELD), "page=1&"),
            Place("middle", warm, users(MIDDLE), users(MIDDLE), "page=13&perPage=97"),
            Place("last", warm, users(LAST), users(LAST), "page=26&perPage=99"),
        ]

    def plant(self, how, places: Iterable[Place]):
        for place in places:
            if isinstance(how, dict):
                query = {"query": place.query} if place.query else {}
                self.sandbox.fault(place.asked, **query, **how)
            else:
                self.proxy.damage(place.asked, how, place.query)

    def heal(self):
        self.sandbox.heal()
        self.proxy.heal()
        self.refresh()

    def refresh(self):
        for fs in [self.warm, self.cold]:
            fs.refresh()


@pytest.fixture
def account(sandbox, proxy, mount, request) -> Account:
    case = getattr(request.node, "callspec", None) and request.node.callspec.params.get("case")
    return Account(sandbox, proxy, mount, getattr(case, "timeout", TIMEOUT))


def at_once(places: list[Place], action) -> list:
    with ThreadPoolExecutor(len(places)) as threads:
        return list(threads.map(action, places))


def plural(cases: dict):
    return pytest.mark.parametrize("case", cases.values(), ids=cases.keys())


@plural(FAULTS)
def test_every_endpoint_fails_as_promised_and_heals(account, backup, case):
    places = [place for place in account.places if case.fits(place.name)]
    before = inventory(backup)
    account.plant(case.rule, places)

    def timed(place):
        start = time.monotonic()
        return errno.errorcode.get(place.access()), time.monotonic() - start

    found = at_once(places, timed)
    lines = [place.errors() for place in places]
    for fs in {id(place.fs): place.fs for place in places}.values():
        fs.expect_log("^qpfs: error: ")
    allow_warnings(account)
    wanted = errno.errorcode[case.error]
    errors = {place.name: error for place, (error, _) in zip(places, found, strict=True)}
    log = [*account.warm.log, *account.cold.log]
    assert errors == {place.name: wanted for place in places}, log
    for place, (_, seconds) in zip(places, found, strict=True):
        assert seconds < place.calls_in_turn * case.timeout + GRACE, place.name
    for [line] in lines:
        assert re.search(case.message, line)
        assert KEY not in line
    judge_backup(account, places, backup, before)
    judge_healed(account, backup)


def allow_warnings(account):
    """Of what calls fail with, beside the errors of the places."""
    for fs in [account.warm, account.cold]:
        for warning in [
            "the service does not answer",
            "the service refuses the key",
            "the allowance is used up",
            "no calls are left",
        ]:
            if fs.logged(f"warning: {warning}|warning: the service says that {warning}"):
                fs.expect_log(warning)
        # A look-up whose call stands in the queue behind a 429 of another one.
        late = "at the end of the timeout; try again"
        if fs.logged(late) and fs.logged("HTTP 429"):
            fs.expect_log(late)


def judge_backup(account, places, backup, before):
    """The whole account, from the mount in which most of what failed is seen."""
    fs = account.cold if [p.name for p in places] == ["departments"] else account.warm
    tops = [fs / "communities", fs / "organizations"]
    done = run("rsync", "-a", "--delete", *tops, backup)
    assert (done.returncode, inventory(backup) == before) == (23, True), done.stderr


def judge_healed(account, backup):
    account.heal()
    wait_until(lambda: all(place.access() == 0 for place in account.places))
    for place in account.places:
        assert place.content() == place.content(backup), place.name
    allow_warnings(account)


@plural({name: case for name, case in FAULTS.items() if case.fits("user")})
def test_a_mount_that_cannot_begin_says_why(sandbox, proxy, command, point, case):
    plant_trial(sandbox, proxy, case)
    start = time.monotonic()
    done = command("-f", point, user_id=USER, api_url=proxy.url, timeout=case.timeout)
    assert time.monotonic() - start < case.timeout + GRACE
    assert done.returncode == 1 and not is_mounted(point)
    [line] = [line for line in done.stderr.splitlines() if f"error: {TRIAL}: " in line]
    assert re.search(case.message, line) and line.endswith(f"[{os.strerror(case.error)}]")
    assert "not mounted: " in done.stderr and KEY not in done.stderr
    asked = len([target for target in proxy.targets if target.endswith(TRIAL)])
    assert asked == case.tries or case.tries is None or case.tries > asked > 1


def plant_trial(sandbox, proxy, case):
    if case.raw:
        proxy.damage(TRIAL, case.rule)
    else:
        sandbox.fault(TRIAL, **case.rule)


@plural(GOOD)
def test_what_is_unusual_and_right_is_shown_right(account, backup, case):
    account.plant(case.how, account.places)
    assert at_once(account.places, Place.access) == [0] * len(account.places)
    for place in account.places:
        if not place.shown.endswith(".json"):
            assert place.content() == place.content(backup), place.name
    if case.odd is None:
        assert account.places[1].content() == account.places[1].content(backup)
    else:
        judge_odd(account, backup, case.odd)


def judge_odd(account, backup, odd):
    """It is in the file of the first record of each answer, and the rest is as it was."""
    for place in account.places:
        top = place.fs.point / place.shown
        files = [top] if top.suffix else top.rglob("*.json")
        if place.name == "departments":
            files = top.glob("*/department.json")
        changed = 0
        for file in files:
            text = file.read_text()
            marked = f'  "odd": {odd},\n'
            changed += marked in text
            old = (backup / file.relative_to(place.fs.point)).read_text()
            assert text.replace(marked, "") == old, file
        assert changed == 1, place.name


@plural(GOOD)
def test_a_mount_begins_with_what_is_unusual_and_right(sandbox, proxy, mount, case):
    proxy.damage(TRIAL, case.how)
    fs = mount(sandbox, api_url=proxy.url, timeout=TIMEOUT)
    assert os.listdir(fs / "organizations") == [ORGANIZATION.split("/")[1]]


# -------- redirects --------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_carries_nothing_anywhere(account, backup, elsewhere, status):
    before = inventory(backup)
    other = f"http://127.0.0.1:{elsewhere.port}/a/api/v2/stolen"
    same = f"{account.proxy.url}/stolen"
    for place, to in zip(account.places, [other, same] * 3, strict=True):
        rule = {"status": status, "headers": {"Location": to}, "body": ""}
        account.plant(rule, [place])
    for fs in [account.warm, account.cold]:
        fs.expect_log(f"HTTP {status}: a redirect, which is not followed")
    errors = at_once(account.places, Place.access)
    assert errors == [errno.EBADMSG] * len(account.places)
    assert [len(place.errors()) for place in account.places] == [1] * len(account.places)
    judge_backup(account, account.places, backup, before)
    assert (elsewhere.connections, elsewhere.received) == (0, b"")
    assert not [target for target in account.proxy.targets if "stolen" in target]
    judge_healed(account, backup)


@pytest.mark.parametrize("host", ["same", "other"])
def test_a_mount_does_not_begin_with_a_redirect(
    sandbox, proxy, command, point, elsewhere, host
):
    to = proxy.url if host == "same" else f"http://127.0.0.1:{elsewhere.port}/a/api/v2"
    sandbox.fault(TRIAL, status=307, headers={"Location": f"{to}/stolen"}, body="")
    done = command("-f", point, user_id=USER, api_url=proxy.url, timeout=TIMEOUT)
    assert done.returncode == 1 and "HTTP 307: a redirect" in done.stderr
    assert (elsewhere.connections, elsewhere.received) == (0, b"")
    assert not [target for target in proxy.targets if "stolen" in target]


# -------- what passes, and what must not be asked twice --------


def test_a_used_up_allowance_is_asked_for_once_a_place_at_most(account):
    account.proxy.targets.clear()
    account.plant(damages.STATUSES["429 for the allowance"].rule, account.places)
    for fs in [account.warm, account.cold]:
        fs.expect_log("HTTP 429: API call limit exceeded", "the allowance is used up")
    assert at_once(account.places, Place.access) == [errno.EDQUOT] * len(account.places)
    targets = account.proxy.targets
    counts = {}
    for place in account.places:
        asked = [t for t in targets if t.partition("?")[0].endswith(f"/{place.asked}")]
        counts[place.name] = len([target for target in asked if place.query in target])
    # After the first answers no more calls are made, so some places may not be asked for at all.
    assert max(counts.values()) == 1, counts


PASSING = {
    "closed before the header": damages.closed_before_the_header,
    "reset before the header": damages.reset_before_the_header,
    "closed after the header": damages.closed_after_the_header,
    "a cut body": damages.cut_body,
    "reset in the body": damages.reset_in_the_body,
    "chunks cut": damages.chunks_cut,
}


@pytest.mark.parametrize("damage", PASSING.values(), ids=PASSING.keys())
def test_what_happens_once_is_tried_again_and_nobody_notices(account, backup, damage):
    for place in account.places:
        account.proxy.damage(place.asked, damage, place.query, times=1)
    assert at_once(account.places, Place.access) == [0] * len(account.places)
    for place in account.places:
        assert place.content() == place.content(backup), place.name


def test_numbers_of_pages_that_are_wrong_spoil_nothing(account, backup):
    """Where they promise more, one window more is looked at. The list of communities has no total,
    so nothing says that it ends there."""
    places = [place for place in account.places if place.name not in {"organization"}]
    account.plant({"lie_pages": 10**9}, places)
    for place in places:
        if place.name == "communities":
            place.fs.expect_log("too many of its pages did not fit together")
            assert place.access() == errno.EBADMSG
        else:
            assert place.content() == place.content(backup)


@pytest.mark.parametrize("status", [400, 404])
def test_a_window_that_is_refused_is_bridged(account, backup, status):
    places = [place for place in account.places if place.name in {"middle", "last"}]
    account.plant({"status": status}, places)
    for place in places:
        assert place.content() == place.content(backup)


def test_a_fault_in_one_department_is_seen_nowhere_else(account, backup):
    [middle] = [place for place in account.places if place.name == "middle"]
    account.plant(damages.cut_body, [middle])
    account.warm.expect_log(f"error: {middle.asked}: ")
    assert middle.access() == errno.EBADMSG
    for place in account.places:
        assert place is middle or place.content() == place.content(backup)
    assert len(os.listdir(account.warm / users(RESEARCH))) == 250
