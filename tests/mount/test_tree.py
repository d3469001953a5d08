"""Names: what is where, and in what order."""

import errno
import os

import pytest

from account import (
    ARCHIVE,
    DEPARTMENTS,
    FIELD,
    MARKETING,
    ORG,
    ORGANIZATION,
    RESEARCH,
    USER,
    community_names,
    department_names,
    file_names,
    users,
)
from tools import error_of, output


def test_the_root_holds_communities_and_organizations(sandbox, mount):
    assert os.listdir(mount(sandbox).point) == ["communities", "organizations"]


# semantics: N3
def test_without_a_user_id_there_are_no_communities(sandbox, mount):
    fs = mount(sandbox, user_id=None, organizations=ORG)
    assert os.listdir(fs.point) == ["organizations"]
    assert error_of(os.stat, fs / "communities") == errno.ENOENT
    assert os.listdir(fs / DEPARTMENTS) == department_names(1230, 1234, 1235, 1236)


def test_the_organization_is_found_from_the_user_id(sandbox, mount):
    assert os.listdir(mount(sandbox) / "organizations") == [str(ORG)]


def test_an_organization_holds_its_record_and_departments(sandbox, mount):
    fs = mount(sandbox)
    assert sorted(os.listdir(fs / ORGANIZATION)) == ["departments", "organization.json"]
    assert sorted(os.listdir(fs / f"{DEPARTMENTS}/1230")) == ["by-email", "department.json", "users"]


def test_directories_list_in_ascending_order_of_id(sandbox, mount):
    fs = mount(sandbox)
    assert os.listdir(fs / "communities") == community_names()
    assert os.listdir(fs / DEPARTMENTS) == department_names(1230, 1234, 1235, 1236)
    for department in [ARCHIVE, MARKETING, RESEARCH, FIELD]:
        ids = sandbox.user_ids(department)
        assert os.listdir(fs / users(department)) == file_names(ids)


# semantics: N1
def test_the_order_is_by_number_and_not_by_text_or_arrival(sandbox, mount):
    sandbox.change({"add": ARCHIVE, "id": 99999}, {"add": ARCHIVE, "id": 700, "at": "back"})
    sandbox.change({"add": ARCHIVE, "id": 1000, "at": "front"})
    fs = mount(sandbox)
    assert os.listdir(fs / users(ARCHIVE)) == file_names([700, 1000, 99999])


def test_an_empty_department_is_an_empty_directory(sandbox, mount):
    assert os.listdir(mount(sandbox) / users(ARCHIVE)) == []


def test_ls_and_find_and_cat_meet_everything(sandbox, mount):
    fs = mount(sandbox)
    total = 3 + 1 + 4 + 2 + 250 + 2500
    assert output("ls", "-lR", fs.point).count("\n-rw-------") == total
    assert output("find", fs.point, "-type", "f").count("\n") == total
    assert output("cat", fs / users(MARKETING) / "1234567.json").startswith("{\n")


def test_nothing_is_listed_that_is_not_a_directory_a_regular_file_or_a_link(sandbox, mount):
    fs = mount(sandbox)
    others = output("find", fs.point, "!", "-type", "f", "!", "-type", "d", "!", "-type", "l")
    assert others == ""


NO_RECORD = ["007.json", "0.json", "-1.json", "+5.json", "12x.json", "5.JSON", "5", ".json"]


@pytest.mark.parametrize("directory", ["communities", users(RESEARCH)])
def test_only_the_canonical_name_finds_a_record(sandbox, mount, directory):
    fs = mount(sandbox)
    known = os.listdir(fs / directory)[-1]
    names = [*NO_RECORD, f"0{known}", f"{known}.json", known[:-1], known.upper(), "9" * 255]
    for name in names:
        assert error_of(os.stat, fs / directory / name) == errno.ENOENT, name
    assert error_of(os.stat, fs / directory / ("9" * 256)) == errno.ENAMETOOLONG


# semantics: N4
def test_departments_can_be_given_where_the_key_may_not_list_them(sandbox, mount):
    sandbox.fault(DEPARTMENTS, status=403)
    fs = mount(sandbox, departments=f"{ORG}/{RESEARCH}:{ORG}/{MARKETING}")
    assert sorted(os.listdir(fs / DEPARTMENTS)) == ["1234", "1235"]
    assert os.listdir(fs / users(MARKETING)) == ["1234567.json", "1234588.json"]
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    assert b'"Marketing"' in (fs / f"{DEPARTMENTS}/1234/department.json").read_bytes()
    assert f"/{DEPARTMENTS}" not in sandbox.paths()


def test_given_departments_list_in_order_whatever_their_order_was(sandbox, mount):
    fs = mount(sandbox, departments=":".join(f"{ORG}/{id}" for id in [1236, 1230, 1235]))
    assert os.listdir(fs / DEPARTMENTS) == ["1230", "1235", "1236"]


# semantics: F1
def test_a_customer_who_moves_to_another_organization_is_seen_after_the_ttl(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    assert os.listdir(fs / "organizations") == [str(ORG)]
    moved = f'{{"response":{{"userID":{USER},"organizationID":{ORG + 1}}}}}'
    sandbox.fault(f"users/{USER}", body=moved)
    clock.outlive(60)
    assert os.listdir(fs / "organizations") == [str(ORG + 1)]
    assert error_of(os.stat, fs / ORGANIZATION) == errno.ENOENT


# semantics: T1, T2
def test_a_customer_whose_record_names_no_organization_empties_nothing(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    sandbox.fault(f"users/{USER}", body=f'{{"response":{{"userID":{USER},"organizationID":0}}}}')
    clock.outlive(60)
    assert error_of(os.listdir, fs / "organizations") == errno.EBADMSG
    assert error_of(os.stat, fs / ORGANIZATION) == errno.EBADMSG


# semantics: E2
def test_a_403_on_one_department_is_eacces_there_and_nowhere_else(sandbox, mount):
    sandbox.fault(users(RESEARCH), status=403)
    fs = mount(sandbox)
    fs.expect_log("HTTP 403")
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EACCES
    assert len(os.listdir(fs / users(FIELD))) == 2500
    assert len(os.listdir(fs / users(MARKETING))) == 2
    assert os.listdir(fs / f"{DEPARTMENTS}/1235") == ["users", "by-email", "department.json"]
    assert (fs / f"{DEPARTMENTS}/1235/department.json").read_bytes()
    assert os.listdir(fs / "communities") == community_names()
