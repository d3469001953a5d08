"""Calls cost money: how many of them what takes, counted by the sandbox."""

import errno
import os
import signal
from concurrent.futures import ThreadPoolExecutor

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
    users,
)
from noise import QUICK, SLOW
from tools import error_of, output, rsync, run, wait_until, wait_until_it_waits

WALK = {
    f"/micropanel/users/{USER}/communities": 1,
    f"/{ORGANIZATION}": 1,
    f"/{DEPARTMENTS}": 1,
    f"/{users(ARCHIVE)}": 1,
    f"/{users(MARKETING)}": 1,
    f"/{users(RESEARCH)}": 1,
    f"/{users(FIELD)}": 3,
}


def every_directory(fs):
    return [directory for directory, _, _ in os.walk(fs.point)]


def test_a_mount_is_one_call(sandbox, mount):
    mount(sandbox)
    assert sandbox.paths() == {f"/users/{USER}": 1}


def test_a_mount_of_given_organizations_is_one_call_that_serves(sandbox, mount):
    fs = mount(sandbox, organizations=ORG)
    (fs / ORGANIZATION / "organization.json").read_bytes()
    assert sandbox.paths() == {f"/{ORGANIZATION}": 1}


def test_a_mount_of_given_departments_is_one_call_that_serves(sandbox, mount):
    fs = mount(sandbox, user_id=None, departments=f"{ORG}/{MARKETING}")
    (fs / DEPARTMENTS / "1234/department.json").read_bytes()
    assert sandbox.paths() == {f"/{DEPARTMENTS}/{MARKETING}": 1}


# semantics: F2, F3
def test_a_walk_is_one_call_a_page_and_one_an_organization(sandbox, mount):
    fs = mount(sandbox)
    sandbox.reset()
    output("ls", "-lR", fs.point)
    assert sandbox.paths() == WALK


@pytest.mark.exact_service("it makes a noise of its own")
@pytest.mark.parametrize("rule", QUICK + SLOW, ids=str)
def test_an_answer_that_is_spoilt_is_asked_for_once_more(sandbox, mount, rule):
    every_other = {"seed": 1, "probability": 1, "most": 1, "rules": [rule]}
    sandbox.request("PUT", "/control/noise", every_other)
    assert len(os.listdir(mount(sandbox) / users(FIELD))) == 2500
    assert sandbox.paths() == {f"/users/{USER}": 1, f"/{DEPARTMENTS}": 1, f"/{users(FIELD)}": 3}
    assert sandbox.noise_made() == (2 * sandbox.total(), sandbox.total())


# semantics: B3, F3
def test_reading_every_file_costs_no_more(sandbox, mount):
    fs = mount(sandbox)
    sandbox.reset()
    assert run("grep", "-r", "nobody has this", fs.point).returncode == 1
    assert sandbox.paths() == WALK


# semantics: T5, F1
def test_the_same_walk_again_costs_nothing(sandbox, mount):
    fs = mount(sandbox)
    output("ls", "-lR", fs.point)
    sandbox.reset()
    output("ls", "-lR", fs.point)
    output("find", fs.point, "-ls")
    output("du", "-s", fs.point)
    run("grep", "-r", "userID", fs.point)
    assert sandbox.total() == 0


IMPOSSIBLE = [".git", ".Trash", "foo", "12x.json", "007.json", ".qpfsignore", "autorun.inf"]


# semantics: N2
def test_names_that_no_record_could_have_cost_nothing_in_a_cold_mount(sandbox, mount):
    fs = mount(sandbox)
    sandbox.reset()
    for directory in ["", "communities", "organizations", ORGANIZATION]:
        for name in IMPOSSIBLE:
            assert error_of(os.stat, fs / directory / name) == errno.ENOENT
    assert sandbox.total() == 0


