"""An account without communities, or a key that may not read them."""

import errno
import os

import pytest

from account import COMMUNITIES, DEPARTMENTS, RESEARCH, USER, users

FORBIDDEN = f"micropanel/users/{USER}/communities"


# semantics: E2
def test_communities_that_are_forbidden_are_eacces_and_nothing_else_is(sandbox, mount):
    sandbox.fault(FORBIDDEN, status=403)
    fs = mount(sandbox)
    with pytest.raises(PermissionError) as caught:
        os.listdir(fs / "communities")
    assert caught.value.errno == errno.EACCES
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    fs.expect_log("HTTP 403")


# semantics: N3
@pytest.mark.parametrize("options", [{}, {"show_exports": True}], ids=["plain", "exports"])
def test_with_communities_no_there_are_none_and_no_call_is_made_for_them(sandbox, mount, options):
    fs = mount(sandbox, communities="no", **options)
    assert os.listdir(fs.point) == ["organizations"]
    for name in ["communities", "communities.jsonl", "communities.csv", "communities/by-name"]:
        assert not os.path.lexists(fs / name)
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    assert os.path.exists(fs / DEPARTMENTS / "by-name")
    assert FORBIDDEN not in sandbox.paths()


def test_with_communities_yes_there_are_some(sandbox, mount):
    fs = mount(sandbox, communities="yes")
    assert len(os.listdir(fs / "communities")) == 1 + len(COMMUNITIES)


# semantics: F2
def test_no_communities_by_one_answer_are_asked_for_again(sandbox, mount):
    nobody = '{"response":[],"pagination":{"totalItems":0}}'
    sandbox.fault(FORBIDDEN, body=nobody, times=1)
    fs = mount(sandbox, delay_connect=True)
    assert len(os.listdir(fs / "communities")) == 1 + len(COMMUNITIES)
    assert sandbox.paths() == {f"/{FORBIDDEN}": 2}


def test_check_proposes_communities_no_where_they_are_forbidden(sandbox, command):
    sandbox.fault(FORBIDDEN, status=403)
    options = {"user_id": USER, "api_url": sandbox.url}
    done = command("--check", **options)
    assert done.returncode == 1
    assert "may not read them, give communities=no" in done.stdout
    assert done.stdout.count("communities=no") == 1
    done = command("--check", communities="no", **options)
    assert (done.returncode, "communities" in done.stdout) == (0, False)


def test_check_proposes_nothing_of_the_kind_where_something_else_is_forbidden(sandbox, command):
    sandbox.fault(DEPARTMENTS, status=403)
    done = command("--check", user_id=USER, api_url=sandbox.url)
    assert (done.returncode, "communities=no" in done.stdout) == (1, False)
