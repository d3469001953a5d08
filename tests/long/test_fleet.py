"""What docs/fleet.md says of a fleet's costs is what tools/simulate-fleet reckons."""

import pytest

from docs import ROOT
from tools import output

TOOL = ROOT / "tools/simulate-fleet"
MINUTES_9 = 540
TABLES = [[], ["--limits"], ["--limits", "--one-list"]]


@pytest.mark.parametrize("arguments", TABLES, ids=" ".join)
def test_the_tables_of_the_page_are_what_the_tool_prints(arguments):
    printed = output(TOOL, *arguments, timeout=MINUTES_9)
    assert printed.count("\n") > 6
    assert printed in (ROOT / "docs/fleet.md").read_text()


def test_the_picture_of_the_page_is_what_the_tool_draws(tmp_path):
    assert output(TOOL, "--plot", tmp_path / "fleet.svg", timeout=MINUTES_9) == ""
    drawn = (tmp_path / "fleet.svg").read_text()
    assert drawn == (ROOT / "docs/pictures/fleet.svg").read_text()
