"""What the sandbox's account holds before any change, and where the mount shows it."""

USER = 1234567
ORG = 2345678
ORGANIZATION = f"organizations/{ORG}"
DEPARTMENTS = f"{ORGANIZATION}/departments"
EVERYBODY = f"{ORGANIZATION}/users"
NO_DEPARTMENT = 0
ARCHIVE, MARKETING, RESEARCH, FIELD = 1230, 1234, 1235, 1236  # 0, 2, 250 and 2,500 users
PANEL = 1237  # only with the sandbox's option --users
COMMUNITIES = [108852, 123456, 123457]
KEY = "f3f2c1d0-never-seen-outside"
NEXT_KEY = "a7b6e5d4-in-place-of-that-one"

# Users of the department RESEARCH whose text is hard to read, by their place in the list.
HALF_PAIR, NUL_INSIDE, LONG_DIGITS = 7, 11, 17


def users(department: int) -> str:
    """A department's users, below the mount point; with a slash before it, the API's path."""
    return f"{DEPARTMENTS}/{department}/users"


def by_email(department: int) -> str:
    return f"{DEPARTMENTS}/{department}/by-email"


def community_names(ids=COMMUNITIES) -> list[str]:
    """What communities/ lists."""
    return ["by-name", *file_names(ids)]


def department_names(*ids: int) -> list[str]:
    """What departments/ lists."""
    return ["by-name", *map(str, ids)]


def file_names(ids) -> list[str]:
    return [f"{id}.json" for id in sorted(ids)]
