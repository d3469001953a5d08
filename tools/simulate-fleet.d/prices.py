"""An account, and what its lists cost: the rules of docs/costs.md and src/api/plan.c."""

import re
from dataclasses import dataclass
from functools import lru_cache

MOST_DEPARTMENTS = 100_000
MOST_USERS = 10_000_000

# What a walk asks for beside the lists of users, one call each: your own record, the list of
# communities, the record of the organization, and the list of departments.
COMMON = ["me", "communities", "organization", "departments"]
ME, DEPARTMENTS = 0, 3


def window_end(at: int, size: int) -> int:
    """Where the window ends that holds a place and reaches furthest."""
    best = at + 1
    for s in range(size, 0, -1):
        if at + s <= best:
            break
        best = max(best, at - at % s + s)
    return best


@lru_cache(maxsize=None)
def calls_of_list(users: int, per_page: int) -> int:
    """As the first list of a mount takes. What comes after a page that is just full is looked at."""
    end, calls = per_page, 1
    while end < users or (end == users and users > 0):
        end = window_end(end - 1, per_page)
        calls += 1
    return calls


@dataclass(frozen=True)
class Account:
    """Departments by their number of users, in the order in which a walk meets them."""

    sizes: tuple[int, ...]
    per_page: int

    @property
    def users(self) -> int:
        return sum(self.sizes)

    @property
    def prices(self) -> list[int]:
        return [calls_of_list(size, self.per_page) for size in self.sizes]

    @property
    def walk_calls(self) -> int:
        return len(COMMON) + sum(self.prices)

    def in_one_list(self) -> "Account":
        """With the option one_list: everybody, and a list for each department without users."""
        empty = [size for size in self.sizes if size == 0]
        return Account((self.users, *empty), self.per_page)

    def department_of(self) -> list[int]:
        """Of each user, counted through all departments."""
        return [number for number, size in enumerate(self.sizes) for _ in range(size)]


def account_of(text: str, per_page: int) -> Account:
    """From words like 200x25 or 1x2500,10x20. ValueError says what is wrong."""
    sizes = []
    for word in text.split(","):
        match = re.fullmatch(r"(\d{1,9})x(\d{1,9})", word.strip())
        if not match:
            raise ValueError(f"{word!r} is not like 200x25, 200 departments of 25 users each")
        count, size = map(int, match.groups())
        if len(sizes) + count > MOST_DEPARTMENTS:
            raise ValueError(f"more than {MOST_DEPARTMENTS:,} departments are not simulated")
        sizes += [size] * count
    if not 0 < sum(sizes) <= MOST_USERS:
        raise ValueError(f"an account has from 1 to {MOST_USERS:,} users, and this has {sum(sizes):,}")
    return Account(tuple(sizes), per_page)
