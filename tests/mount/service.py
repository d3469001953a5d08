"""A service of the tests' own, with nothing of qpfs in it: an account that is a Python object."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from account import EVERYBODY, KEY, NO_DEPARTMENT, ORG, USER, users
from manners import Manners, Person, Refused
from server import Server

ENDLESS = 3000  # so many calls of one list are no fetch any more


@dataclass(frozen=True)
class Call:
    number: int  # among the calls of its path since the last reset(), from 1
    path: str
    query: str
    connection: int
    page: int
    per_page: int

    @property
    def url(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


def failure(status: int) -> tuple[int, bytes]:
    error = {"id": 1040 if status == 404 else 1000, "message": f"Made up: {status}"}
    return status, json.dumps({"response": {"error": error}}).encode()


def single(record: dict) -> tuple[int, bytes]:
    return 200, json.dumps({"response": record, "requestID": "r"}).encode()


ALL = -1  # in place of a department: everybody of the organization


class Account:
    """People in departments or in NO_DEPARTMENT; knows who came and who left since mark()."""

    def __init__(self):
        self.people: dict[int, Person] = {}
        self.departments: dict[int, set[int]] = {}
        self.twice: set[int] = set()  # those whom a list shows two times, one behind the other
        # How the organization's list tells of a person; None: not at all.
        self.retell: Callable[[Person], Person | None] = lambda person: person
        self.sorted: dict[int, list[Person]] = {}
        self.texts: dict[Person, bytes] = {}
        self.mark()

    def mark(self):
        self.before = {name: set(ids) for name, ids in self.departments.items()}
        self.left: set[int] = set()

    def join(self, department: int, *ids: int, note: str = ""):
        members = self.departments.setdefault(department, set())
        for id in ids:
            assert id not in self.people
            self.people[id] = Person(id, department, ORG, note)
            members.add(id)
        self._changed(department)

    def leave(self, *ids: int):
        for id in ids:
            department = self.people.pop(id).department
            self.departments[department].remove(id)
            self._changed(department)
            self.left.add(id)

    def move(self, to: int, *ids: int):
        for id in ids:
            note = self.people[id].note
            self.leave(id)
            self.join(to, id, note=note)

    def note(self, id: int, text: str):
        self.people[id] = replace(self.people[id], note=text)
        self._changed(self.people[id].department)

    def _changed(self, department: int):
        self.sorted.pop(department, None)
        self.sorted.pop(ALL, None)

    def listed_departments(self) -> list[int]:
        return sorted(self.departments.keys() - {NO_DEPARTMENT})

    def ids(self, department: int) -> set[int]:
        return set(self.departments[department])

    def stayed(self, department: int) -> set[int]:
        """Who was there throughout, since mark()."""
        return self.before[department] - self.left

    def listed(self, department: int, order: Callable) -> list[Person]:
        if department not in self.sorted:
            ids = self.people if department == ALL else self.departments[department]
            self.sorted[department] = sorted((self.people[id] for id in ids), key=order)
        return self.sorted[department]

    def rows(self, department: int, order: Callable) -> list[bytes]:
        rows = []
        people = self.listed(department, order)
        if department == ALL:
            people = [told for told in map(self.retell, people) if told]
        for person in people:
            text = self.texts.get(person) or self.texts.setdefault(person, person.text())
            rows += [text, text] if person.id in self.twice else [text]
        return rows


class Service:
    """Answers as its manners say, one call after the other, so that each answer is of a moment."""

    def __init__(self):
        self.account = Account()
        self.manners = Manners()
        # Called before an answer is made: may change the account.
        self.before: Callable[[Call], None] = lambda call: None
        # What to answer in place of what there is, if anything.
        self.instead: Callable[[Call], tuple[int, bytes] | None] = lambda call: None
        # Called with the path of a call before its answer is sent, while others may be: may wait.
        self.hold: Callable[[str], object] = lambda path: None
        self.copies: dict[str, tuple[int, bytes]] = {}  # of a cache in between, by URL
        self.answers: dict[str, tuple[int, bytes]] = {}  # the last ones, by URL
        self.calls: list[Call] = []
        self.numbers: Counter = Counter()  # of calls, by path
        self.endless: set[str] = set()  # what was asked for without an end
        self.problems: list[Exception] = []
        self.lock = threading.Lock()
        self.server = Server(self.respond)
        self.url = self.server.url

    def stop(self):
        self.server.stop()
        if self.problems:
            raise self.problems[0]
        assert self.endless == set()

    def bear(self, timeout: int):
        """What a sandbox is told by a mount; this service makes no noise."""

    def behave(self, **manners):
        self.manners = replace(self.manners, **manners)
        self.account.sorted.clear()

    # -------- counting --------

    def reset(self):
        with self.lock:
            self.calls.clear()
            self.numbers.clear()

    def asked(self, department: int) -> list[Call]:
        """The calls of a department's list, or that of ALL, since reset(), in order."""
        path = EVERYBODY if department == ALL else users(department)
        with self.lock:
            return [call for call in self.calls if call.path == f"/{path}"]

    def urls(self, department: int) -> Counter:
        return Counter(call.url for call in self.asked(department))

    # -------- answering --------

    def respond(self, target: str, key: str, connection: int) -> tuple[int, list[str], bytes]:
        status, body = self.answer(target, connection) if key == KEY else failure(401)
        self.hold(urlsplit(target).path)
        return status, ["Content-Type: application/json"], body

    def answer(self, target: str, connection: int) -> tuple[int, bytes]:
        with self.lock:
            call = self._record(target, connection)
            try:
                if self.endless:
                    raise Refused(401)
                self.before(call)
                answer = self.instead(call) or self.copies.get(call.url) or self._find(call)
            except Refused as refused:
                answer = failure(refused.status)
            except Exception as problem:
                self.problems.append(problem)
                raise
            self.answers[call.url] = answer
            return answer

    def _record(self, target: str, connection: int) -> Call:
        parts = urlsplit(target)
        path = parts.path
        given = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
        self.numbers[path] += 1
        if self.numbers[path] > ENDLESS:
            self.endless.add(path)
        page, size = given.get("page", 1), given.get("perPage", 100)
        call = Call(self.numbers[path], path, parts.query, connection, page, size)
        self.calls.append(call)
        return call

    def _find(self, call: Call) -> tuple[int, bytes]:
        match call.path.strip("/").split("/"):
            case ["users", id]:
                return self._user(int(id))
            case ["micropanel", "users", _, "communities"]:
                return self._list(call, Manners(), [])
            case ["organizations", org] if int(org) == ORG:
                return single({"organizationID": ORG, "name": "Made up"})
            case ["organizations", org, "departments"] if int(org) == ORG:
                rows = [department(id) for id in self.account.listed_departments()]
                return self._list(call, Manners(), [json.dumps(row).encode() for row in rows])
            case ["organizations", org, "departments", id, "users"] if int(org) == ORG:
                if int(id) in self.account.listed_departments():
                    return self.page(call, int(id))
            case ["organizations", org, "users"] if int(org) == ORG:
                return self.page(call, ALL)
        return failure(404)

    def _user(self, id: int) -> tuple[int, bytes]:
        if id == USER:
            return single(json.loads(Person(USER, 0, ORG).text()))
        person = self.account.people.get(id)
        return single(json.loads(person.text())) if person else failure(404)

    def page(self, call: Call, department: int) -> tuple[int, bytes]:
        """What that call gets where it asks for this department, or for ALL."""
        rows = self.account.rows(department, self.manners.order)
        return self._list(call, self.manners, rows)

    @staticmethod
    def _list(call: Call, manners: Manners, rows: list[bytes]) -> tuple[int, bytes]:
        return 200, manners.answer(call.path, call.page, call.per_page, rows)


def department(id: int) -> dict:
    return {"departmentID": id, "organizationID": ORG, "name": f"Department {id}"}


def once(answer: Callable[[Call], tuple[int, bytes]], which: Callable[[Call], bool]) -> Callable:
    """For Service.instead: the first call of those gets that answer, and no other."""
    given: list[Call] = []

    def instead(call: Call) -> tuple[int, bytes] | None:
        if given or not which(call):
            return None
        given.append(call)
        return answer(call)

    return instead


def spread(count: int, first: int = 1_000_010, step: int = 10) -> Iterable[int]:
    """IDs with room for newcomers between them."""
    return range(first, first + count * step, step)
