"""docs/costs.md: each line of its table of accesses, counted by the sandbox."""

import pytest

from account import USER
from docs import Page
from tools import run

pytestmark = pytest.mark.exact_service("the calls are counted")

ACCESSES = [(access.strip("`"), int(calls)) for access, calls, _ in Page("docs/costs.md").tables()[0]]


# semantics: T5
@pytest.mark.parametrize("access, calls", ACCESSES)
def test_an_access_costs_what_the_page_says(sandbox, mount, access, calls):
    fs = mount(sandbox, user_id=USER)
    if access == "the mount":
        assert sandbox.total() == calls
        return
    for expected in [calls, 0]:
        sandbox.reset()
        run("sh", "-c", access, cwd=fs.point)
        assert sandbox.total() == expected


def test_the_table_has_what_people_do():
    assert len(ACCESSES) > 20
