"""All records of a list as one file: users.jsonl, users.csv and the like."""

import csv
import errno
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from account import (
    ARCHIVE,
    DEPARTMENTS,
    FIELD,
    HALF_PAIR,
    LONG_DIGITS,
    MARKETING,
    NUL_INSIDE,
    ORG,
    ORGANIZATION,
    PANEL,
    RESEARCH,
    users,
)
from gates import Gates
from sandbox import phone
from service import spread
from tools import ENOUGH, TRIES, error_of, output, rsync, run, tree, wait_until

MANY = 200_000
# What is listed, by the file that holds it all.
EXPORTS = {
    "communities": "communities",
    f"{ORGANIZATION}/departments": DEPARTMENTS,
    f"{DEPARTMENTS}/{RESEARCH}/users": users(RESEARCH),
}


def export(department: int, suffix: str) -> str:
    return f"{users(department)}.{suffix}"


def files_of(fs, directory: str) -> list[bytes]:
    """Of all records, in the order of the directory."""
    names = [name for name in os.listdir(fs / directory) if name != "by-name"]
    if directory == DEPARTMENTS:
        names = [f"{name}/department.json" for name in names]
    return [(fs / directory / name).read_bytes() for name in names]


def rows_of(path) -> list[list[str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file, strict=True))


# -------- where they are --------


# semantics: X1
def test_they_are_there_and_not_listed(sandbox, mount):
    fs = mount(sandbox)
    found = tree(fs.point)
    assert not [path for path in found if path.endswith((".jsonl", ".csv"))]
    for stem in EXPORTS:
        for suffix in ["jsonl", "csv"]:
            assert os.stat(fs / f"{stem}.{suffix}").st_size > 0
    assert tree(fs.point) == found


# semantics: X1
def test_they_are_listed_if_that_is_asked_for(sandbox, mount):
    fs = mount(sandbox, show_exports=True)
    assert os.listdir(fs.point) == ["communities", "organizations", "communities.jsonl", "communities.csv"]
    for stem in EXPORTS:
        directory, name = os.path.split(stem)
        listed = os.listdir(fs / directory)
        assert listed[-2:] == [f"{name}.jsonl", f"{name}.csv"]
        entries = {entry.name: entry for entry in os.scandir(fs / directory)}
        for suffix in ["jsonl", "csv"]:
            entry = entries[f"{name}.{suffix}"]
            assert entry.is_file() and entry.inode() == os.stat(entry.path).st_ino
    assert output("find", fs.point, "-name", "*.csv", "-type", "f").count("\n") == 6


def test_only_lists_have_them(sandbox, mount):
    fs = mount(sandbox, user_id=None, departments=f"{ORG}/{RESEARCH}", show_exports=True)
    for name in ["communities.csv", "users.csv", "organizations.csv"]:
        assert error_of(os.stat, fs / name) == errno.ENOENT
    assert os.listdir(fs.point) == ["organizations"]
    assert error_of(os.stat, fs / f"{users(RESEARCH)}/users.jsonl") == errno.ENOENT
    assert error_of(os.stat, fs / f"{ORGANIZATION}/departments.csv") == errno.ENOENT
    assert sorted(os.listdir(fs / ORGANIZATION)) == ["departments", "organization.json"]
    assert (fs / export(RESEARCH, "jsonl")).read_bytes().count(b"\n") == 250


def test_they_are_files(sandbox, mount):
    path = mount(sandbox) / export(RESEARCH, "csv")
    assert error_of(os.listdir, path) == errno.ENOTDIR
    assert error_of(os.stat, path / "x") == errno.ENOTDIR
    assert error_of(open, path, "a") == errno.EROFS
    assert error_of(os.unlink, path) == errno.EROFS
    assert os.stat(path).st_mode & 0o777 == 0o600


# -------- what they hold --------


# semantics: X2
def test_each_line_is_what_jq_makes_of_the_file(sandbox, mount):
    fs = mount(sandbox)
    for stem, directory in EXPORTS.items():
        lines = (fs / f"{stem}.jsonl").read_bytes().splitlines(keepends=True)
        files = files_of(fs, directory)
        assert len(lines) == len(files) > 1
        changed_by_jq = {HALF_PAIR, LONG_DIGITS} if directory == users(RESEARCH) else {}
        kept = [place for place in range(len(files)) if place not in changed_by_jq]
        compact = run("jq", "-c", ".", input=b"".join(files[place] for place in kept).decode())
        assert b"".join(lines[place] for place in kept) == compact.stdout.encode()


