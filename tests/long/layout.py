"""Our own layout of a record, to compare with: as `jq .`, but no digit or letter is changed."""

import json
import re

TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<plain>[-+.\w]+)|(?P<mark>[{}\[\],:]))', re.DOTALL
)
SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        assert match, text[at : at + 40]
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def character(c: str) -> str:
    if c in SHORT:
        return SHORT[c]
    if c < " " or 0xD800 <= ord(c) <= 0xDFFF:
        return f"\\u{ord(c):04x}"
    return c


def string(literal: str) -> str:
    return '"' + "".join(map(character, json.loads(literal))) + '"'


def layout(text: str) -> bytes:
    """The bytes that a record's file must have."""
    out, depth = [], 0
    found = tokens(text)
    for i, (kind, value) in enumerate(found):
        before = found[i - 1][1] if i else ""
        if value in "}]" and kind == "mark":
            depth -= 1
            out.append("" if before in "{[" else "\n" + "  " * depth)
        elif before in ("{", "[", ","):
            out.append("\n" + "  " * depth)
        elif before == ":":
            out.append(" ")
        out.append(string(value) if kind == "string" else value)
        if kind == "mark" and value in "{[":
            depth += 1
    return "".join(out).encode() + b"\n"


def records(page: str) -> list[str]:
    """The records of an answer's array `response`, each as it stands there."""
    start = page.index('"response":[') + len('"response":[')
    found, at = [], start
    decoder = json.JSONDecoder()
    while page[at] != "]":
        end = decoder.raw_decode(page, at)[1]
        found.append(page[at:end])
        at = end + 1 if page[end] == "," else end
    return found
