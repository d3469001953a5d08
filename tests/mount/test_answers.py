"""Each directory of tests/answers is played to a mount, which shows what is expected there."""

import re
from pathlib import Path

import pytest

from account import KEY
from answers import Answers, Expectation, expected, seen
from docs import ROOT

EXPECTATIONS = sorted((ROOT / "tests/answers").glob("*/expect*"))

# A check asks for it as well, and goes on without.
LIST_OF_ALL = re.compile(r"organizations/\d+/users\?")


@pytest.mark.parametrize("path", EXPECTATIONS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_mount_shows_what_is_expected_of_these_answers(play, mount, command, path):
    expectation = Expectation.read(path)
    answers = play(path.parent)
    for kind in ["ls", "file", "error"]:
        if expectation.of(kind):
            look(answers, mount, expectation)
            break
    for _, pattern in expectation.of("check"):
        done = command("--check", key=KEY, api_url=answers.url, **expectation.options)
        assert re.search(pattern, done.stdout), done.stdout
    assert [path for path in answers.unknown if not LIST_OF_ALL.match(path)] == []


def look(answers: Answers, mount, expectation: Expectation):
    fs = mount(answers, **({"user_id": None} | expectation.options))
    for kind, name, value in expectation.rows:
        if kind in ["ls", "file", "error"]:
            assert seen(fs / name) == expected(kind, value), name
    for name, count in expectation.of("calls"):
        assert answers.asked[name] == int(count), name
    fs.expect_log(*(pattern for _, pattern in expectation.of("log")))


def test_there_is_something_expected_of_each_directory():
    directories = {path for path in (ROOT / "tests/answers").iterdir() if path.is_dir()}
    assert {path.parent for path in EXPECTATIONS} == directories
