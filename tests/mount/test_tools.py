"""The programs that people use on it do what they do on a disk."""

import os

import pytest

from account import ARCHIVE, FIELD, MARKETING, RESEARCH, by_email, users
from link_names import users_by_email
from sandbox import phone
from tools import output, rsync, tree

@pytest.fixture
def copy(tmp_path):
    return tmp_path / "copy"


def test_diff_of_the_mount_and_its_rsync_copy_is_empty(sandbox, mount, copy):
    fs = mount(sandbox)
    output("rsync", "-a", f"{fs.point}/", copy)
    assert output("diff", "-r", fs.point, copy) == ""
    assert len(tree(copy)) == len(tree(fs.point)) > 2750


def test_a_second_rsync_moves_nothing(sandbox, mount, copy):
    fs = mount(sandbox)
    assert len(rsync(f"{fs.point}/", copy)) > 2750
    assert rsync(f"{fs.point}/", copy) == []
    assert rsync("--checksum", f"{fs.point}/", copy) == []
    assert rsync("--modify-window=-1", f"{fs.point}/", copy) == []


def test_rsync_moves_nothing_after_an_unmount_and_a_new_mount(sandbox, mount, copy):
    first = mount(sandbox)
    rsync(f"{first.point}/", copy)
    first.stop()
    again = mount(sandbox)
    assert rsync("--delete", f"{again.point}/", copy) == []


CHANGES = {"another length": "+1 555", "the same length": None}


@pytest.mark.parametrize("number", CHANGES.values(), ids=CHANGES.keys())
def test_rsync_moves_exactly_the_user_whose_phone_changed(sandbox, mount, copy, number):
    fs = mount(sandbox)
    rsync(f"{fs.point}/", copy)
    sandbox.change(phone(1234588, number or "(IN)+91 9876543210"))
    fs.refresh()
    moved = rsync(f"{fs.point}/", copy)
    size = "s" if number else "."
    assert moved == [f">f.{size}t...... {users(MARKETING)}/1234588.json"]
    assert output("diff", "-r", fs.point, copy) == ""


def test_rsync_finds_the_change_when_the_time_to_live_is_over(sandbox, mount, copy, clock):
    fs = mount(sandbox, cache_ttl=60)
    source = f"{fs / users(MARKETING)}/"
    rsync(source, copy)
    sandbox.change(phone(1234567, "(IN)+91 9876543210"))
    clock.outlive(60)
    assert rsync(source, copy) == [">f..t...... 1234567.json"]


def test_rsync_delete_deletes_who_was_removed_and_adds_who_came(sandbox, mount, copy):
    fs = mount(sandbox)
    rsync(f"{fs.point}/", copy)
    removed, added = sandbox.user_ids(RESEARCH)[100], 5000000
    [gone] = [name for name, id in users_by_email(sandbox, RESEARCH).items() if id == removed]
    sandbox.change({"remove": removed}, {"add": ARCHIVE, "id": added})
    [came] = users_by_email(sandbox, ARCHIVE)
    fs.refresh()
    moved = rsync("--delete", f"{fs.point}/", copy)
    assert sorted(moved) == [
        f"*deleting   {by_email(RESEARCH)}/{gone}",
        f"*deleting   {users(RESEARCH)}/{removed}.json",
        f">f+++++++++ {users(ARCHIVE)}/{added}.json",
        f"cL+++++++++ {by_email(ARCHIVE)}/{came} -> ../users/{added}.json",
    ]


def test_cp_keeps_bytes_and_times(sandbox, mount, copy):
    fs = mount(sandbox)
    output("cp", "-a", fs.point, copy)
    assert output("diff", "-r", fs.point, copy) == ""
    for name in os.listdir(fs / users(RESEARCH)):
        source, target = fs / users(RESEARCH) / name, copy / users(RESEARCH) / name
        assert os.stat(source).st_mtime_ns == os.stat(target).st_mtime_ns


def test_tar_packs_all_and_unpacks_the_same(sandbox, mount, copy):
    fs = mount(sandbox)
    archive = copy.with_suffix(".tar")
    output("tar", "-C", fs.point, "-cf", archive, ".")
    assert len(output("tar", "-tf", archive).splitlines()) == len(tree(fs.point)) + 1
    copy.mkdir()
    output("tar", "-C", copy, "-xf", archive)
    assert tree(copy) == tree(fs.point)
    assert output("tar", "-C", fs.point, "-df", archive) == ""


def test_grep_finds_a_person(sandbox, mount):
    fs = mount(sandbox)
    found = output("grep", "-rl", "jane@example.com", fs.point)
    assert found == f"{fs / users(MARKETING)}/1234588.json\n"
    assert output("grep", "-rc", "userID", fs / users(RESEARCH)).count(":1\n") == 250


def test_find_finds_a_name(sandbox, mount):
    fs = mount(sandbox)
    name = sandbox.user_ids(FIELD)[1234]
    found = output("find", fs.point, "-name", f"{name}.json")
    assert found == f"{fs / users(FIELD)}/{name}.json\n"
    assert output("find", fs / users(RESEARCH), "-newermt", "2000-01-02").count("\n") >= 250


def test_many_readers_at_once_read_the_same(sandbox, mount):
    fs = mount(sandbox)
    script = f"find {fs / users(FIELD)} -type f -print0 | xargs -0 -P8 -n50 cat | wc -c"
    size = sum(entry.stat().st_size for entry in os.scandir(fs / users(FIELD)))
    assert int(output("sh", "-c", script)) == size


def test_jq_reads_every_file(sandbox, mount):
    fs = mount(sandbox)
    files = sorted((fs / users(FIELD)).iterdir())[:500]
    assert output("jq", ".userID", *files).split() == [file.stem for file in files]
