"""Links by name and by address: what is there, where they lead, and what they cost."""

import errno
import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from account import (
    ARCHIVE,
    COMMUNITIES,
    DEPARTMENTS,
    FIELD,
    MARKETING,
    ORG,
    ORGANIZATION,
    RESEARCH,
    USER,
    by_email,
    file_names,
    users,
)
from gates import Gates
from link_names import communities_by_name, departments_by_name, expected_links, users_by_email
from sandbox import phone
from service import spread
from tools import ENOUGH, error_of, files_in, output, rsync, run, tree, wait_until

BY_COMMUNITY, BY_DEPARTMENT = "communities/by-name", f"{DEPARTMENTS}/by-name"
COMMUNITIES_CALL = f"/micropanel/users/{USER}/communities"


def links(top) -> dict[str, str]:
    """Every link below."""
    return {name: target for name, target in tree(top).items() if isinstance(target, str)}


def address(id: int, email) -> dict:
    return {"change": id, "set": {"emailAddress": email}}


@pytest.fixture
def fs(sandbox, mount):
    mounted = mount(sandbox)
    sandbox.reset()
    return mounted


# -------- what there is --------


# semantics: N5
def test_every_link_is_there_in_order_and_leads_to_its_record(sandbox, fs):
    assert links(fs.point) == expected_links(sandbox)
    assert os.listdir(fs / BY_COMMUNITY) == list(communities_by_name(sandbox))
    assert os.listdir(fs / BY_DEPARTMENT) == list(departments_by_name(sandbox))
    for department in [ARCHIVE, MARKETING, RESEARCH, FIELD]:
        assert os.listdir(fs / by_email(department)) == list(users_by_email(sandbox, department))


# semantics: N5
def test_links_are_relative_and_lead_where_the_contract_says(sandbox, fs):
    assert os.readlink(fs / BY_COMMUNITY / "Test Community") == "../123456.json"
    assert os.readlink(fs / BY_DEPARTMENT / "Marketing") == "../1234"
    assert os.readlink(fs / by_email(MARKETING) / "jane@example.com") == "../users/1234588.json"
    record = fs / users(MARKETING) / "1234588.json"
    assert output("cat", fs / by_email(MARKETING) / "jane@example.com") == record.read_text()
    assert os.listdir(fs / BY_DEPARTMENT / "Marketing" / "users") == os.listdir(record.parent)
    through = fs / BY_DEPARTMENT / "Marketing" / "by-email" / "jane@example.com"
    assert os.path.samefile(through, record)


def test_no_link_leads_nowhere_or_out_of_the_mount(sandbox, fs):
    assert output("find", fs.point, "-xtype", "l") == ""
    top = os.path.realpath(fs.point)
    for link in links(fs.point):
        assert os.path.realpath(fs / link).startswith(f"{top}/")


# semantics: N6
def test_names_are_escaped_and_cut(sandbox, mount):
    ids = sandbox.user_ids(RESEARCH)
    texts = ["../../etc/passwd", ".git", "a\nb\x1b[31m\x7f\x9b", "é" * 200, "x" * 254 + "é", "-rf"]
    sandbox.change(*[address(id, text) for id, text in zip(ids, texts)])
    sandbox.change({"rename_department": ARCHIVE, "name": "R&D / Labs"})
    sandbox.change({"community": COMMUNITIES[0], "set": {"name": "..\x01"}})
    fs = mount(sandbox)
    names = set(os.listdir(fs / by_email(RESEARCH)))
    assert {"%2E.%2F..%2Fetc%2Fpasswd", "%2Egit", "a%0Ab%1B[31m%7F%C2%9B", "-rf"} < names
    assert {"é" * 127, "x" * 254} < names
    assert "R&D %2F Labs" in os.listdir(fs / BY_DEPARTMENT)
    assert "%2E.%01" in os.listdir(fs / BY_COMMUNITY)
    assert links(fs.point) == expected_links(sandbox)


