"""What a mount must show, from what the sandbox's API says and from what was done to it."""

import functools
import random
import re

from account import ARCHIVE, COMMUNITIES, DEPARTMENTS, ORGANIZATION, USER, users
from layout import layout, records
from sandbox import Sandbox

cached_layout = functools.cache(layout)


def listed(sandbox: Sandbox, path: str) -> list[str]:
    found, page = [], 1
    while more := records(sandbox.get(f"{path}?page={page}&perPage=1000").decode()):
        found += more
        page += 1
    return found


def by_id(texts: list[str], field: str) -> dict[int, str]:
    found = {int(re.search(rf'"{field}":(\d+)', text)[1]): text for text in texts}
    assert len(found) == len(texts)
    return found


def expected_tree(sandbox: Sandbox) -> dict[str, bytes]:
    """Every file below the mount point, and its bytes."""
    organization = sandbox.record(ORGANIZATION).decode()
    files = {f"{ORGANIZATION}/organization.json": cached_layout(organization)}
    communities = by_id(listed(sandbox, f"micropanel/users/{USER}/communities"), "id")
    for id, text in communities.items():
        files[f"communities/{id}.json"] = cached_layout(text)
    for department, text in by_id(listed(sandbox, DEPARTMENTS), DEPARTMENT_FIELD).items():
        files[f"{DEPARTMENTS}/{department}/department.json"] = cached_layout(text)
        for id, user in by_id(listed(sandbox, users(department)), "userID").items():
            files[f"{users(department)}/{id}.json"] = cached_layout(user)
    return files


DEPARTMENT_FIELD = "departmentID"
WORDS = ["Ünïcode", "plain", "\u0001 control", 'quo"te', "back\\slash", "日本語", "😀", "a\nb", ""]


class Account:
    """Draws changes, and knows without asking which ids there must be after them."""

    def __init__(self, sandbox: Sandbox, seed: int):
        self.sandbox = sandbox
        self.random = random.Random(seed)
        self.departments = {
            int(id): set(sandbox.user_ids(int(id))) for id in self._department_ids()
        }
        self.communities = set(COMMUNITIES)
        self.next_id = 4_000_000_000
        self.freed: list[int] = []

    def _department_ids(self) -> dict[int, str]:
        return by_id(listed(self.sandbox, DEPARTMENTS), DEPARTMENT_FIELD)

    def names(self) -> set[str]:
        """The files that there must be."""
        found = {f"{ORGANIZATION}/organization.json"}
        found |= {f"communities/{id}.json" for id in self.communities}
        for department, ids in self.departments.items():
            found.add(f"{DEPARTMENTS}/{department}/department.json")
            found |= {f"{users(department)}/{id}.json" for id in ids}
        return found

    def change(self):
        """Applies one to twelve changes at once."""
        verbs = [self._user] * 6 + [self._add] * 5 + [self._remove] * 5
        verbs += [self._department_name, self._organization, self._community]
        verbs += [self._add_department, self._remove_department]
        verbs += [self._add_community, self._remove_community]
        drawn = [self.random.choice(verbs)() for _ in range(self.random.randint(1, 12))]
        self.sandbox.change(*[change for change in drawn if change])

    # -------- one change each, or None --------

    def _new_id(self) -> int:
        """At times one that somebody had before."""
        if self.freed and self.random.random() < 0.3:
            return self.freed.pop(self.random.randrange(len(self.freed)))
        self.next_id += self.random.randint(1, 1000)
        return self.next_id

    def _somebody(self) -> tuple[int, int] | None:
        full = [id for id in sorted(self.departments) if self.departments[id] - {USER}]
        if not full:
            return None
        department = self.random.choice(full)
        return department, self.random.choice(sorted(self.departments[department] - {USER}))

    def _text(self) -> str:
        return self.random.choice(WORDS) + str(self.random.randrange(10**6))

    def _user(self):
        if not (somebody := self._somebody()):
            return None
        field = self.random.choice(["phone", "firstName", "emailAddress", "newField"])
        return {"change": somebody[1], "set": {field: self._text()}}

    def _add(self):
        department = self.random.choice(sorted(self.departments))
        id = self._new_id()
        self.departments[department].add(id)
        where = self.random.choice(["front", "back"])
        return {"add": department, "id": id, "at": where, "set": {"firstName": self._text()}}

    def _remove(self):
        if not (somebody := self._somebody()):
            return None
        department, id = somebody
        self.departments[department].remove(id)
        if department != ARCHIVE:
            self.freed.append(id)
        return {"remove": id}

    def _department_name(self):
        department = self.random.choice(sorted(self.departments))
        return {"rename_department": department, "name": self._text()}

    def _add_department(self):
        self.next_id += 1
        self.departments[self.next_id] = set()
        return {"add_department": self.next_id, "name": self._text()}

    def _remove_department(self):
        """Not that of the key's user, without whom there are no communities."""
        closed = [id for id in sorted(self.departments) if USER not in self.departments[id]]
        if len(closed) < 2:
            return None
        department = self.random.choice(closed)
        del self.departments[department]
        return {"remove_department": department}

    def _organization(self):
        return {"organization": {"name": self._text()}}

    def _community(self):
        if not self.communities:
            return None
        community = self.random.choice(sorted(self.communities))
        return {"community": community, "set": {"name": self._text()}}

    def _add_community(self):
        self.next_id += 1
        self.communities.add(self.next_id)
        return {"add_community": self.next_id, "name": self._text()}

    def _remove_community(self):
        if not self.communities:
            return None
        community = self.random.choice(sorted(self.communities))
        self.communities.remove(community)
        return {"remove_community": community}


def versions(trees: list[dict[str, bytes | str]]) -> dict[str, set[bytes | str]]:
    """Of each file, all the bytes that it had in one of these trees; of links, the targets."""
    found: dict[str, set[bytes | str]] = {}
    for tree in trees:
        for name, data in tree.items():
            found.setdefault(name, set()).add(data)
    return found


