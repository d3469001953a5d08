"""The organization's list, as both sandboxes answer with it: without a mount."""

import http.client
import json
import subprocess

import pytest

from account import ARCHIVE, DEPARTMENTS, EVERYBODY, FIELD, KEY, MARKETING, NO_DEPARTMENT
from account import LONG_DIGITS, RESEARCH, users
from sandbox import moved, nobody, record_texts

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


def test_faults_are_planted_on_it_as_on_others(sandbox):
    sandbox.fault(EVERYBODY, status=503, times=1)
    with pytest.raises(AssertionError):
        sandbox.get(EVERYBODY)
    sandbox.get(EVERYBODY)
    sandbox.fault(EVERYBODY, change=[{"remove": 1234588}], times=1)
    assert len(sandbox.records(EVERYBODY)) == 2751
