"""organizations/ORG/users: everybody of an organization, people in no department included."""

import csv
import errno
import json
import os

import pytest

from account import DEPARTMENTS, EVERYBODY, MARKETING, NO_DEPARTMENT, ORG, ORGANIZATION, RESEARCH
from account import USER, file_names, users
from tools import error_of, output, rsync, tree

NOBODYS = 77  # a user in no department
NAMES = ["users", "by-email", "users.jsonl", "users.csv"]
WHO = {"add": NO_DEPARTMENT, "id": NOBODYS, "set": {"emailAddress": "free@example.com"}}


@pytest.fixture
def account(sandbox):
    sandbox.change(WHO)
    return sandbox


# semantics: N10
def test_it_holds_everybody_by_name_and_is_not_listed(account, mount):
    fs = mount(account)
    listed = tree(fs.point)
    assert sorted(os.listdir(fs / ORGANIZATION)) == ["departments", "organization.json"]
    assert not error_of(os.stat, fs / f"{ORGANIZATION}/users")
    everybody = os.listdir(fs / EVERYBODY)
    assert everybody[0] == f"{NOBODYS}.json" and len(everybody) == 2753
    assert everybody == file_names(int(name.removesuffix(".json")) for name in everybody)
    assert os.readlink(fs / f"{ORGANIZATION}/by-email/free@example.com") == f"../users/{NOBODYS}.json"
    lines = (fs / f"{EVERYBODY}.jsonl").read_bytes().splitlines()
    assert json.loads(lines[0])["departmentID"] == 0 and len(lines) == 2753
    with open(fs / f"{EVERYBODY}.csv", newline="", encoding="utf-8") as file:
        assert len(list(csv.reader(file, strict=True))) == 2754
    assert tree(fs.point) == listed


# semantics: N10
def test_a_person_is_the_same_file_there_and_in_their_department(account, mount):
    fs = mount(account)
    for department in [MARKETING, RESEARCH]:
        for name in os.listdir(fs / users(department)):
            one, other = fs / users(department) / name, fs / EVERYBODY / name
            assert one.read_bytes() == other.read_bytes()
            assert os.stat(one) == os.stat(other)


# semantics: N10
def test_a_backup_holds_each_person_once_or_everybody_if_that_is_asked_for(account, mount, tmp_path):
    plain, full = tmp_path / "plain", tmp_path / "full"
    rsync("-a", f"{mount(account) / 'organizations'}/", plain)
    fs = mount(account, show_organization_users=True)
    assert os.listdir(fs / ORGANIZATION)[-2:] == ["users", "by-email"]
    rsync("-a", f"{fs / 'organizations'}/", full)
    found = [path.name for path in plain.rglob("*.json") if path.parent.name == "users"]
    assert len(found) == len(set(found)) == 2752
    assert len(list((full / str(ORG) / "users").iterdir())) == 2753
    assert (full / str(ORG) / "users" / f"{NOBODYS}.json").is_file()
    assert output("diff", "-r", plain / str(ORG) / "departments", full / str(ORG) / "departments") == ""


# semantics: N10
def test_its_files_are_listed_if_both_are_asked_for(account, mount):
    fs = mount(account, show_organization_users=True, show_exports=True)
    assert os.listdir(fs / ORGANIZATION)[-4:] == NAMES
    fs = mount(account, show_exports=True)
    assert not set(os.listdir(fs / ORGANIZATION)) & set(NAMES)


# semantics: N10
def test_a_key_that_may_not_read_it_loses_nothing_else(account, mount):
    account.fault(EVERYBODY, status=403)
    fs = mount(account, show_organization_users=True)
    for name in NAMES[2:]:
        assert error_of(open, fs / ORGANIZATION / name) == errno.EACCES
    assert error_of(os.listdir, fs / EVERYBODY) == errno.EACCES
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    assert os.listdir(fs / ORGANIZATION)[:2] == ["departments", "organization.json"]
    assert not error_of(os.stat, fs / ORGANIZATION / "organization.json")
    fs.expect_log(f"{EVERYBODY}: HTTP 403")