# semantics: N6
@pytest.mark.parametrize("value", ["", None, 5, ["a@b"], {"emailAddress": "a@b"}])
def test_a_record_without_a_name_has_no_link(sandbox, mount, value):
    sandbox.change(address(1234588, value))
    fs = mount(sandbox)
    assert os.listdir(fs / by_email(MARKETING)) == ["john@example.com"]
    assert os.listdir(fs / users(MARKETING)) == file_names([1234567, 1234588])


# semantics: N6
def test_a_department_of_nobody_with_an_address_has_an_empty_directory(sandbox, fs):
    assert os.listdir(fs / by_email(ARCHIVE)) == []


# semantics: N7
def test_records_of_the_same_name_all_get_their_id(sandbox, mount):
    ids = sandbox.user_ids(RESEARCH)
    a, b, c, d, e, f = ids[:6]
    same = "twins@example.com"
    sandbox.change(address(a, same), address(b, same), address(c, f"{same}~{a}"))
    sandbox.change(address(d, "Case@x"), address(e, "case@x"), address(f, f"{same}~{a}~{c}"))
    fs = mount(sandbox)
    place = fs / by_email(RESEARCH)
    assert not os.path.lexists(place / same)
    expected = {f"{same}~{a}": a, f"{same}~{b}": b, f"{same}~{a}~{c}": c, "Case@x": d, "case@x": e}
    expected[f"{same}~{a}~{c}~{f}"] = f
    for name, id in expected.items():
        assert os.readlink(place / name) == f"../users/{id}.json"
    assert links(fs.point) == expected_links(sandbox)


# semantics: N7
def test_names_are_the_same_on_every_mount(sandbox, mount):
    ids = sandbox.user_ids(RESEARCH)
    sandbox.change(*[address(id, ["x", "x~5", "y", "x/y"][id % 4]) for id in ids])
    first = mount(sandbox)
    facts = {name: (target, os.lstat(first / name)) for name, target in links(first.point).items()}
    first.stop()
    again = mount(sandbox)
    assert links(again.point) == {name: target for name, (target, _) in facts.items()}
    for name, (_, attr) in facts.items():
        seen = os.lstat(again / name)
        assert (seen.st_ino, seen.st_mtime_ns, seen.st_size) == (
            attr.st_ino,
            attr.st_mtime_ns,
            attr.st_size,
        )


# semantics: N9
def test_there_is_no_by_name_where_departments_are_given(sandbox, mount):
    fs = mount(sandbox, departments=f"{ORG}/{MARKETING}")
    sandbox.reset()
    assert os.listdir(fs / DEPARTMENTS) == [str(MARKETING)]
    assert error_of(os.stat, fs / BY_DEPARTMENT) == errno.ENOENT
    assert sandbox.total() == 0
    assert os.listdir(fs / by_email(MARKETING)) == ["jane@example.com", "john@example.com"]


# -------- attributes --------


# semantics: B11
def test_a_link_has_the_size_of_its_target_and_a_number_of_its_own(sandbox, fs):
    for name, target in links(fs.point).items():
        attr, record = os.lstat(fs / name), os.stat(fs / name)
        assert stat.S_ISLNK(attr.st_mode) and stat.S_IMODE(attr.st_mode) == 0o777
        assert (attr.st_size, attr.st_nlink, attr.st_blocks) == (len(target), 1, 0)
        assert attr.st_ino != record.st_ino
        assert attr.st_uid == os.getuid()
    inodes = [os.lstat(fs / name).st_ino for name in tree(fs.point)]
    assert len(set(inodes)) == len(inodes)


def test_readdir_and_lstat_agree_on_links(sandbox, fs):
    for directory in [BY_COMMUNITY, BY_DEPARTMENT, by_email(RESEARCH)]:
        for entry in os.scandir(fs / directory):
            assert entry.is_symlink()
            assert entry.inode() == os.lstat(entry.path).st_ino


# semantics: B11
def test_a_link_stays_as_it_is_when_something_else_of_its_record_changes(sandbox, fs):
    link = fs / by_email(MARKETING) / "jane@example.com"
    before, file_before = os.lstat(link), os.stat(link)
    sandbox.change(phone(1234588, "555-0100"))
    fs.refresh()
    wait_until(lambda: "555-0100" in link.read_text())
    after = os.lstat(link)
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert os.stat(link).st_mtime_ns != file_before.st_mtime_ns


