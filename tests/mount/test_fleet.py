"""tools/simulate-fleet against mounts: what it reckons is what the sandbox counts."""

import json
import re
import time

import pytest

from account import ARCHIVE, FIELD, MARKETING, RESEARCH, users
from docs import ROOT, Page
from pretence import NAMES_MS
from tools import output, run

TOOL = ROOT / "tools/simulate-fleet"
DEPARTMENTS = [ARCHIVE, MARKETING, RESEARCH, FIELD]
ACCOUNT = ["--departments", "1x0,1x2,1x250,1x2500"]


def simulated(*arguments) -> dict:
    [result] = json.loads(output(TOOL, "--json", *arguments))
    return result


def events(*arguments) -> list[tuple[float, int, int | None]]:
    """When, which machine, and the number of the user who is looked up; None: a walk."""
    lines = [line.split() for line in output(TOOL, "--events", *arguments).splitlines()]
    return [
        (float(at), int(machine), int(rest[0]) if rest else None) for at, machine, _, *rest in lines
    ]


# semantics: F1, F3, F9, O6
@pytest.mark.exact_service("the calls are counted")
@pytest.mark.parametrize("ttl", [60, 3600, 86400])
@pytest.mark.parametrize("options", [[], ["--one-list"]], ids=["lists", "one list"])
def test_three_machines_cost_in_a_day_what_is_simulated(sandbox, mount, clock, ttl, options):
    fleet = [*ACCOUNT, *options, "--machines", 3, "--ttl", ttl, "--walks", 2, "--lookups", 12]
    day = events(*fleet)
    assert len(day) == 3 * (2 + 12)
    places = [
        f"{users(department)}/{id}.json"
        for department in DEPARTMENTS
        for id in sandbox.user_ids(department)
    ]
    one_list = True if options else None
    mounts = [mount(sandbox, cache_ttl=ttl, one_list=one_list) for _ in range(3)]
    clock.outlive(ttl)
    sandbox.reset()
    now = 0.0
    for at, machine, user in day:
        clock.move(at - now)
        time.sleep(2 * NAMES_MS / 1000)  # the kernel forgets names that are too old
        now = at
        if user is None:
            output("ls", "-lR", mounts[machine].point)
        else:
            assert (mounts[machine] / places[user]).read_bytes()
    assert sandbox.total() == simulated(*fleet)["alone"]["calls"]


def test_a_fleet_behind_a_proxy_walks_for_the_calls_of_one_machine():
    walk = ["--lookups", 0, "--ttl", 60]
    one = simulated(*walk, "--machines", 1)["alone"]["calls"]
    assert one == 204
    assert simulated(*walk, "--machines", 20)["proxied"]["calls"] == one
    assert simulated(*walk, "--machines", 20)["alone"]["calls"] == 20 * one
    assert simulated(*walk, "--machines", 20, "--keys", 2)["proxied"]["calls"] == 2 * one


def test_a_list_costs_what_the_page_on_costs_says():
    rows = Page("docs/costs.md").tables()[1]
    for pages, by_100, _, by_1000, _ in [row for row in rows if int(row[0]) > 3]:
        for size, calls in (100, by_100), (1000, by_1000):
            full = int(pages) * size
            least, most = (
                simulated(
                    *("--departments", f"1x{count}", "--per-page", size),
                    *("--machines", 1, "--ttl", 60, "--lookups", 0),
                )["alone"]["calls"]
                - 4
                for count in (full - size // 2, full)
            )
            assert calls == (f"{least:.0f}–{most:.0f}" if least < most else f"{most:.0f}")


# semantics: E9
@pytest.mark.exact_service("the calls are counted")
@pytest.mark.parametrize("machines, fails", [(1, False), (2, True)])
def test_who_is_over_the_rate_of_the_service_fails_as_it_is_simulated(
    serve, mount, machines, fails
):
    """A walk is ten calls, and the service lets twelve pass in a minute."""
    sandbox = serve("--rate", "12")
    fleet = [*ACCOUNT, "--machines", machines, "--ttl", 3600, "--lookups", 0, "--rate", 12]
    assert (simulated(*fleet)["alone"]["longest_wait"] > 30) == fails
    mounts = [mount(sandbox, cache_ttl=3600, rate=300, timeout=30) for _ in range(machines)]
    if fails:
        mounts[-1].expect_log("temporarily unavailable")
    walks = [run("ls", "-lR", fs.point) for fs in mounts]
    assert ["temporarily unavailable" in walk.stderr for walk in walks] == [False, True][: machines]


def test_mounts_that_share_the_rate_out_come_through():
    """Twenty machines with a twentieth of it each are slow, and no call is refused."""
    fleet = ["--machines", 20, "--ttl", 3600, "--lookups", 0]
    assert simulated(*fleet)["alone"]["longest_wait"] > 30
    shared = simulated(*fleet, "--mount-rate", 15)["alone"]
    assert shared["longest_wait"] < 1
    assert 13 * 60 < shared["walk_seconds"] < 17 * 60


def section() -> str:
    return (ROOT / "docs/fleet.md").read_text().split("\n## What a fleet costs\n")[1]


def rows_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


def test_the_page_on_fleets_has_what_the_tool_prints():
    """Those of the largest fleet take longer, and tests/long looks at them."""
    printed = rows_of(output(TOOL, "--machines", "10,1000"))
    assert len(printed) == 2 + 6
    assert [row for row in printed if row not in section()] == []


WRONG = [
    (["--machines", "0"], "argument --machines: 0 is not from 1 to 1,000,000"),
    (["--machines", "many"], "argument --machines: 'many' is not a number"),
    (["--ttl", "60,-1"], "argument --ttl: '-1' is not a number"),
    (["--departments", "200"], "'200' is not like 200x25, 200 departments of 25 users each"),
    (["--departments", "3x0"], "an account has from 1 to 10,000,000 users, and this has 0"),
    (["--departments", "200000x1"], "more than 100,000 departments are not simulated"),
    (["--hours", "18-8"], "argument --hours: '18-8' is not like 8-18"),
    (["--night", "25:00"], "argument --night: '25:00' is not a time like 02:00"),
    (["--keys", "20"], "20 keys are more than 10 machines"),
    (["--lookups", "100"], "10,100,000 walks and look-ups a day are more than 5,000,000"),
    (["--figures", "/dev/null"], "/dev/null: these figures are missing or not known: answer_bytes"),
    (["--figures", "/nowhere"], "No such file or directory: '/nowhere'"),
    (["--plot", "/nowhere/file"], "No such file or directory: '/nowhere/file'"),
    (["--nonsense"], "unrecognized arguments: --nonsense"),
]


@pytest.mark.parametrize("arguments, said", WRONG, ids=lambda value: "")
def test_what_it_can_not_simulate_it_says_in_one_line(arguments, said):
    done = run(TOOL, *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert re.match(r"simulate-fleet: ", done.stderr) and said in done.stderr


def test_a_figure_that_is_no_number_is_named(tmp_path):
    path = tmp_path / "figures"
    text = (ROOT / "tools/simulate-fleet.d/figures").read_text()
    path.write_text(re.sub("walk_calls = .*", "walk_calls = several", text))
    assert "'several'" in run(TOOL, "--figures", path).stderr
