"""qpfs --check --compare: may one_list be used here?"""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from account import ARCHIVE, DEPARTMENTS, FIELD, MARKETING, ORG, RESEARCH, USER, users
from sandbox import HALF, everybody, is_in_half, nobody
from tools import output, wait_until

pytestmark = pytest.mark.exact_service("the calls are counted")


def compared(command, account, *arguments, **options) -> tuple[int, list[tuple[str, str]]]:
    done = command("--check", "--json", "--compare", *arguments, user_id=USER, api_url=account.url, **options)
    found = json.loads(done.stdout)["findings"]
    return done.returncode, [(one["state"], one["text"]) for one in found if one["what"] == "compare"]


# semantics: C9
def test_compare_says_that_one_list_may_be_used_and_what_it_costs_to_know(sandbox, command):
    status, (before, verdict) = compared(command, sandbox)
    assert status == 0
    assert before == ("note", "reading all users both ways costs 7 calls or more")
    assert verdict == ("ok", f"{ORG}: both ways show the same; one_list may be used here")
    asked = [path for path in sandbox.paths() if path.startswith(f"/{DEPARTMENTS}/")]
    assert sorted(asked) == [f"/{users(id)}" for id in [ARCHIVE, MARKETING, RESEARCH, FIELD]]


DIFFERENCES = {
    "zero": "puts people of a department into none",
    "missing": "leaves out people of a department",
    "reordered": "writes people in another form",
    "longer": "writes people in another form",
}


# semantics: C9
@pytest.mark.parametrize("way", DIFFERENCES)
def test_compare_names_each_difference(sandbox, command, way):
    sandbox.change(everybody(**{way: HALF}))
    half = {(id, at) for at in [MARKETING, RESEARCH, FIELD] for id in sandbox.user_ids(at) if is_in_half(id)}
    status, found = compared(command, sandbox)
    assert status == 0
    named = {
        (int(id), int(at))
        for state, text in found
        if state == "warning" and DIFFERENCES[way] in text
        for id, at in re.findall(r" (\d+) \(in (\d+)\)", text)
    }
    assert named == half
    assert found[-1] == (
        "warning", f"{ORG}: the two ways differ in {len(half)} people; one_list may not be used here"
    )
    status, found = compared(command, sandbox, one_list=True)
    assert (status, found[-1][0]) == (1, "problem")


# semantics: C9
def test_compare_names_people_in_no_department_and_those_who_are_only_there(sandbox, command):
    sandbox.change(nobody(77), nobody(78, departmentID=4711), nobody(79, departmentID=RESEARCH))
    _, found = compared(command, sandbox)
    assert ("note", f"{ORG}: people are in no department that is listed: 77 78 (in 4711)") in found
    only_there = f"{ORG}: the list of all users says a department whose list has them not: 79 (in {RESEARCH})"
    assert ("warning", only_there) in found


# semantics: C9
def test_compare_names_each_of_many_people_with_long_ids(service, command):
    at = 10**18
    people = [10**18 + i for i in range(1, 51)]
    service.account.join(at, *people)
    service.account.retell = lambda person: None
    _, found = compared(command, service)
    named = [
        (int(id), int(at))
        for _, text in found
        if "leaves out people of a department" in text
        for id, at in re.findall(r" (\d+) \(in (\d+)\)", text)
    ]
    assert named == [(id, at) for id in people]


def test_compare_says_so_where_it_cannot_tell(sandbox, command):
    sandbox.fault(users(RESEARCH), status=403)
    status, found = compared(command, sandbox)
    assert status == 1
    assert found[-1] == ("warning", f"{ORG}: not all could be read, so nothing was compared to its end")
    sandbox.heal()
    sandbox.fault(DEPARTMENTS, status=403)
    status, found = compared(command, sandbox)
    assert (status, found[-1][1]) == (1, f"{ORG}: not all could be read, so nothing was compared to its end")


def test_compare_goes_with_check_alone(command, point):
    done = command("--compare", point, user_id=USER)
    assert (done.returncode, "--compare goes with --check" in done.stderr) == (1, True)


# semantics: C3
def test_check_tells_the_cost_of_both_ways(serve, command, mount):
    sandbox = serve("--departments=50", "--users-per=10")

    def walk(**options) -> tuple[dict, dict]:
        done = command("--check", "--json", user_id=USER, api_url=sandbox.url, **options)
        said = json.loads(done.stdout)
        return said, next(one for one in said["findings"] if one["what"] == "walk")

    _, finding = walk()
    assert "with one_list the users take 4 calls in place of 54" in finding["remedy"]
    said, finding = walk(one_list=True)
    assert finding["remedy"] is None
    before = sandbox.total()
    output("find", mount(sandbox, one_list=True).point)
    assert said["walk_least"] <= sandbox.total() - before <= said["walk_most"]


def test_compare_reads_the_departments_again_where_all_users_took_long(sandbox, command, clock):
    everyone = f"organizations/{ORG}/users"
    sandbox.fault(everyone, stall=4)
    with ThreadPoolExecutor() as checks:
        said = checks.submit(compared, command, sandbox, stale_if_error=0, timeout=600)
        wait_until(lambda: sandbox.paths().get(f"/{everyone}") == 2)
        sandbox.heal()
        clock.move(70)
    status, found = said.result()
    assert status == 0
    assert found[-1] == ("ok", f"{ORG}: both ways show the same; one_list may be used here")
    assert sandbox.paths()[f"/{DEPARTMENTS}"] == 2
