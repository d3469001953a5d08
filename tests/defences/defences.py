"""Reads what keeps an account, a key and a backup safe, and which test notices when it is gone.

It stands in `list`, beside this file. An entry there:

    a 404 is never ENOENT                        what is defended
        in answer_rows: 404, -EIO                where it stands, and what is taken out
        => 404, -ENOENT                          what comes in its place; without: nothing
        by answer_is_never_that_a_thing_is_gone  who notices: a unit test, the id of a pytest
                                                 (on the build that stands in it), or a program
                                                 of tools/ with what it must say

Where: the name of a function, of a table or of a macro, in whatever file of src/ it is. Or the path of
a file. Spaces and ends of lines do not matter in C; "\\n" is an end of a line where they do. What is
taken out stands there exactly once.
"""

import re
from pathlib import Path
from typing import NamedTuple

ENTRY = re.compile(
    r"(?P<name>\S.*)\n    in (?P<where>\S+): (?P<old>.*)\n(    => (?P<new>.*)\n)?    by (?P<noticed_by>.*)\n"
)
TOKEN = re.compile(
    r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|\w+|->|\+\+|--|&&|\|\||<<|>>|[=!<>+*/|&-]=|\S'
)
SOURCES = ["src/**/*.c", "src/**/*.h"]


class Defence(NamedTuple):
    name: str
    where: str
    old: str
    new: str
    noticed_by: str


class Place(NamedTuple):
    path: Path
    start: int
    end: int


def tokens(text: str) -> list[str]:
    return TOKEN.findall(text)


def pattern(text: str) -> re.Pattern:
    """Finds that C, however it is set."""
    between = [r"\s*"] * len(tokens(text))
    words = tokens(text)
    for i in range(1, len(words)):
        if re.match(r"\w", words[i]) and re.match(r"\w", words[i - 1][-1]):
            between[i] = r"\s+"
    found = "".join(space + re.escape(word) for space, word in zip(["", *between[1:]], words))
    start = r"(?<!\w)" if re.match(r"\w", found) else ""
    end = r"(?!\w)" if re.match(r"\w", words[-1][-1]) else ""
    return re.compile(start + found + end)


def definitions(text: str, name: str) -> list[tuple[int, int]]:
    """Where the text defines a function, a table or a macro of that name."""
    kinds = [
        rf"^\w[^;{{}}]*?\b{name}\((?:[^;{{}}])*?\)\s*\{{.*?^\}}",
        rf"^\w[^;{{}}()]*?\b{name}(?:\[[^]]*\])* = \{{.*?^\}}",
        rf"^#define {name}\b(?:[^\n]*\\\n)*[^\n]*\n",
    ]
    return [
        found.span() for kind in kinds for found in re.finditer(kind, text, re.MULTILINE | re.DOTALL)
    ]


def places(top: Path, defence: Defence) -> list[Place]:
    """Where it stands. One, if all is well."""
    found = []
    exact = "\n" in defence.old or not defence.where.endswith((".c", ".h"))
    if "." in defence.where:
        wanted = re.compile(re.escape(defence.old)) if exact else pattern(defence.old)
        path = top / defence.where
        return [Place(path, *one.span()) for one in wanted.finditer(path.read_text())]
    wanted = pattern(defence.old)
    for path in sorted(path for glob in SOURCES for path in top.glob(glob)):
        text = path.read_text()
        if defence.where in text:
            for start, end in definitions(text, defence.where):
                found += [Place(path, *one.span()) for one in wanted.finditer(text, start, end)]
    return found


def read() -> list[Defence]:
    text = (Path(__file__).parent / "list").read_text()
    entries = [entry for entry in text.split("\n\n") if not entry.startswith("#")]
    found = []
    for entry in entries:
        match = ENTRY.fullmatch(entry.rstrip("\n") + "\n")
        assert match, f"no entry: {entry}"
        parts = {name: part or "" for name, part in match.groupdict().items()}
        if "." in parts["where"]:
            parts |= {name: parts[name].replace("\\n", "\n") for name in ("old", "new")}
        found.append(Defence(**parts))
    return found


DEFENCES = read()
