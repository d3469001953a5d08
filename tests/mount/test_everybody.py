"""The organization's list, as both sandboxes answer with it: without a mount."""

import http.client
import json
import re
import subprocess
from dataclasses import replace

import pytest

from account import ARCHIVE, DEPARTMENTS, EVERYBODY, FIELD, KEY, MARKETING, NO_DEPARTMENT
from account import LONG_DIGITS, RESEARCH, users
from sandbox import HALF, everybody, is_in_half, moved, nobody, record_texts
from service import ALL

AN_ADDED = 1231  # a department between the others
A_NOBODY = 77  # who is in none


def in_departments(sandbox) -> list[bytes]:
    """Everybody of all departments, by the departments' own lists."""
    departments = [json.loads(text)["departmentID"] for text in sandbox.records(DEPARTMENTS)]
    return [text for id in sorted(departments) for text in sandbox.records(users(id))]


def test_it_holds_the_records_of_all_departments_in_the_order_of_their_ids(serve):
    sandbox = serve("--departments=200", "--users-per=25")
    listed = in_departments(sandbox)
    assert len(listed) == 2 + 250 + 2500 + 200 * 25
    for per_page in [7, 100, 1000]:
        assert sandbox.records(EVERYBODY, per_page) == listed


def test_its_pages_say_what_those_of_a_department_say(sandbox):
    query = "page=2&perPage=100"
    answers = [json.loads(sandbox.get(f"{path}?{query}")) for path in [EVERYBODY, users(RESEARCH)]]
    assert [list(answer) for answer in answers] == [["response", "pagination", "requestID"]] * 2
    said, other = [answer["pagination"] for answer in answers]
    links = said.pop("links")
    assert links.keys() == other.pop("links").keys()
    assert links["next"].endswith(f"/{EVERYBODY}?page=3&perPage=100")
    assert said == {"perPage": 100, "totalItems": 2752, "currentPage": 2, "totalPages": 28}
    assert said.keys() == other.keys()


def test_another_organization_has_none(sandbox):
    with pytest.raises(AssertionError, match="NOT_FOUND"):
        sandbox.get("organizations/1/users")


def test_the_demo_answers_with_it(build, environment):
    program = build / "src/sandbox/qpfs-sandbox"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([program], env=environment | {"QPFS_SANDBOX_KEY": KEY}, **pipes) as demo:
        base = demo.stdout.readline().strip()

        def records(path: str) -> list[bytes]:
            pages = [get(f"{base}/{path}?page={page}&perPage=400") for page in range(1, 9)]
            return [text for page in pages for text in record_texts(page)]

        parts = [records(users(id)) for id in [ARCHIVE, MARKETING, RESEARCH, FIELD]]
        assert [len(part) for part in parts] == [0, 2, 250, 2500]
        assert records(EVERYBODY) == sum(parts, [])
        demo.stdin.close()
    assert demo.returncode == 0


def get(url: str) -> bytes:
    host, path = url.removeprefix("http://").split("/", 1)
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", f"/{path}", headers={"api-key": KEY})
    answer = connection.getresponse()
    assert answer.status == 200
    return answer.read()


CHANGES = {
    "a person more": [{"add": MARKETING}, {"add": RESEARCH, "at": "front"}],
    "a person less": [{"remove": 1234588}],
    "a person of another department": [moved(1234588, RESEARCH)],
    "a person of an added department": [
        {"add_department": AN_ADDED, "name": "Added"},
        moved(1234588, AN_ADDED),
    ],
    "another record": [{"change": 1234567, "set": {"phone": "1"}}],
    "a department less": [{"remove_department": RESEARCH}],
    "a department more": [{"add_department": AN_ADDED, "name": "Added", "users": 3}],
}


@pytest.mark.parametrize("name", CHANGES)
def test_it_shows_each_change(sandbox, name):
    before = sandbox.records(EVERYBODY)
    sandbox.change(*CHANGES[name])
    assert sandbox.records(EVERYBODY) == in_departments(sandbox) != before
    sandbox.restore()
    assert sandbox.records(EVERYBODY) == before


def test_who_is_in_no_department_comes_last_and_is_in_no_other_list(sandbox):
    before = in_departments(sandbox)
    sandbox.change(nobody(A_NOBODY, firstName="No"))
    *others, last = sandbox.records(EVERYBODY)
    assert others == before == in_departments(sandbox)
    assert last == sandbox.user(A_NOBODY)
    record = json.loads(last)
    assert record.keys() == json.loads(before[0]).keys()
    assert (record["userID"], record["departmentID"]) == (A_NOBODY, 0)
    for path in [f"{DEPARTMENTS}/0", users(NO_DEPARTMENT)]:
        with pytest.raises(AssertionError, match="NOT_FOUND"):
            sandbox.get(path)
    sandbox.change({"remove": A_NOBODY})
    assert sandbox.records(EVERYBODY) == before


@pytest.mark.parametrize("to", [FIELD, NO_DEPARTMENT])
def test_who_moves_keeps_the_rest_of_the_record(sandbox, to):
    id = sandbox.user_ids(RESEARCH)[LONG_DIGITS]
    text = sandbox.user(id)
    sandbox.change(moved(id, to))
    said = text.replace(b'"departmentID":%d' % RESEARCH, b'"departmentID":%d' % to)
    assert sandbox.user(id) == said != text
    assert [text in sandbox.records(users(RESEARCH)), said in sandbox.records(EVERYBODY)] == [0, 1]
    assert len(sandbox.records(EVERYBODY)) == 2752
    sandbox.change(moved(id, RESEARCH))
    assert sandbox.user(id) == text == sandbox.records(users(RESEARCH))[-1]
    assert sandbox.records(EVERYBODY) == in_departments(sandbox)