# semantics: N10
def test_somebody_of_another_organization_makes_it_an_error(account, mount):
    account.change({"change": 1234588, "set": {"organizationID": ORG + 1}})
    fs = mount(account)
    assert error_of(os.listdir, fs / EVERYBODY) == errno.EBADMSG
    fs.expect_log("somebody on it is of another organization")
    assert len(os.listdir(fs / users(RESEARCH))) == 250


def read_all(fs, departments) -> None:
    for department in departments:
        os.listdir(fs / users(department))


# semantics: N10
@pytest.mark.parametrize("record_first", [True, False])
def test_it_is_logged_once_if_the_departments_show_fewer_than_user_count(sandbox, mount, record_first):
    sandbox.change({"remove": 1234588})
    fs = mount(sandbox)
    record = fs / ORGANIZATION / "organization.json"
    departments = [int(name) for name in os.listdir(fs / DEPARTMENTS) if name.isdigit()]
    said = "userCount says 2752, and the users of all departments are 2751"
    if record_first:
        record.read_bytes()
    read_all(fs, departments[:-1])
    assert not fs.logged(said)
    read_all(fs, departments[-1:])
    record.read_bytes()
    read_all(fs, departments)
    assert len(fs.logged(said)) == 1
    fs.expect_log(said)


def test_nothing_is_logged_if_the_departments_show_all(sandbox, mount):
    fs = mount(sandbox)
    assert len(output("cat", fs / ORGANIZATION / "organization.json")) > 0
    read_all(fs, [int(name) for name in os.listdir(fs / DEPARTMENTS) if name.isdigit()])
    assert not fs.logged("userCount")


# -------- qpfs --check --------


def people(command, account, **options) -> dict:
    done = command("--check", "--json", user_id=USER, api_url=account.url, **options)
    assert done.returncode == 0
    [finding] = [one for one in json.loads(done.stdout)["findings"] if one["what"] == "people"]
    return finding


# semantics: C8
def test_check_compares_the_list_with_user_count(sandbox, command):
    said = people(command, sandbox)
    assert said["state"] == "ok" and said["remedy"] is None
    assert said["text"] == f"{ORG}: the list of all users has 2752, as userCount says"
    sandbox.change(WHO)
    said = people(command, sandbox)
    assert said["state"] == "note" and "show_organization_users" in said["remedy"]
    assert said["text"] == f"{ORG}: the list of all users has 2753, which is not what userCount says"


# semantics: C8
def test_check_says_that_no_user_count_is_known(sandbox, command):
    body = f'{{"response":{{"organizationID":{ORG}}},"requestID":"r"}}'
    sandbox.fault(ORGANIZATION, status=200, body=body)
    said = people(command, sandbox)
    assert said["state"] == "note" and "show_organization_users" in said["remedy"]
    assert said["text"] == f"{ORG}: the list of all users has 2752, and no userCount is known"


# semantics: C8
def test_check_goes_on_where_the_key_may_not_read_the_list(sandbox, command):
    sandbox.fault(EVERYBODY, status=403)
    said = people(command, sandbox)
    assert said["state"] == "note" and "people in no department can't be shown" in said["text"]


def test_check_counts_the_list_in_what_a_walk_costs(sandbox, command, mount):
    def walk(**options) -> tuple[int, int]:
        found = command("--check", "--json", user_id=USER, api_url=sandbox.url, **options)
        said = json.loads(found.stdout)
        return said["walk_least"], said["walk_most"]

    least, most = walk(show_organization_users=True)
    assert walk() < (least, most)
    before = sandbox.total()
    tree(mount(sandbox, show_organization_users=True).point)
    assert least <= sandbox.total() - before <= most