def test_a_link_is_no_file_and_no_directory(sandbox, fs):
    link = fs / by_email(MARKETING) / "jane@example.com"
    assert error_of(os.open, link, os.O_RDONLY | os.O_NOFOLLOW) == errno.ELOOP
    assert error_of(os.listdir, link) == errno.ENOTDIR
    assert error_of(os.readlink, fs / users(MARKETING) / "1234588.json") == errno.EINVAL
    assert error_of(os.unlink, link) == error_of(os.symlink, "x", link.parent / "x") == errno.EROFS


# -------- calls --------


# semantics: N5
def test_a_cold_list_of_links_costs_the_list_and_the_files_nothing_more(sandbox, fs):
    output("ls", "-l", fs / BY_COMMUNITY)
    output("ls", "-l", fs / "communities")
    output("ls", "-l", fs / BY_DEPARTMENT)
    output("ls", fs / DEPARTMENTS)
    output("ls", "-l", fs / by_email(RESEARCH))
    output("ls", "-l", fs / users(RESEARCH))
    output("cat", *[entry.path for entry in os.scandir(fs / by_email(RESEARCH))])
    lists = [COMMUNITIES_CALL, f"/{DEPARTMENTS}", f"/{users(RESEARCH)}"]
    assert sandbox.paths() == dict.fromkeys(lists, 1)


def test_links_of_a_list_that_was_read_cost_nothing(sandbox, fs):
    output("ls", fs / "communities", fs / DEPARTMENTS, fs / users(MARKETING))
    sandbox.reset()
    output("ls", "-l", fs / BY_COMMUNITY, fs / BY_DEPARTMENT, fs / by_email(MARKETING))
    output("cat", fs / by_email(MARKETING) / "jane@example.com")
    assert sandbox.total() == 0


def test_a_walk_over_everything_costs_no_more_with_links(sandbox, fs):
    assert len(output("find", "-L", fs.point, "-size", "+0", "-type", "f")) > 5000
    lists = [COMMUNITIES_CALL, f"/{ORGANIZATION}", f"/{DEPARTMENTS}"]
    lists += [f"/{users(department)}" for department in [ARCHIVE, MARKETING, RESEARCH]]
    assert sandbox.paths() == dict.fromkeys(lists, 1) | {f"/{users(FIELD)}": 3}


def test_a_name_by_itself_costs_the_list_once(sandbox, fs):
    os.listdir(fs / DEPARTMENTS)
    sandbox.reset()
    assert os.readlink(fs / by_email(MARKETING) / "john@example.com")
    assert error_of(os.lstat, fs / by_email(MARKETING) / "nobody@example.com") == errno.ENOENT
    assert error_of(os.lstat, fs / by_email(MARKETING) / "JOHN@example.com") == errno.ENOENT
    assert sandbox.paths() == {f"/{users(MARKETING)}": 1}


IMPOSSIBLE = [".git", ".Trash-1000", ".hidden", "a\nb", "\x7f", b"\xff", b"\xc2\x9b", b"\xc3"]


# semantics: N8
def test_names_that_no_link_could_have_cost_nothing(sandbox, fs):
    os.listdir(fs / DEPARTMENTS)
    sandbox.reset()
    for directory in [BY_COMMUNITY, by_email(RESEARCH)]:
        for name in IMPOSSIBLE:
            path = os.fsencode(fs / directory) + b"/" + os.fsencode(name)
            assert error_of(os.lstat, path) == errno.ENOENT
        assert error_of(os.lstat, fs / directory / ("x" * 256)) == errno.ENAMETOOLONG
    assert sandbox.total() == 0


def test_the_directory_itself_costs_nothing(sandbox, fs):
    os.listdir(fs / DEPARTMENTS)
    sandbox.reset()
    for directory in [BY_COMMUNITY, BY_DEPARTMENT, by_email(RESEARCH)]:
        assert stat.S_ISDIR(os.stat(fs / directory).st_mode)
    assert sandbox.total() == 0


# -------- changes and failures --------