def id_of(text: bytes) -> int:
    return json.loads(text)["userID"]


@pytest.mark.parametrize("whom", [[1234567, 3000003], HALF, "all"])
def test_it_can_leave_people_out(sandbox, whom):
    listed = in_departments(sandbox)
    sandbox.change(everybody(missing=whom))
    assert sandbox.records(EVERYBODY) == [text for text in listed if not chosen(whom, text)]
    assert in_departments(sandbox) == listed
    sandbox.change(everybody(missing=[]))
    assert sandbox.records(EVERYBODY) == listed


def chosen(whom: list[int] | str, text: bytes) -> bool:
    if whom == HALF:
        return is_in_half(id_of(text))
    return whom == "all" or id_of(text) in whom


@pytest.mark.parametrize("department", [RESEARCH, FIELD])
def test_half_of_a_department_is_every_second_person(sandbox, department):
    half = [chosen(HALF, text) for text in sandbox.records(users(department))]
    assert half in [[True, False] * (len(half) // 2), [False, True] * (len(half) // 2)]


def rotated(text: bytes) -> bytes:
    first, rest = text[1:-1].split(b",", 1)
    return b"{%b,%b}" % (rest, first)


WAYS = {
    "zero": lambda text: re.sub(rb'"departmentID":\d+', b'"departmentID":0', text),
    "foreign": lambda text: re.sub(rb'"organizationID":\d+', b'"organizationID":7654321', text),
    "longer": lambda text: text[:-1] + b',"isActive":true}',
    "reordered": rotated,
}


@pytest.mark.parametrize("whom", [[1234567, 3000003], HALF, "all"])
@pytest.mark.parametrize("way", WAYS)
def test_it_can_write_people_otherwise(sandbox, way, whom):
    listed = in_departments(sandbox)
    sandbox.change(everybody(**{way: whom}))
    told = [WAYS[way](text) if chosen(whom, text) else text for text in listed]
    assert sandbox.records(EVERYBODY) == told != listed
    assert in_departments(sandbox) == listed
    assert sandbox.user(1234567) == listed[1]
    sandbox.restore()
    assert sandbox.records(EVERYBODY) == listed


def test_its_ways_go_together_and_stay_through_other_changes(sandbox):
    sandbox.change(everybody(missing=[1234588], zero="all"), everybody(reordered="all"))
    sandbox.change({"remove_department": FIELD})
    told = [rotated(WAYS["zero"](text)) for text in in_departments(sandbox)[1:]]
    assert sandbox.records(EVERYBODY) == told
    sandbox.change({"raw": 1234567, "text": "no JSON"})
    assert sandbox.get(f"{EVERYBODY}?page=1&perPage=1").startswith(b'{"response":[no JSON],')


def test_it_can_have_another_order(sandbox):
    listed = in_departments(sandbox)
    sandbox.change(everybody(shuffled=True))
    shuffled = sandbox.records(EVERYBODY, 100)
    assert sorted(shuffled) == sorted(listed) and shuffled != listed
    departments = [json.loads(text)["departmentID"] for text in shuffled]
    changes = sum(a != b for a, b in zip(departments, departments[1:]))
    assert changes > 250
    sandbox.change(everybody(shuffled=False))
    assert sandbox.records(EVERYBODY) == listed


@pytest.mark.parametrize("ways", [{"zero": "some"}, {"missing": [-1]}, {"shuffled": 1}, {"x": []}])
def test_what_cannot_be_is_refused(sandbox, ways):
    with pytest.raises(AssertionError, match="must be|give an object"):
        sandbox.change(everybody(**ways))
    assert len(sandbox.records(EVERYBODY)) == 2752


def test_the_service_of_the_tests_own_has_it_too(service):
    account = service.account
    account.join(MARKETING, 1, 4, 6)
    account.join(FIELD, 2, 3)
    account.join(NO_DEPARTMENT, 5)
    assert told_by(service) == [(1, 1234), (2, 1236), (3, 1236), (4, 1234), (5, 0), (6, 1234)]
    assert len(told_by(service, DEPARTMENTS)) == 2
    account.move(NO_DEPARTMENT, 1)
    account.leave(2)
    account.retell = lambda person: replace(person, department=0) if person.id != 6 else None
    assert told_by(service) == [(1, 0), (3, 0), (4, 0), (5, 0)]
    assert told_by(service, users(MARKETING)) == [(4, 1234), (6, 1234)]
    assert [call.url for call in service.asked(ALL)] == [f"/{EVERYBODY}"] * 2


def told_by(service, path: str = EVERYBODY) -> list[tuple[int | None, int]]:
    records = [json.loads(text) for text in record_texts(get(f"{service.url}/{path}"))]
    return [(record.get("userID"), record["departmentID"]) for record in records]


def test_faults_are_planted_on_it_as_on_others(sandbox):
    sandbox.fault(EVERYBODY, status=503, times=1)
    with pytest.raises(AssertionError):
        sandbox.get(EVERYBODY)
    sandbox.get(EVERYBODY)
    sandbox.fault(EVERYBODY, change=[{"remove": 1234588}], times=1)
    assert len(sandbox.records(EVERYBODY)) == 2751
