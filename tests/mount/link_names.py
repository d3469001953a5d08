"""The names of links, made from the contract without qpfs."""

import json
import re
from collections import Counter

from account import DEPARTMENTS, USER
from account import users as users_of

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f/]|^\\.")
LONGEST = 255


def encoded(character: str) -> bytes:
    """Half a pair stays the escape that it is."""
    half = "\ud800" <= character <= "\udfff"
    return f"\\u{ord(character):04x}".encode() if half else character.encode()


def units(text: str) -> list[bytes]:
    """What the characters of a text become, each of which is there or not."""
    found = []
    for i, character in enumerate(text):
        data = encoded(character)
        if CONTROL.match(character) and (character != "." or i == 0):
            data = b"".join(b"%%%02X" % byte for byte in data)
        found.append(data)
    return found


def cut(text: str, size: int) -> bytes:
    name = b""
    for unit in units(text):
        if len(name + unit) > size:
            break
        name += unit
    return name


def named(text: str, id: int, apart: bool) -> str:
    mark = f"~{id}".encode() if apart else b""
    return (cut(text, LONGEST - len(mark)) + mark).decode()


def link_names(texts: dict[int, object]) -> dict[str, int]:
    """The name of each link and the ID that it leads to, in order."""
    texts = {id: text for id, text in texts.items() if isinstance(text, str) and text}
    apart: set[int] = set()
    while True:
        names = {id: named(text, id, id in apart) for id, text in texts.items()}
        count = Counter(names.values())
        more = {id for id, name in names.items() if count[name] > 1} - apart
        if not more:
            ordered = sorted(names.items(), key=lambda item: item[1].encode())
            return {name: id for id, name in ordered}
        apart |= more


def members(answers: list[bytes], id: str, member: str) -> dict[int, object]:
    records = [record for answer in answers for record in json.loads(answer)["response"]]
    return {record[id]: record.get(member) for record in records}


def pages(sandbox, path: str) -> list[bytes]:
    found: list[bytes] = []
    while b'"response":[]' not in (page := sandbox.get(f"{path}?page={len(found) + 1}&perPage=1000")):
        found.append(page)
    return found


def communities_by_name(sandbox) -> dict[str, int]:
    path = f"micropanel/users/{USER}/communities"
    return link_names(members(pages(sandbox, path), "id", "name"))


def departments_by_name(sandbox) -> dict[str, int]:
    return link_names(members(pages(sandbox, DEPARTMENTS), "departmentID", "name"))


def users_by_email(sandbox, department: int) -> dict[str, int]:
    return link_names(members(pages(sandbox, users_of(department)), "userID", "emailAddress"))


def expected_links(sandbox) -> dict[str, str]:
    """Every link below the mount point, and its target."""
    departments = departments_by_name(sandbox)
    communities = communities_by_name(sandbox)
    links = {f"communities/by-name/{name}": f"../{id}.json" for name, id in communities.items()}
    links |= {f"{DEPARTMENTS}/by-name/{name}": f"../{id}" for name, id in departments.items()}
    for department in members(pages(sandbox, DEPARTMENTS), "departmentID", "name"):
        by_email = users_by_email(sandbox, department)
        place = f"{DEPARTMENTS}/{department}/by-email"
        links |= {f"{place}/{name}": f"../users/{id}.json" for name, id in by_email.items()}
    return links