def test_a_new_address_is_a_new_name(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    place = fs / by_email(MARKETING)
    assert os.path.exists(place / "jane@example.com")
    sandbox.change(address(1234588, "janet@example.com"))
    clock.outlive(60)
    assert error_of(os.lstat, place / "jane@example.com") == errno.ENOENT
    assert os.readlink(place / "janet@example.com") == "../users/1234588.json"
    assert os.listdir(place) == ["janet@example.com", "john@example.com"]


# semantics: F7
def test_a_sighup_makes_names_be_looked_up_again(sandbox, fs):
    place = fs / by_email(MARKETING)
    output("ls", "-l", place)
    sandbox.change(address(1234588, "janet@example.com"))
    fs.refresh()
    wait_until(lambda: not os.path.lexists(place / "jane@example.com"))
    assert "janet@example.com" in (place / "janet@example.com").read_text()


def test_an_open_directory_goes_on_with_the_names_it_began_with(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    expected = list(users_by_email(sandbox, FIELD))
    with os.scandir(fs / by_email(FIELD)) as entries:
        seen = [next(entries).name]
        sandbox.change({"remove": sandbox.user_ids(FIELD)[0]})
        clock.outlive(60)
        assert len(os.listdir(fs / by_email(FIELD))) < len(expected)
        seen += [entry.name for entry in entries]
    assert seen == expected


@pytest.mark.parametrize("rule, error", [({"status": 403}, "EACCES"), ({"body": "["}, "EBADMSG")])
def test_a_list_that_failed_is_an_error_and_never_short(sandbox, mount, rule, error):
    sandbox.fault(users(RESEARCH), **rule)
    fs = mount(sandbox)
    fs.expect_log("error: ")
    assert error_of(os.listdir, fs / by_email(RESEARCH)) == getattr(errno, error)
    assert error_of(os.lstat, fs / by_email(RESEARCH) / "a@b") == getattr(errno, error)


def test_a_look_up_of_an_address_that_fails_leaves_no_address_in_the_log(service, mount, clock):
    service.account.join(FIELD, *spread(2500))
    clock.slow_down()
    fs = mount(service, timeout=30, per_page=500, parallel=1)
    os.stat(fs / by_email(FIELD))
    gates = Gates(service, FIELD)
    with ThreadPoolExecutor(1) as pool:
        look = pool.submit(error_of, os.lstat, fs / by_email(FIELD) / "jane@example.com")
        wait_until(lambda: gates.asked() == 1)
        clock.move(16)
        gates.pass_page()
        clock.move(16)
        assert look.result(ENOUGH) == errno.ETIMEDOUT
    gates.open()
    fs.expect_log(f"{users(FIELD)}: looking up by-email: still being read")
    assert not fs.logged("jane")


# -------- programs --------


def test_rsync_copies_links_and_then_moves_nothing(sandbox, mount, tmp_path):
    first = mount(sandbox)
    copy = tmp_path / "copy"
    moved = rsync("--delete", f"{first.point}/", copy)
    assert f"cL+++++++++ {BY_DEPARTMENT}/Marketing -> ../1234" in moved
    assert rsync("--delete", f"{first.point}/", copy) == []
    assert links(copy) == links(first.point)
    first.stop()
    assert rsync("--delete", f"{mount(sandbox).point}/", copy) == []


def test_rsync_moves_the_name_of_an_address_that_changed(sandbox, fs, tmp_path):
    source, copy = f"{fs / DEPARTMENTS / str(MARKETING)}/", tmp_path / "copy"
    rsync(source, copy)
    sandbox.change(address(1234588, "janet@example.com"))
    fs.refresh()
    assert sorted(rsync("--delete", source, copy)) == [
        "*deleting   by-email/jane@example.com",
        ">f.st...... users/1234588.json",
        "cL+++++++++ by-email/janet@example.com -> ../users/1234588.json",
    ]


def test_copies_that_follow_links_are_whole(sandbox, fs, tmp_path):
    department = fs / DEPARTMENTS / str(RESEARCH)
    output("cp", "-rL", department, tmp_path / "copy")
    found = files_in(tree(tmp_path / "copy"))
    named = users_by_email(sandbox, RESEARCH)
    assert len(found) == 1 + 250 + len(named)
    for name, id in named.items():
        assert found[f"by-email/{name}"] == found[f"users/{id}.json"]


def test_programs_meet_each_record_once_unless_they_follow(sandbox, fs):
    assert output("grep", "-rl", "jane@example.com", fs / DEPARTMENTS).count("\n") == 1
    wanted = ["-name", "jane@example.com"]
    assert output("find", fs / DEPARTMENTS, *wanted, "-type", "l").count("\n") == 1
    assert run("find", "-L", fs.point, "-type", "l").stdout == ""


# -------- a walk that outlasts the TTL --------

LOOKS = """
import os, sys
top = sys.argv[1]
os.listdir(f"{top}/users")
print("listed", flush=True)
for line in sys.stdin:
    word = line.strip()
    if word == "list":
        print(len(os.listdir(f"{top}/by-email")), flush=True)
    else:
        print(os.path.lexists(f"{top}/by-email/{word}"), flush=True)
"""


class Walker:
    """A process that has listed the users of a department and does what it is told to."""

    def __init__(self, directory):
        command = ["/usr/bin/python3", "-c", LOOKS, str(directory)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, bufsize=1, **pipes)
        assert self.process.stdout.readline() == "listed\n"

    def told(self, word: str) -> str:
        self.process.stdin.write(f"{word}\n")
        return self.process.stdout.readline().strip()

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(60) == 0


@pytest.fixture
def late(sandbox, mount, clock):
    """A walker that has read the users of a department; then everybody's address changed, and the
    TTL ended while it walked on."""
    clock.slow_down()
    fs = mount(sandbox, cache_ttl=60)
    before = list(users_by_email(sandbox, RESEARCH))
    walker = Walker(fs / DEPARTMENTS / str(RESEARCH))
    sandbox.change(*[address(id, f"new{id}") for id in sandbox.user_ids(RESEARCH)])
    sandbox.reset()
    for i in range(3):
        clock.outlive(24)
        walker.told(".nothing")
        os.stat(fs.point)
        if i == 0:
            assert walker.told("list") == str(len(before))
    yield sandbox, fs, walker, before
    walker.end()


# semantics: F10
def test_who_walks_finds_each_link_as_he_listed_it(late, clock):
    sandbox, fs, walker, before = late
    for _ in range(2):
        assert walker.told(before[5]) == "True"
        assert walker.told(before[5]) == "True", "within one look"
        clock.outlive(1)
    assert f"/{users(RESEARCH)}" not in sandbox.paths()
    assert walker.told(before[5]) == "False", "a third look"
    assert sandbox.paths()[f"/{users(RESEARCH)}"] == 1


# semantics: F10
def test_who_comes_anew_sees_the_new_names_and_so_does_the_walker_then(late):
    sandbox, fs, walker, before = late
    assert output("ls", fs / by_email(RESEARCH)).startswith("new")
    assert walker.told(before[5]) == "False"


# semantics: F10
@pytest.mark.parametrize("reads", [["users", "by-email"], ["by-email", "users"]])
def test_who_read_a_list_in_one_way_reads_it_late_in_the_other(sandbox, mount, clock, reads):
    """Without a call; and anew when he reads it again."""
    fs = mount(sandbox, cache_ttl=60)
    top = fs / DEPARTMENTS / str(RESEARCH)
    os.stat(top)
    program = """
import os, sys
top, first, second = sys.argv[1:]
def walk_on(): # no pause, though longer than the TTL
    for _ in range(4):
        print("on", flush=True)
        sys.stdin.readline()
        os.listdir(f"{top}/../..")
for name in [first, second, second]:
    os.listdir(f"{top}/{name}")
    walk_on()
"""
    sandbox.reset()
    command = ["/usr/bin/python3", "-c", program, top, *reads]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, bufsize=1, **pipes) as walker:
        for _ in range(12):
            assert walker.stdout.readline() == "on\n"
            clock.outlive(20)
            walker.stdin.write("\n")
    assert walker.returncode == 0
    assert sandbox.paths()[f"/{users(RESEARCH)}"] == 2
