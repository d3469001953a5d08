"""Every numbered rule of docs/ names the tests that prove it."""

import re

from docs import ROOT

PAGES = [page.read_text() for page in sorted((ROOT / "docs").glob("*.md"))]
TESTS = sorted((ROOT / "tests").glob("*/*.py"))
CITATION = re.compile(r"^# semantics: (.+)\n(?:[@ \])].*\n)*def test_", re.MULTILINE)


def paragraphs() -> list[str]:
    return re.findall(r"^- \*\*([A-Z]\d+)\*\*", "\n".join(PAGES), re.MULTILINE)


def cited() -> set[str]:
    names = [name for path in TESTS for name in CITATION.findall(path.read_text())]
    return {label for line in names for label in line.split(", ")}


def test_every_paragraph_is_proved_by_a_test():
    assert len(paragraphs()) > 40
    assert set(paragraphs()) - cited() == set()


def test_no_two_paragraphs_have_the_same_number():
    assert sorted(set(paragraphs())) == sorted(paragraphs())


def test_no_test_cites_what_is_not_there():
    assert cited() - set(paragraphs()) == set()
