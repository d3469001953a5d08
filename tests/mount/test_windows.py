"""What the first list of a mount costs, in calls as the sandbox counts them, by its pages."""

import json
import os

import pytest

from account import PANEL, USER, users
from tools import output

pytestmark = [
    pytest.mark.exact_service("the calls are counted"),
    pytest.mark.slow,
    pytest.mark.plain("the unit tests play the pager with sanitizers"),
]

PAGES = [1, 2, 3, 10, 13, 100]
SIZES = {100: 1.15, 1000: 1.05}  # and how much more than the pages it may be, and one
LISTS = [(pages, size) for size in SIZES for pages in PAGES]


def calls_of_a_first_list(serve, mount, people: int, size: int, known: bool) -> int:
    sandbox = serve("--users", str(people), "--page-max", str(size))
    if not known:
        sandbox.fault(users(PANEL), lie_total=0, lie_pages=0)
    fs = mount(sandbox, per_page=size)
    assert len(os.listdir(fs / users(PANEL))) == people
    return sandbox.paths()[f"/{users(PANEL)}"]


@pytest.fixture(scope="session")
def table():
    """Prints what was found, for docs/costs.md, where one process ran all of it (pytest -s)."""
    found: dict[tuple, int] = {}
    yield found
    if len(found) < 4 * len(LISTS):
        return
    print("\n| pages | 100 a page | no total | 1,000 a page | no total |")
    print("| --- | --- | --- | --- | --- |")
    for pages in PAGES:
        cells = []
        for size in SIZES:
            for known in [True, False]:
                full, part = (found[pages, size, known, full] for full in [True, False])
                cells.append(str(full) if full == part else f"{part}–{full}")
        print("|", " | ".join([str(pages), *cells]), "|")


@pytest.mark.parametrize("full", [True, False], ids=["last page full", "last page half full"])
@pytest.mark.parametrize("known", [True, False], ids=["total known", "total not known"])
@pytest.mark.parametrize("pages, size", LISTS)
# semantics: F2
def test_a_first_list_costs_little_more_than_its_pages(
    serve, mount, table, pages, size, known, full
):
    people = pages * size - (0 if full else size // 2)
    calls = calls_of_a_first_list(serve, mount, people, size, known)
    table[pages, size, known, full] = calls
    assert calls <= SIZES[size] * pages + 1


@pytest.mark.parametrize("known", [True, False], ids=["total known", "total not known"])
@pytest.mark.parametrize("size", [150, 200, 500])
def test_so_does_one_of_another_page_size(serve, mount, size, known):
    assert calls_of_a_first_list(serve, mount, 13 * size, size, known) <= 1.15 * 13 + 1


# semantics: C3
@pytest.mark.parametrize("people", [1300, 10000])
@pytest.mark.parametrize("size", [100, 1000])
def test_the_price_that_check_tells_is_what_a_walk_costs(serve, mount, command, people, size):
    sandbox = serve("--users", str(people), "--page-max", str(size))
    done = command("--check", "--json", user_id=USER, api_url=sandbox.url, per_page=size)
    said = json.loads(done.stdout)
    sandbox.reset()
    fs = mount(sandbox, per_page=size)
    output("ls", "-lR", fs.point)
    assert said["walk_least"] <= sandbox.total() <= said["walk_most"]
