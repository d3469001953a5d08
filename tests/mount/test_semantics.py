"""Every numbered paragraph of docs/semantics.md names the tests that prove it."""

import re

from conftest import ROOT

PAGE = (ROOT / "docs/semantics.md").read_text()
TESTS = sorted((ROOT / "tests").glob("*/*.py"))
CITATION = re.compile(r"^# semantics: (.+)\n(?:[@ \])].*\n)*def test_", re.MULTILINE)


def paragraphs() -> set[str]:
    return set(re.findall(r"^- \*\*([A-Z]\d+)\*\*", PAGE, re.MULTILINE))


def cited() -> set[str]:
    names = [name for path in TESTS for name in CITATION.findall(path.read_text())]
    return {label for line in names for label in line.split(", ")}


def test_every_paragraph_is_proved_by_a_test():
    assert len(paragraphs()) > 40
    assert paragraphs() - cited() == set()


def test_no_test_cites_what_is_not_there():
    assert cited() - paragraphs() == set()
