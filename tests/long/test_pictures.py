"""The pictures of the documentation are of the program as it is."""

import re
from xml.etree import ElementTree

import pytest

from docs import ROOT
from tools import run

SAME = ["tour", "backup"]  # what --status shows depends on when one looks


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    target = tmp_path_factory.mktemp("pictures")
    done = run(ROOT / "tools/pictures", "-d", target, timeout=400)
    assert (done.returncode, done.stderr) == (0, "")
    return target


def words(path) -> list[str]:
    """The text of a picture, whatever the sizes and times are."""
    texts = ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")
    return [re.sub(r"\d+(\.\d+)*", "0", text.text) for text in texts]


@pytest.mark.parametrize("name", SAME)
def test_a_picture_that_is_made_again_says_the_same(pictures, name):
    assert words(pictures / f"{name}.svg") == words(ROOT / f"docs/pictures/{name}.svg")


def test_the_status_that_is_watched_moves(pictures):
    frames = set(re.findall(r"\d+/\d+ pages", (pictures / "status.svg").read_text()))
    assert len(frames) > 3
