"""Services that say 404 of a list without anybody."""

import errno
import json
import os

import pytest

from account import ORG, USER, users
from service import spread
from tools import run

SALES, EMPTY = 1234, 1235
COMMUNITIES = f"micropanel/users/{USER}/communities"
OWN = {"httpStatusCode": 404, "id": 1040, "message": "The resource does not exist"}


def own(error: dict = OWN) -> tuple[int, bytes]:
    return 404, json.dumps({"response": {"error": error}}).encode()


def missing(*paths: str, answer=None):
    return lambda call: (answer or own()) if call.path.strip("/") in paths else None


@pytest.fixture
def two(service):
    """One department with people, one without."""
    service.account.join(SALES, *spread(3))
    service.account.join(EMPTY)
    service.instead = missing(users(EMPTY))
    return service


def error_of(path) -> int:
    with pytest.raises(OSError) as caught:
        os.listdir(path)
    return caught.value.errno


# semantics: E12
def test_a_404_for_a_list_is_an_error_that_names_the_option(two, mount):
    fs = mount(two)
    assert error_of(fs / users(EMPTY)) == errno.EIO
    fs.expect_log("HTTP 404.*empty_lists=404")


# semantics: T5
def test_many_404s_cost_the_list_of_departments_once_more(service, mount):
    numbers = range(1200, 1240)
    for number in numbers:
        service.account.join(number, 10 * number)
    service.instead = missing(*(users(number) for number in numbers[::2]))
    fs = mount(service)
    fs.expect_log("HTTP 404")
    found = run("find", fs / "organizations", "-name", "1*0.json")
    assert found.stdout.count(".json") == 20
    assert found.stderr.count("/users’: Input/output error") == 20
    lists = [call for call in service.calls if call.path == f"/organizations/{ORG}/departments"]
    assert len(lists) == 2


# semantics: E12
def test_a_404_of_the_service_itself_is_an_empty_list_with_the_option(two, mount):
    fs = mount(two, empty_lists=404)
    assert os.listdir(fs / users(EMPTY)) == []
    assert len(os.listdir(fs / users(SALES))) == 3
    two.reset()
    assert os.listdir(fs / users(EMPTY)) == []
    assert two.calls == []


# semantics: E12
@pytest.mark.parametrize("body", [b"", b"<html>404 Not Found</html>", b'{"message":"no route"}'])
def test_a_404_of_a_proxy_is_an_error_with_the_option_too(two, mount, body):
    two.instead = missing(users(EMPTY), answer=(404, body))
    fs = mount(two, empty_lists=404)
    assert error_of(fs / users(EMPTY)) == errno.EIO
    fs.expect_log("HTTP 404")


# semantics: E12
def test_a_404_for_the_users_of_a_department_that_is_gone_is_enoent(two, mount):
    fs = mount(two, empty_lists=404)
    with os.scandir(fs / f"organizations/{ORG}/departments"):
        directory = os.open(fs / users(EMPTY).removesuffix("/users"), os.O_PATH)
    del two.account.departments[EMPTY]
    fs.refresh()
    with pytest.raises(FileNotFoundError):
        os.listdir(f"/proc/self/fd/{directory}/users")
    os.close(directory)


# semantics: E12
def test_a_list_that_had_people_is_read_twice_before_a_404_empties_it(two, mount):
    fs = mount(two, empty_lists=404)
    assert len(os.listdir(fs / users(SALES))) == 3
    fs.refresh()
    os.listdir(fs / f"organizations/{ORG}/departments")
    two.reset()
    refusals = []

    def once(call):
        if call.path == f"/{users(SALES)}" and not refusals:
            refusals.append(call)
            return own()
        return None

    two.instead = once
    assert len(os.listdir(fs / users(SALES))) == 3
    two.instead = missing(users(SALES))
    fs.refresh()
    os.listdir(fs / f"organizations/{ORG}/departments")
    two.reset()
    assert os.listdir(fs / users(SALES)) == []
    # twice, and the departments once more, for those that are held are older than the 404
    lists = [call.path for call in two.calls if "departments" in call.path]
    assert lists == [f"/{users(SALES)}"] * 2 + [f"/organizations/{ORG}/departments"]


# semantics: E12
def test_communities_are_empty_where_the_user_is_there(two, mount):
    two.instead = missing(COMMUNITIES)
    fs = mount(two, empty_lists=404)
    assert os.listdir(fs / "communities") == ["by-name"]
    two.instead = lambda call: own() if "users" in call.path else None
    fs.refresh()
    assert error_of(fs / "communities") == errno.EIO
    fs.expect_log("HTTP 404")


# semantics: E12
def test_departments_are_empty_where_the_organization_is_there(two, mount):
    departments = f"organizations/{ORG}/departments"
    two.instead = missing(departments)
    fs = mount(two, empty_lists=404)
    assert os.listdir(fs / departments) == ["by-name"]


# semantics: E12
def test_departments_are_not_empty_by_a_record_of_the_organization_from_before(two, mount):
    departments, organization = f"organizations/{ORG}/departments", f"organizations/{ORG}"
    fs = mount(two, empty_lists=404)
    assert sorted(os.listdir(fs / departments)) == ["1234", "1235", "by-name"]
    fs.refresh()
    assert (fs / organization / "organization.json").read_bytes()
    two.instead = missing(departments, organization)
    assert error_of(fs / departments) == errno.EIO
    fs.expect_log("HTTP 404")


# semantics: E12
def test_a_department_that_was_given_is_there_by_its_record(two, mount):
    record = {"departmentID": EMPTY, "organizationID": ORG, "name": "x"}
    one = f"/organizations/{ORG}/departments/{EMPTY}"
    said = {one: (200, json.dumps({"response": record}).encode()), f"/{users(EMPTY)}": own()}
    two.instead = lambda call: said.get(call.path)
    fs = mount(two, empty_lists=404, departments=f"{ORG}/{EMPTY}")
    assert os.listdir(fs / users(EMPTY)) == []
    said[one] = own()
    fs.refresh()
    assert error_of(fs / users(EMPTY)) == errno.EIO
    fs.expect_log("HTTP 404")


def test_check_names_the_option_for_an_empty_list(two, command):
    two.instead = missing(COMMUNITIES)
    options = {"user_id": USER, "api_url": two.url}
    done = command("--check", **options)
    assert done.returncode == 1
    assert "if there are none, give empty_lists=404" in done.stdout
    assert command("--check", empty_lists=404, **options).returncode == 0


@pytest.mark.parametrize("value", ["yes", "405", "40", "4040", ""])
def test_the_option_has_one_value(command, value, point):
    done = command(point, user_id=USER, empty_lists=value)
    assert (done.returncode, "empty_lists=" in done.stderr) == (1, True)
