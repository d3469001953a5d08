"""The bytes of files: the record as the API sent it, laid out as jq does."""

import json
import os
import subprocess

import pytest

from account import (
    DEPARTMENTS,
    HALF_PAIR,
    LONG_DIGITS,
    MARKETING,
    NUL_INSIDE,
    ORGANIZATION,
    RESEARCH,
    USER,
    users,
)
from tools import output


def jq(text: bytes) -> bytes:
    done = subprocess.run(["jq", "."], input=text, capture_output=True, check=True)
    return done.stdout


# semantics: B1
def test_files_of_users_are_what_jq_makes_of_the_records(sandbox, mount):
    fs = mount(sandbox)
    changed_by_jq = {HALF_PAIR, LONG_DIGITS}
    for department in [MARKETING, RESEARCH]:
        ids = sandbox.user_ids(department)
        ids = [id for place, id in enumerate(ids) if place not in changed_by_jq]
        records = b"\n".join(sandbox.user(id) for id in ids)
        files = b"".join((fs / users(department) / f"{id}.json").read_bytes() for id in ids)
        assert files == jq(records)


def test_other_records_are_what_jq_makes_of_them(sandbox, mount):
    fs = mount(sandbox)
    department = f"{DEPARTMENTS}/{RESEARCH}"
    assert (fs / department / "department.json").read_bytes() == jq(sandbox.record(department))
    listed = json.loads(sandbox.get(f"micropanel/users/{USER}/communities"))["response"]
    for record in listed:
        text = json.dumps(record, ensure_ascii=False).encode()
        assert (fs / f"communities/{record['id']}.json").read_bytes() == jq(text)


def test_numbers_of_the_organization_keep_their_digits(sandbox, mount):
    text = (mount(sandbox) / ORGANIZATION / "organization.json").read_text()
    for digits in ["9007199254740993", "1.10", "2.50e-2"]:
        assert f": {digits}" in text
    assert "\\/" not in text and "—" in text and '\\"lead\\"' in text


# semantics: B2
def test_numbers_of_a_user_keep_their_digits(sandbox, mount):
    id = sandbox.user_ids(RESEARCH)[LONG_DIGITS]
    text = (mount(sandbox) / users(RESEARCH) / f"{id}.json").read_text()
    fields = '"score": 9007199254740993,\n    "ratio": 1.10,\n    "tags": []\n  }\n}\n'
    assert text.endswith(fields)


# semantics: B2
def test_a_lone_surrogate_and_a_nul_stay_escapes(sandbox, mount):
    fs, ids = mount(sandbox), sandbox.user_ids(RESEARCH)
    half = (fs / users(RESEARCH) / f"{ids[HALF_PAIR]}.json").read_bytes()
    assert rb'"firstName": "Half \ud83d pair"' in half
    nul = (fs / users(RESEARCH) / f"{ids[NUL_INSIDE]}.json").read_bytes()
    assert rb'"firstName": "Nul\u0000inside"' in nul


EXTREMES = [
    ("-0.0", "-0.0"),
    ("1E+400", "1E+400"),
    ("123456789012345678901234567890", "123456789012345678901234567890"),
    ('"\\u0041\\u00e9\\ud83d\\ude00"', '"Aé😀"'),
    ('"\\u0001\\t\\u001f"', '"\\u0001\\t\\u001f"'),
    ("[ ]", "[]"),
    ("{ }", "{}"),
    ("[1,[2,{}]]", "[\n    1,\n    [\n      2,\n      {}\n    ]\n  ]"),
]


# semantics: T3
@pytest.mark.parametrize("sent, shown", EXTREMES, ids=[sent for sent, _ in EXTREMES])
def test_values_are_laid_out_and_not_changed(sandbox, mount, sent, shown):
    sandbox.change({"raw": 1234588, "text": f'{{"userID":1234588,"x":{sent}}}'})
    file = mount(sandbox) / users(MARKETING) / "1234588.json"
    assert file.read_text() == f'{{\n  "userID": 1234588,\n  "x": {shown}\n}}\n'


# semantics: B1
def test_unknown_fields_are_shown_in_the_order_received(sandbox, mount):
    text = '{"zebra":1,"userID":1234588,"apple":{"b":1,"a":2},"firstName":"x"}'
    sandbox.change({"raw": 1234588, "text": text})
    file = mount(sandbox) / users(MARKETING) / "1234588.json"
    assert file.read_bytes() == jq(text.encode())


# semantics: B3
def test_sizes_are_exact_before_any_read(sandbox, mount):
    fs = mount(sandbox)
    sizes = {entry.name: entry.stat().st_size for entry in os.scandir(fs / users(RESEARCH))}
    assert len(sizes) == 250
    for name, size in sizes.items():
        assert len((fs / users(RESEARCH) / name).read_bytes()) == size


def test_reading_in_pieces_and_past_the_end(sandbox, mount):
    file = mount(sandbox) / users(MARKETING) / "1234567.json"
    whole = file.read_bytes()
    with open(file, "rb", buffering=0) as opened:
        assert opened.seek(10) and opened.read(7) == whole[10:17]
        opened.seek(len(whole))
        assert opened.read(100) == b""
        opened.seek(len(whole) + 5000)
        assert opened.read(100) == b""


def test_every_file_ends_in_one_newline(sandbox, mount):
    fs = mount(sandbox)
    last = output("find", fs / ORGANIZATION, "-name", "*.json", "-size", "0")
    assert last == ""
    for name in os.listdir(fs / users(RESEARCH)):
        assert (fs / users(RESEARCH) / name).read_bytes().endswith(b"\n}\n")


def test_a_large_record_is_read_whole(sandbox, mount):
    long = "é" * 300_000
    sandbox.change({"change": 1234588, "set": {"lastName": long}})
    file = mount(sandbox) / users(MARKETING) / "1234588.json"
    assert json.loads(file.read_text())["lastName"] == long
    assert os.stat(file).st_size > 600_000