# semantics: X2
def test_what_jq_would_change_stays_as_it_is(sandbox, mount):
    sandbox.change({"change": sandbox.user_ids(MARKETING)[0], "set": {"phone": "\x7f", "lastName": "a:  b"}})
    fs = mount(sandbox)
    lines = (fs / export(RESEARCH, "jsonl")).read_bytes().splitlines()
    assert rb'"firstName":"Half \ud83d pair"' in lines[HALF_PAIR]
    assert rb'"firstName":"Nul\u0000inside"' in lines[NUL_INSIDE]
    assert b'"score":9007199254740993,"ratio":1.10,"tags":[]}' in lines[LONG_DIGITS]
    assert b'"lastName":"a:  b"' in (fs / export(MARKETING, "jsonl")).read_bytes()
    assert b'"phone":"\x7f"' in (fs / export(MARKETING, "jsonl")).read_bytes()


def cell(value) -> str:
    """The text of a cell, of a value read with its digits as text."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return {None: "", True: "true", False: "false"}.get(value, value)


# semantics: X3
@pytest.mark.parametrize("department", [MARKETING, RESEARCH, FIELD])
def test_the_table_is_what_the_csv_module_reads(sandbox, mount, department):
    fs = mount(sandbox)
    records = [
        json.loads(text, parse_int=str, parse_float=str)
        for text in files_of(fs, users(department))
    ]
    header, *rows = rows_of(fs / export(department, "csv"))
    names = {name: None for record in records for name in record}
    assert header == list(names)
    assert len(rows) == len(records)
    for place, (row, record) in enumerate(zip(rows, records)):
        if department == RESEARCH and place in {HALF_PAIR, NUL_INSIDE, LONG_DIGITS}:
            continue
        assert row == [cell(record.get(name)) for name in header]


# semantics: X3
def test_the_table_keeps_digits_and_escapes(sandbox, mount):
    header, *rows = rows_of(mount(sandbox) / export(RESEARCH, "csv"))
    name = header.index("firstName")
    assert rows[HALF_PAIR][name] == r"Half \ud83d pair"
    assert rows[NUL_INSIDE][name] == r"Nul\u0000inside"
    assert '"score":9007199254740993,"ratio":1.10,"tags":[]' in rows[LONG_DIGITS][-1]


# semantics: X3
def test_the_table_is_by_the_book(sandbox, mount):
    ids = sandbox.user_ids(MARKETING)
    sandbox.change(
        {"change": ids[0], "set": {"phone": "=1+1", "lastName": 'a "b", c', "firstName": None}},
        {"change": ids[1], "set": {"phone": "", "lastName": "two\nlines", "firstName": " é "}},
    )
    fs = mount(sandbox)
    text = (fs / export(MARKETING, "csv")).read_bytes().decode()
    assert text.endswith("\r\n") and text.count("\r\n") == 3
    assert ',=1+1,' in text and ',"a ""b"", c",' in text and ',"two\nlines",' in text
    assert '," é ",' in text
    header, first, second = rows_of(fs / export(MARKETING, "csv"))
    assert header.index("firstName") == 3 and text.splitlines()[1].split(",")[3] == "", "null"
    assert text.split("\r\n")[2].split(",")[6] == '""', "an empty string"
    assert (first[3], first[4], first[6]) == ("", 'a "b", c', "=1+1")
    assert (second[3], second[4], second[6]) == (" é ", "two\nlines", "")


# semantics: X3
def test_a_database_imports_the_table(sandbox, mount, tmp_path):
    fs = mount(sandbox)
    question = "select count(*), count(distinct userID), min(length(creationDate)) from users"
    shown = output("sqlite3", tmp_path / "db", f".import --csv {fs / export(FIELD, 'csv')} users", question)
    assert shown == "2500|2500|10\n"


def test_nobody_is_in_an_empty_file(sandbox, mount):
    fs = mount(sandbox)
    for suffix in ["jsonl", "csv"]:
        assert (fs / export(ARCHIVE, suffix)).read_bytes() == b""
        assert os.stat(fs / export(ARCHIVE, suffix)).st_size == 0


def test_the_tools_that_one_has(sandbox, mount):
    fs = mount(sandbox)
    path = fs / export(FIELD, "jsonl")
    assert output("wc", "-l", path).split()[0] == "2500"
    assert output("head", "-n", "1", fs / export(FIELD, "csv")).startswith("userID,departmentID,")
    id = sandbox.user_ids(FIELD)[1234]
    assert output("grep", f'"userID":{id},', path).count("\n") == 1
    assert output("tail", "-n", "1", path) == output("jq", "-c", ".", fs / users(FIELD) / f"{sandbox.user_ids(FIELD)[-1]}.json")
    assert int(output("jq", "-r", ".userID", path).splitlines()[1234]) == id
    assert output("cmp", path, path) == ""


# -------- what they cost --------


# semantics: X4
def test_they_cost_the_list_and_nothing_more(sandbox, mount):
    fs = mount(sandbox)
    os.stat(fs / users(FIELD))
    sandbox.reset()
    size = os.stat(fs / export(FIELD, "csv")).st_size
    assert sandbox.paths() == {f"/{users(FIELD)}": 3}
    assert len((fs / export(FIELD, "csv")).read_bytes()) == size
    size = os.stat(fs / export(FIELD, "jsonl")).st_size
    assert len((fs / export(FIELD, "jsonl")).read_bytes()) == size
    assert len(os.listdir(fs / users(FIELD))) == 2500
    assert sandbox.total() == 3


# semantics: X4
def test_a_listing_of_names_does_not_fetch_for_them(sandbox, mount):
    fs = mount(sandbox, show_exports=True)
    os.listdir(fs / DEPARTMENTS)
    sandbox.reset()
    assert "users.csv" in os.listdir(fs / f"{DEPARTMENTS}/{FIELD}")
    assert "communities.csv" in os.listdir(fs.point)
    assert sandbox.total() == 0


def test_many_at_once_make_one_fetch(sandbox, mount, spawn):
    sandbox.latency(300)
    fs = mount(sandbox)
    os.stat(fs / users(FIELD))
    sandbox.reset()
    paths = [fs / export(FIELD, suffix) for suffix in ["jsonl", "csv"] * 10]
    readers = [spawn("cksum", path) for path in paths]
    sums = {reader.communicate(timeout=60)[0].split()[0] for reader in readers}
    assert len(sums) == 2
    assert sandbox.total() == 3


# semantics: X5
def test_time_and_inode_are_the_same_on_every_mount(sandbox, mount):
    def shown() -> list[tuple]:
        fs = mount(sandbox)
        stats = [os.stat(fs / f"{stem}.{suffix}") for stem in EXPORTS for suffix in ["jsonl", "csv"]]
        return [(stat.st_ino, stat.st_mtime_ns, stat.st_size, stat.st_blocks) for stat in stats]

    first, second = shown(), shown()
    assert first == second
    assert len({stat[0] for stat in first}) == len({stat[1] for stat in first}) == 6


# semantics: X5
def test_the_time_is_of_the_day_of_the_youngest_record(sandbox, mount):
    fs = mount(sandbox)
    day = max(os.stat(entry.path).st_mtime_ns // 10**9 // 86400 for entry in os.scandir(fs / users(RESEARCH)))
    for suffix in ["jsonl", "csv"]:
        assert os.stat(fs / export(RESEARCH, suffix)).st_mtime_ns // 10**9 // 86400 == day
    assert time.gmtime(os.stat(fs / export(ARCHIVE, "csv")).st_mtime)[:3] == (2000, 1, 1)


# -------- what changes --------


# semantics: X5
def test_a_change_shows_and_an_open_file_keeps_its_bytes(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    path = fs / export(MARKETING, "csv")
    with open(path, "rb") as file:
        before, stat = path.read_bytes(), os.stat(path)
        sandbox.change(phone(sandbox.user_ids(MARKETING)[0], "0-before"))
        clock.outlive(60)
        after = path.read_bytes()
        assert after != before and b",0-before," in after
        assert os.stat(path).st_mtime_ns != stat.st_mtime_ns
        assert os.stat(path).st_ino == stat.st_ino
        assert file.read() == before


# semantics: X5
def test_the_same_records_are_not_read_again(sandbox, mount, clock):
    """The node and its pages outlive a refresh."""

    def reads(rounds: int) -> int:
        fs = mount(sandbox, cache_ttl=60, debug=True)
        for _ in range(rounds):
            for suffix in ["jsonl", "csv"]:
                assert (fs / export(RESEARCH, suffix)).read_bytes()
            clock.outlive(60)
        fs.stop()
        return fs.requests()["read"]

    def fetches() -> int:
        return sandbox.paths().get(f"/{users(RESEARCH)}", 0)

    def are_read_once() -> bool:
        before = fetches()
        again, once = reads(3), reads(1)
        assert fetches() == before + 4, "it was fetched again each time"
        return again == once >= 2

    assert any(are_read_once() for _ in range(TRIES))


def test_a_backup_takes_them_when_they_are_listed(sandbox, mount, tmp_path):
    fs = mount(sandbox, show_exports=True)
    rsync("--modify-window=-1", f"{fs.point}/", tmp_path / "copy")
    assert tree(tmp_path / "copy") == tree(fs.point)
    assert "communities.csv" in os.listdir(tmp_path / "copy")
    assert rsync("--modify-window=-1", f"{fs.point}/", tmp_path / "copy") == []
    fs = mount(sandbox)
    hidden = rsync("-n", "--delete", "--modify-window=-1", f"{fs.point}/", tmp_path / "copy")
    assert all(line.startswith("*deleting") and line.endswith((".jsonl", ".csv")) for line in hidden)


# -------- what goes wrong --------


def test_a_list_that_fails_is_that_error(sandbox, mount):
    sandbox.fault(users(MARKETING), status=403)
    fs = mount(sandbox)
    fs.expect_log("403")
    assert error_of(os.stat, fs / export(MARKETING, "csv")) == errno.EACCES
    assert error_of(open, fs / f"{DEPARTMENTS}/99/users.csv") == errno.ENOENT


# semantics: X6
def test_a_look_up_that_outlasts_the_timeout_finds_it_the_next_time(service, mount, clock):
    service.account.join(FIELD, *spread(2500))
    clock.slow_down()
    fs = mount(service, timeout=30, per_page=500, parallel=1)
    os.stat(fs / users(FIELD))
    gates = Gates(service, FIELD)
    with ThreadPoolExecutor(1) as pool:
        look = pool.submit(error_of, os.stat, fs / export(FIELD, "csv"))
        wait_until(lambda: gates.asked() == 1)
        clock.move(16)
        gates.pass_page()
        clock.move(16)
        assert look.result(ENOUGH) == errno.ETIMEDOUT
    fs.expect_log("looking up users.csv: still being read")
    gates.open()
    wait_until(lambda: error_of(os.stat, fs / export(FIELD, "csv")) == 0)
    assert len(rows_of(fs / export(FIELD, "csv"))) == 2501


# semantics: X6, E1
def test_one_with_too_many_columns_is_efbig_and_the_log_says_what_to_do(sandbox, mount):
    ids = sandbox.user_ids(RESEARCH)
    for part in range(4):
        fields = {f"field{part}_{i}": 1 for i in range(16400)}
        sandbox.change({"change": ids[part], "set": fields})
    fs = mount(sandbox)
    fs.expect_log(r"/users: making users.csv: .* 65,536 columns; read the files of the records instead")
    assert error_of(os.stat, fs / export(RESEARCH, "csv")) == errno.EFBIG
    assert len((fs / export(RESEARCH, "jsonl")).read_bytes().splitlines()) == len(ids)
    assert len(os.listdir(fs / users(RESEARCH))) == len(ids)


def test_sighup_fetches_them_anew(sandbox, mount):
    fs = mount(sandbox)
    before = (fs / export(MARKETING, "jsonl")).read_bytes()
    sandbox.change(phone(sandbox.user_ids(MARKETING)[0], "0-hup"))
    assert (fs / export(MARKETING, "jsonl")).read_bytes() == before
    fs.refresh()
    wait_until(lambda: b'"0-hup"' in (fs / export(MARKETING, "jsonl")).read_bytes())


# semantics: X6
def test_making_one_can_be_interrupted(serve, mount, spawn):
    fs = mount(serve("--users", str(MANY)))
    os.listdir(fs / users(PANEL))
    for number in [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]:
        # Into a pipe that nobody reads, so that it never ends by itself.
        reader = spawn("cat", fs / export(PANEL, "csv"))
        time.sleep(0.05)  # not for readiness: so that it is in the midst of it, most times
        reader.send_signal(number)
        assert reader.wait(ENOUGH) == -number
    assert sum(1 for _ in open(fs / export(PANEL, "jsonl"), "rb")) == MANY