def test_names_that_no_record_could_have_cost_nothing_anywhere(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    directories = [name for name in every_directory(fs) if "/by-" not in name]
    assert len(directories) == 1 + 2 + 1 + 1 + 4 * 2
    clock.outlive(60)
    sandbox.reset()
    for directory in directories:
        for name in IMPOSSIBLE:
            assert error_of(os.stat, f"{directory}/{name}") == errno.ENOENT
    # The way there is looked up again after the TTL; nothing else may be.
    assert set(sandbox.paths()) <= {f"/users/{USER}", f"/{DEPARTMENTS}"}


# semantics: F4
def test_statfs_access_and_attributes_cost_nothing(sandbox, mount):
    fs = mount(sandbox)
    sandbox.reset()
    for name in ["", "communities", "organizations"]:
        os.statvfs(fs / name)
        os.access(fs / name, os.R_OK)
        error_of(os.getxattr, fs / name, "security.selinux")
        error_of(os.listxattr, fs / name)
    output("df", fs.point)
    assert sandbox.total() == 0


# semantics: F4
def test_listing_fixed_names_costs_nothing(sandbox, mount):
    fs = mount(sandbox)
    output("ls", fs / DEPARTMENTS)
    sandbox.reset()
    output("ls", "-l", fs.point)
    output("ls", fs / ORGANIZATION)
    output("ls", "-l", fs / DEPARTMENTS)
    for department in [ARCHIVE, MARKETING, RESEARCH, FIELD]:
        output("ls", "-l", fs / DEPARTMENTS / str(department))
    assert sandbox.total() == 0


def test_ls_of_the_root_costs_nothing_at_once_after_the_mount(sandbox, mount):
    fs = mount(sandbox)
    sandbox.reset()
    output("ls", "-la", fs.point)
    output("ls", "-la", fs / "organizations")
    assert sandbox.total() == 0


# semantics: S7
def test_forty_ls_of_one_cold_directory_make_one_fetch(sandbox, mount, spawn):
    fs = mount(sandbox)
    output("ls", fs / DEPARTMENTS)
    sandbox.reset()
    sandbox.latency(300)
    listings = [spawn("ls", fs / users(RESEARCH)) for _ in range(40)]
    names = {process.communicate(timeout=60)[0] for process in listings}
    assert len(names) == 1 and names.pop().count("\n") == 250
    assert sandbox.paths() == {f"/{users(RESEARCH)}": 1}


def test_names_that_are_looked_up_fetch_their_listing_once(sandbox, mount):
    fs, ids = mount(sandbox), sandbox.user_ids(RESEARCH)
    sandbox.reset()
    for id in [*ids, 1, 2, 3]:
        (fs / users(RESEARCH) / f"{id}.json").exists()
    assert sandbox.paths()[f"/{users(RESEARCH)}"] == 1


def test_pages_are_fetched_side_by_side_and_no_more_than_parallel(sandbox, mount):
    fs = mount(sandbox, per_page=100, parallel=3)
    sandbox.reset()
    sandbox.latency(20)
    assert len(os.listdir(fs / users(FIELD))) == 2500
    assert sandbox.calls()["max_in_flight"] == 3


def test_connections_are_used_again(sandbox, mount):
    fs = mount(sandbox)
    output("ls", "-lR", fs.point)
    assert sandbox.calls()["connections"] <= 3 + sandbox.noise_made()[1]


def test_a_slow_department_does_not_delay_another(sandbox, mount, spawn):
    sandbox.fault(users(RESEARCH), stall=600)
    fs = mount(sandbox, timeout=600)
    slow = spawn("ls", fs / users(RESEARCH))
    wait_until(lambda: sandbox.calls()["in_flight"] == 1)
    assert len(os.listdir(fs / users(FIELD))) == 2500
    assert slow.poll() is None
    slow.terminate()


# semantics: F1
def test_after_the_ttl_the_next_use_fetches_again(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    os.listdir(fs / "communities")
    sandbox.reset()
    os.listdir(fs / "communities")
    assert sandbox.total() == 0
    clock.outlive(60)
    assert sandbox.total() == 0, "nobody asked"
    os.listdir(fs / "communities")
    assert sandbox.total() == 1


# semantics: F1, F3
def test_the_organization_is_looked_for_once_a_ttl_and_only_when_used(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    os.listdir(fs / "organizations")
    assert sandbox.total() == 1, "the trial of the key serves"
    clock.outlive(60)
    assert sandbox.total() == 1, "nobody asked"
    os.listdir(fs / "organizations")
    assert os.listdir(fs / ORGANIZATION) == ["departments", "organization.json"]
    assert sandbox.paths() == {f"/users/{USER}": 2}


@pytest.mark.exact_service("the option counts every try")
def test_max_calls_ends_in_edquot(sandbox, mount):
    fs = mount(sandbox, max_calls=2)
    fs.expect_log("max_calls")
    assert os.listdir(fs / "communities") == community_names()
    assert error_of(os.listdir, fs / DEPARTMENTS) == errno.EDQUOT
    assert sandbox.total() == 2


# semantics: E9, T6
@pytest.mark.exact_service("the option counts every try")
def test_the_rate_is_kept_and_who_waits_for_it_can_be_interrupted(sandbox, mount, clock, spawn):
    clock.slow_down()
    fs = mount(sandbox, rate=3)
    listing = spawn("ls", fs / users(FIELD))
    wait_until(lambda: sandbox.total() == 3)
    wait_until_it_waits(listing)
    clock.move(10)
    assert (fs / ".qpfs/status.json").read_bytes() and sandbox.total() == 3
    listing.send_signal(signal.SIGINT)
    assert listing.wait(60) == -signal.SIGINT
    assert sandbox.total() == 3


# semantics: E9
@pytest.mark.exact_service("each call is counted")
def test_few_calls_are_made_while_somebody_else_uses_the_rate_up(sandbox, mount):
    """Page 1 comes. Eight others are answered with 429, and then one at a time is."""
    path = f"/{users(FIELD)}"
    fs = mount(sandbox, per_page=100)
    os.listdir(fs / users(FIELD))
    usual = sandbox.paths()[path]
    for page in range(2, 40):
        sandbox.fault(users(FIELD), query=f"page={page}&", status=429)
    fs.refresh()
    with ThreadPoolExecutor(1) as pool:
        listing = pool.submit(os.listdir, fs / users(FIELD))
        wait_until(lambda: sandbox.paths()[path] >= usual + 1 + 8 + 2)
        sandbox.heal()
        assert len(listing.result()) == 2500
    assert sandbox.paths()[path] <= 2 * usual + 8 + 3  # one may have been under way


# semantics: E9
def test_a_low_rate_slows_a_backup_down_and_does_not_end_it(sandbox, mount, clock, memory):
    """From the sixth call on each waits for a minute, which is longer than the timeout."""
    clock.slow_down()
    fs = mount(sandbox, rate=5, timeout=45)
    began = clock.moved
    with ThreadPoolExecutor(1) as pool:
        copying = pool.submit(rsync, fs / "communities", fs / "organizations", memory)
        clock.outwait(sandbox, 9, [copying])
    copied = copying.result()
    assert len([line for line in copied if line.startswith(">f") and "/users/" in line]) == 2752
    assert clock.moved - began > 100
    assert sandbox.total() > 8


# semantics: E9, E3
def test_a_look_up_waits_for_the_rate(sandbox, mount, clock, spawn):
    """A token comes back a minute after it was taken."""
    clock.slow_down()
    fs = mount(sandbox, rate=2, timeout=30)
    os.listdir(fs / "communities")
    reader = spawn("cat", fs / ORGANIZATION / "organization.json")
    wait_until_it_waits(reader)
    for _ in range(5):
        clock.move(10)
        assert (fs / ".qpfs/status.json").read_bytes() and sandbox.total() == 2
    assert reader.poll() is None
    clock.move(15)
    assert "organizationID" in reader.communicate(timeout=60)[0]
