"""How a made-up service answers its lists: order, sizes, totals, hints, what is behind the end."""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass

ELSEWHERE = "https://api.questionpro.com/a/api/v2"


@dataclass(frozen=True)
class Person:
    id: int
    department: int
    organization: int
    note: str = ""  # anything: another one is another record

    @property
    def born(self) -> int:
        """A number that has nothing to do with the ID's size."""
        return zlib.crc32(str(self.id).encode())

    @property
    def name(self) -> str:
        return f"{self.born % 10007:05d}"

    @property
    def created(self) -> str:
        return f"20{self.born % 20:02d}-{self.born % 12 + 1:02d}-{self.born % 28 + 1:02d}"

    def text(self) -> bytes:
        record = {
            "userID": self.id,
            "departmentID": self.department,
            "organizationID": self.organization,
            "firstName": self.name,
            "lastName": self.note,
            "emailAddress": f"{self.id}@example.com",
            "creationDate": self.created,
        }
        return json.dumps(record).encode()


ORDERS: dict[str, Callable[[Person], object]] = {
    "ID": lambda person: person.id,
    "ID, descending": lambda person: -person.id,
    "name": lambda person: (person.name, person.id),
    "newest first": lambda person: ([-ord(c) for c in person.created], -person.id),
    "a hash": lambda person: (zlib.crc32(str(-person.id).encode()), person.id),
}


class Refused(Exception):
    """An answer that is no list."""

    def __init__(self, status: int):
        self.status = status


# What a page has when a size is asked for, and the size that the answer names.
Size = Callable[[int], tuple[int, int]]


def up_to(most: int, says_so: bool = True) -> Size:
    return lambda asked: (min(asked, most), min(asked, most) if says_so else asked)


def always(size: int, says_so: bool = True) -> Size:
    return lambda asked: (size, size if says_so else asked)


def rounded(step: int, up: bool, most: int = 100, says_so: bool = True) -> Size:
    def size(asked: int) -> tuple[int, int]:
        near = -(-asked // step) if up else asked // step
        given = min(max(near * step, step), most)
        return given, given if says_so else asked

    return size


def refused_above(most: int, status: int = 400) -> Size:
    def size(asked: int) -> tuple[int, int]:
        if asked > most:
            raise Refused(status)
        return asked, asked

    return size


# What is said to be the total, of the true one and of how many are on the page; None: nothing.
TOTALS: dict[str, Callable[[int, int], int | None]] = {
    "true": lambda total, shown: total,
    "0": lambda total, shown: 0,
    "absent": lambda total, shown: None,
    "this page's count": lambda total, shown: shown,
    "capped at 100": lambda total, shown: min(total, 100),
    "one too many": lambda total, shown: total + 1,
    "one too few": lambda total, shown: total - 1,
}
UNKNOWN = ["0", "absent"]

# The page to show in place of one behind the last, or None for an empty one.
BEYOND: dict[str, Callable[[int], int | None]] = {
    "empty": lambda last: None,
    "the last page": lambda last: last,
    "the first page": lambda last: 1,
}


def refuse(status: int) -> Callable[[int], int | None]:
    def answer(last: int):
        raise Refused(status)

    return answer


BEYOND |= {"404": refuse(404), "400": refuse(400)}


def no_links(page: int, last: int, url: Callable[[int], str]) -> dict:
    return {"self": url(page), "prev": None, "next": None, "first": None, "last": None}


def true_links(page: int, last: int, url: Callable[[int], str]) -> dict:
    return {
        "self": url(page),
        "prev": url(page - 1) if page > 1 else None,
        "next": url(page + 1) if page < last else None,
        "first": url(1),
        "last": url(last),
    }


def link_to_next(page: int, last: int, url: Callable[[int], str]) -> dict:
    return {"next": url(page + 1) if page < last else None}


def link_to_last(page: int, last: int, url: Callable[[int], str]) -> dict:
    return {"last": url(last)}


def link_to_next_always(page: int, last: int, url: Callable[[int], str]) -> dict:
    return {"next": url(page + 1)}


def templates(page: int, last: int, url: Callable[[int], str]) -> dict:
    text = ELSEWHERE + "/organizations/{{organization-id}}/departments/{{department-id}}/users"
    return {name: text for name in ["self", "prev", "next", "first", "last"]}


@dataclass
class Manners:
    order: Callable[[Person], object] = ORDERS["ID"]
    size: Size = up_to(1000)
    total: Callable[[int, int], int | None] = TOTALS["true"]
    pages: Callable[[int], int | None] | None = None  # of the true number; None: by the total
    links: Callable[[int, int, Callable[[int], str]], dict] = true_links
    link_base: str = ELSEWHERE
    beyond: Callable[[int], int | None] = BEYOND["empty"]
    current: Callable[[int], int | None] = lambda page: page
    old_names: bool = False  # "page" and "total", as on an older page of the documentation

    def pagination(self, path: str, page: int, size: tuple[int, int], count: int, shown: int):
        given, said = size
        last = max(1, -(-count // given))
        total = self.total(count, shown)
        pages = -(-total // said) if total is not None else None
        if self.pages:
            pages = self.pages(last)
        names = ("page", "total") if self.old_names else ("currentPage", "totalItems")
        members = {
            "perPage": said,
            names[1]: total,
            names[0]: self.current(page),
            "totalPages": pages,
        }
        found = {name: value for name, value in members.items() if value is not None}

        def url(number: int) -> str:
            return f"{self.link_base}{path}?page={number}&perPage={said}"

        return found | {"links": self.links(page, last, url)}

    def answer(self, path: str, page: int, asked: int, texts: list[bytes]) -> bytes:
        """A page of these records; raises Refused."""
        given, said = self.size(asked)
        last = max(1, -(-len(texts) // given))
        shown_page = self.beyond(last) if page > last else page
        start = (shown_page - 1) * given if shown_page else len(texts)
        shown = texts[start : start + given]
        members = self.pagination(path, page, (given, said), len(texts), len(shown))
        pagination = json.dumps(members).encode()
        return b'{"response":[%b],"pagination":%b,"requestID":"r"}' % (b",".join(shown), pagination)
