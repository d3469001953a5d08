"""What a mount tells of itself: .qpfs/status.json, qpfs --status, progress in the foreground."""

import errno
import json
import os
import re
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from account import COMMUNITIES, DEPARTMENTS, FIELD, KEY, MARKETING, RESEARCH, USER, users
from mount import option_text
from secrecy import shows_key
from terminal import Terminal
from tools import error_of, is_mounted, output, processes_naming, run, wait_until

pytestmark = pytest.mark.exact_service("the calls are counted, and the errors told")

STATUS = ".qpfs/status.json"
PANEL_USERS = users(1237)
COMMUNITIES_CALL = f"micropanel/users/{USER}/communities"
REFUSAL = '{"response":{"error":{"id":1010,"message":"Not for you"}},"requestID":"c0ffee"}'
BAR = r"\[#*-*\]"


def status(fs) -> dict:
    return json.loads((fs / STATUS).read_bytes())


def listing(fs, path: str) -> dict | None:
    found = [one for one in status(fs)["listings"] if one["path"] == path]
    assert len(found) <= 1
    return found[0] if found else None


# -------- the file --------


# semantics: W1
def test_it_is_not_listed_and_there_by_name(sandbox, mount):
    fs = mount(sandbox)
    assert os.listdir(fs.point) == ["communities", "organizations"]
    assert ".qpfs" not in output("find", fs.point)
    assert os.listdir(fs / ".qpfs") == ["status.json", "metrics"]
    assert error_of(os.stat, fs / ".qpfs/other") == errno.ENOENT
    assert error_of(os.stat, fs / "communities/.qpfs") == errno.ENOENT


# semantics: W1, W2
def test_jq_reads_it_and_it_costs_no_call(sandbox, mount):
    fs = mount(sandbox)
    os.listdir(fs / users(MARKETING))
    before = sandbox.total()
    assert output("jq", "-r", ".calls.total", fs / STATUS) == f"{before}\n"
    assert output("ls", "-l", fs / ".qpfs")
    assert sandbox.total() == before


# semantics: W2
def test_it_has_every_field(sandbox, mount):
    fs = mount(sandbox, rate=1000, max_calls=500)
    os.listdir(fs / users(FIELD))
    said = status(fs)
    assert list(said) == [
        "version", "mounted_at", "api_url", "calls", "totals", "listings", "listings_more", "fetching",
        "fetching_more", "errors", "last_error",
    ]  # fmt: skip
    assert said["version"] in output(fs.program, "--version")
    assert said["api_url"] == sandbox.url
    assert said["last_error"] is None and said["errors"] == {}
    totals = said["totals"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", totals.pop("oldest_at"))
    assert totals.pop("bytes") == sum(one["bytes"] for one in said["listings"])
    assert totals == {
        "fetching": 0, "fresh": 3, "stale": 0, "failed": 0,
        "items": sum(one["items"] for one in said["listings"]),
    }  # fmt: skip
    assert said["calls"] == {
        "total": 5, "last_minute": 5, "waiting": 0, "rate": 1000, "max": 500, "allowance": None,
        "used": 5, "left": 495, "singles": 0,
    }  # fmt: skip
    found = listing(fs, users(FIELD))
    assert found.pop("age") < 60
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", found.pop("fetched_at"))
    assert found.pop("bytes") == sum(file.stat().st_size for file in os.scandir(fs / users(FIELD)))
    assert found == {"path": users(FIELD), "state": "fresh", "items": 2500, "pages": 3}


# semantics: W2
def test_it_tells_what_is_used_of_the_allowance(sandbox, mount):
    os.listdir(mount(sandbox) / "communities")
    fs = mount(sandbox, allowance=20000)
    calls = status(fs)["calls"]
    assert (calls["allowance"], calls["used"], calls["total"]) == (20000, sandbox.total(), 1)


# semantics: W2
def test_times_are_those_of_the_clock(sandbox, mount):
    before = int(time.time())
    fs = mount(sandbox)
    os.listdir(fs / "communities")
    said = status(fs)
    for text in [said["mounted_at"], listing(fs, COMMUNITIES_CALL)["fetched_at"]]:
        at = int(output("date", "-d", text, "+%s"))
        assert before <= at <= time.time()


# semantics: W1
def test_each_look_finds_it_anew_with_an_exact_size_and_the_same_inode(sandbox, mount):
    fs = mount(sandbox)
    first = os.stat(fs / STATUS)
    with open(fs / STATUS, "rb") as file:
        before = file.read(10)
        os.listdir(fs / users(MARKETING))
        second = os.stat(fs / STATUS)
        assert json.loads(before + file.read())["listings_more"] == 0, "torn"
    assert second.st_size > first.st_size
    assert second.st_size == len((fs / STATUS).read_bytes())
    assert second.st_mtime_ns > first.st_mtime_ns
    assert abs(second.st_mtime - time.time()) < 60
    other = mount(sandbox)
    assert {os.stat(one / STATUS).st_ino for one in (fs, other)} == {first.st_ino}
    [entry] = [one for one in os.scandir(fs / ".qpfs") if one.name == "status.json"]
    assert entry.inode() == first.st_ino


# semantics: W1
def test_it_is_as_read_only_as_everything(sandbox, mount):
    fs = mount(sandbox)
    assert error_of(open, fs / STATUS, "w") == errno.EROFS
    assert error_of(os.unlink, fs / STATUS) == errno.EROFS
    assert error_of(os.mkdir, fs / ".qpfs/x") == errno.EROFS
    assert oct(os.stat(fs / STATUS).st_mode) == "0o100600"
    assert oct(os.stat(fs / ".qpfs").st_mode) == "0o40700"


# semantics: W1
def test_old_ones_are_let_go(sandbox, mount):
    fs = mount(sandbox, debug=True)
    for _ in range(300):
        (fs / STATUS).read_bytes()
    fs.stop()
    [line] = fs.logged("held at the end")
    assert int(re.search(r"(\d+) nodes", line)[1]) < 50


# -------- states --------


# semantics: W3
def test_a_listing_is_fresh_and_then_stale(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    os.listdir(fs / "communities")
    assert listing(fs, COMMUNITIES_CALL)["state"] == "fresh"
    clock.outlive(60)
    found = listing(fs, COMMUNITIES_CALL)
    assert (found["state"], found["items"]) == ("stale", len(COMMUNITIES))
    assert found["age"] >= 1


# semantics: W3, W5
def test_a_listing_that_fails_is_stale_as_long_as_the_old_one_serves(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60, timeout=5)
    os.listdir(fs / "communities")
    sandbox.fault(COMMUNITIES_CALL, status=500)
    clock.outlive(60)
    os.listdir(fs / "communities")
    fs.expect_log("showing what was read")
    assert listing(fs, COMMUNITIES_CALL)["state"] == "stale"
    error = status(fs)["last_error"]
    assert (error["error"], error["status"], error["path"]) == ("EIO", 500, COMMUNITIES_CALL)


# semantics: W3, W5
def test_a_refusal_is_told_with_all_that_the_service_says_of_it(sandbox, mount):
    fs = mount(sandbox)
    sandbox.fault(users(RESEARCH), status=403, body=REFUSAL)
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EACCES
    fs.expect_log("HTTP 403: Not for you, error 1010, requestID c0ffee")
    assert listing(fs, users(RESEARCH)) == {
        "path": users(RESEARCH), "state": "failed", "items": None, "pages": None,
        "fetched_at": None, "age": None, "bytes": None,
    }  # fmt: skip
    error = status(fs)["last_error"]
    assert error.pop("time").endswith("Z")
    assert error == {
        "path": users(RESEARCH), "error": "EACCES", "status": 403, "message": "Not for you",
        "requestID": "c0ffee",
    }  # fmt: skip
    assert (status(fs)["errors"], status(fs)["totals"]["failed"]) == ({"EACCES": 1}, 1)
    sandbox.heal()
    fs.refresh()
    assert error_of(os.listdir, fs / users(RESEARCH)) == 0
    assert listing(fs, users(RESEARCH))["state"] == "fresh"
    assert status(fs)["last_error"], "until there is another"


# semantics: W5
def test_a_department_that_is_gone_is_no_error(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    os.listdir(fs / users(RESEARCH))
    sandbox.change({"remove_department": RESEARCH})
    clock.outlive(60)
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.ENOENT
    assert status(fs)["last_error"] is None


# semantics: W5
def test_what_a_hostile_service_says_is_escaped_and_the_key_is_hidden(sandbox, mount, command):
    fs = mount(sandbox)
    message = f"{KEY} \\u001b[2J \\\" \\u0000 end"
    body = f'{{"response":{{"error":{{"message":"{message}"}},"requestID":"{KEY}"}}}}'
    sandbox.fault(users(RESEARCH), status=403, body=body)
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EACCES
    fs.expect_log("HTTP 403")
    text = (fs / STATUS).read_text()
    assert not shows_key(text)
    assert "\033" not in text
    assert status(fs)["last_error"]["message"].startswith("*** ")
    said = command("--status", fs.point).stdout
    assert "HTTP 403: *** ?[2J" in said


# -------- while others wait --------


@pytest.fixture
def slow(serve, mount, spawn):
    """A mount in which someone waits for a long list."""
    sandbox = serve("--users", "20000", "--latency", "1000")

    def start(**options):
        fs = mount(sandbox, parallel=1, **options)
        fs.hurry = lambda: sandbox.latency(0)
        os.stat(fs / PANEL_USERS)
        spawn("ls", fs / PANEL_USERS)
        wait_until(lambda: any(one["pages"] for one in status(fs)["fetching"]))
        return fs

    return start


# semantics: W4, W1
def test_a_fetch_under_way_is_told_at_once(slow):
    fs = slow()
    [fetch] = status(fs)["fetching"]
    assert fetch["path"] == PANEL_USERS
    assert 0 < fetch["pages_done"] < fetch["pages"]
    assert 20 <= fetch["pages"] <= 25
    assert 0 < fetch["eta"] < 60
    assert listing(fs, PANEL_USERS)["state"] == "fetching"
    done = fetch["pages_done"]
    wait_until(lambda: status(fs)["fetching"][0]["pages_done"] > done)
    fs.hurry()
    wait_until(lambda: status(fs)["fetching"] == [])
    found = listing(fs, PANEL_USERS)
    assert (found["state"], found["items"]) == ("fresh", 20000)


# semantics: W1
def test_it_is_there_at_once_while_the_service_is_down(sandbox, mount, spawn):
    fs = mount(sandbox, timeout=600)
    sandbox.fault(users(RESEARCH), stall=600)
    spawn("ls", fs / users(RESEARCH))
    wait_until(lambda: listing(fs, users(RESEARCH)) is not None)
    for _ in range(20):
        [fetch] = status(fs)["fetching"]
    assert (fetch["pages_done"], fetch["pages"], fetch["eta"]) == (0, None, None)


# semantics: W2
def test_users_who_are_read_alone_are_counted_and_not_listed(sandbox, mount):
    fs = mount(sandbox)
    (fs / users(FIELD) / f"{sandbox.user_ids(FIELD)[0]}.json").read_bytes()
    said = status(fs)
    assert said["calls"]["singles"] == 1
    assert users(FIELD) not in [one["path"] for one in said["listings"]]


# semantics: W3
def test_of_many_listings_a_thousand_are_named(serve, mount):
    fs = mount(serve("--departments", "1100", "--users-per", "1"))
    departments = os.listdir(fs / DEPARTMENTS)
    for name in departments:
        if name.isdigit():
            os.listdir(fs / DEPARTMENTS / name / "users")
    said = status(fs)
    assert len(said["listings"]) == 1000
    assert said["listings_more"] > 100
    assert said["totals"]["fresh"] == len(said["listings"]) + said["listings_more"]


# -------- qpfs --status --------


def ageless(text: str) -> str:
    return re.sub(r'"age": [\d.]+', "", text)


# semantics: W6
def test_json_is_the_file(sandbox, mount, command):
    fs = mount(sandbox)
    os.listdir(fs / users(MARKETING))
    done = command("--status", "--json", fs.point)
    assert (done.returncode, done.stderr) == (0, "")
    assert ageless(done.stdout) == ageless((fs / STATUS).read_text())


# semantics: W6
def test_people_are_told_all_of_it_and_what_to_do(sandbox, mount, command):
    fs = mount(sandbox, allowance=20000)
    os.listdir(fs / users(FIELD))
    sandbox.fault(users(RESEARCH), status=403)
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EACCES
    fs.expect_log("HTTP 403")
    done = command("--status", fs.point, key=None)
    assert (done.returncode, done.stderr) == (0, "")
    calls = sandbox.total()
    for pattern in [
        rf"^account +{sandbox.url}$",
        r"^mounted +20\d\d-.*Z, \d+ s ago, qpfs ",
        rf"^calls +{calls}, {calls} in the last minute, .* {calls} of the allowance of 20000 ",
        r"^fetching +0$",
        rf"^last error +.*Z {users(RESEARCH)}: HTTP 403: The user does not have permission",
        r"^ +> the key may not read this: ",
        r"^listings +\d$",
        rf"^  {users(FIELD)} +fresh +2500 +\d+ KiB  \d+ s old$",
        rf"^  {users(RESEARCH)} +failed",
    ]:
        assert re.search(pattern, done.stdout, re.MULTILINE), (pattern, done.stdout)


# semantics: W6
def test_where_there_is_no_mount_it_says_so_with_the_remedy(command, point, tmp_path):
    for path, text in [
        (point, f"{point}: nothing is mounted there by qpfs; .*or do: qpfs -o ... {point}"),
        (point / "x", f"{point}/x: there is no such directory"),
        ("/sys/fs/fuse/connections", "nothing is mounted there by qpfs"),
    ]:
        for more in [], ["--json"], ["--watch"]:
            done = command("--status", *more, path)
            assert (done.returncode, done.stdout) == (1, "")
            assert re.search(text, done.stderr), done.stderr


# semantics: W6
def test_a_directory_inside_of_a_mount_is_told_from_its_mount_point(sandbox, mount, command):
    fs = mount(sandbox)
    done = command("--status", fs / "organizations")
    assert (done.returncode, done.stdout) == (1, "")
    assert "organizations: it is a directory inside of a mount, or " in done.stderr
    assert "; give the mount point itself" in done.stderr


# semantics: W6
def test_a_dead_mount_is_named_with_the_remedy(sandbox, mount, command):
    fs = mount(sandbox)
    fs.expected_exit = -signal.SIGKILL
    fs.signal(signal.SIGKILL)
    fs.wait()
    done = command("--status", fs.point)
    assert done.returncode == 1
    assert f"has died; do: fusermount3 -u {fs.point}" in done.stderr
    output("fusermount3", "-uz", fs.point)


# semantics: W6
def test_somebody_else_is_told_who_may_look(sandbox, mount, qpfs, environment):
    fs = mount(sandbox)
    with open(qpfs, "rb") as program:
        done = subprocess.run(
            ["qpfs", "--status", "."],
            executable=f"/proc/self/fd/{program.fileno()}",
            pass_fds=[program.fileno()],
            cwd=fs.point,
            user=65534,
            env=environment | {"ASAN_OPTIONS": "detect_leaks=0"},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert "only the user who mounted it may look" in done.stderr


# semantics: W6
def test_without_a_child_nobody_is_killed(sandbox, mount, qpfs, environment):
    fs = mount(sandbox)
    sleeper = subprocess.Popen(["sleep", "60"], user=65534)
    with open(qpfs, "rb") as program:
        done = subprocess.run(
            ["qpfs", "--status", fs.point],
            executable=f"/proc/self/fd/{program.fileno()}",
            pass_fds=[program.fileno()],
            user=65534,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NPROC, (1, 1)),
            env=environment | {"ASAN_OPTIONS": "detect_leaks=0"},
            capture_output=True,
            text=True,
        )
    assert sleeper.poll() is None
    sleeper.kill()
    sleeper.wait()
    assert done.returncode == 1
    assert "cannot start" in done.stderr


# semantics: W6
def test_it_works_for_those_who_ignore_their_children(sandbox, mount, qpfs, environment):
    fs = mount(sandbox)
    done = subprocess.run(
        [qpfs, "--status", "--json", fs.point],
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["version"]


# semantics: W6
def test_it_answers_without_standard_input_and_error(sandbox, mount, qpfs, environment):
    fs = mount(sandbox)
    script = 'exec "$@" <&- 2>&-'
    done = run("sh", "-c", script, "sh", qpfs, "--status", "--json", fs.point, env=environment)
    assert done.returncode == 0
    assert json.loads(done.stdout)["version"]


# semantics: W6
def test_a_mount_that_hangs_does_not_hang_it(sandbox, mount, command):
    fs = mount(sandbox)
    fs.signal(signal.SIGSTOP)
    try:
        done = command("--status", fs.point)
    finally:
        fs.signal(signal.SIGCONT)
    assert done.returncode == 1
    assert re.search(f"no answer for 10 seconds: .* fusermount3 -uz {fs.point}", done.stderr)
    # The child that reads for it is killed, and may take a moment to end.
    wait_until(lambda: processes_naming(str(fs.point)) == [fs.pid])


# -------- on a terminal --------


@pytest.fixture
def terminal(tmp_path, environment):
    """Runs qpfs on a terminal."""
    started = []

    def start(*command, variables=None, **size) -> Terminal:
        variables = environment | {"TERM": "xterm"} | (variables or {})
        started.append(Terminal(tmp_path, *command, variables=variables, **size))
        return started[-1]

    yield start
    for one in started:
        one.stop()


# semantics: W7
def test_watch_draws_a_bar_over_itself_and_ends_with_ctrl_c(slow, qpfs, terminal):
    fs = slow()
    shown = terminal(qpfs, "--status", "--watch", fs.point)
    wait_until(lambda: re.search(rf"departments/1237/users {BAR} \d+/\d+ pages, \d+ s left", shown.screen()))
    assert not shown.cursor_is_shown()
    assert shown.screen("-e").count("\033[32m") >= 1, "green"
    fs.hurry()
    wait_until(lambda: re.search(r"1237/users +fresh +20000 ", shown.screen()))
    assert shown.screen().count("account ") == 1, "drawn over"
    shown.press("C-c")
    shown.shows("status 0")
    assert shown.cursor_is_shown()


# semantics: W5, W7
def test_watch_does_not_show_the_key_that_an_answer_repeats(sandbox, mount, qpfs, terminal):
    fs = mount(sandbox)
    url = f"https://api.questionpro.com/a/api/v2/users?apiKey={KEY}"
    error = f'{{"message": "no access to {url}", "resourceUrl": "{url}"}}'
    sandbox.fault(users(RESEARCH), status=403, body=f'{{"response": {{"error": {error}}}}}')
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EACCES
    fs.expect_log("HTTP 403")
    shown = terminal(qpfs, "--status", "--watch", fs.point, width=200)
    shown.shows("no access to https://api.questionpro.com/a/api/v2/users?apiKey=***")
    assert not shows_key(shown.screen())
    shown.press("C-c")
    shown.shows("status 0")


# semantics: W7
def test_watch_has_no_colours_with_no_color(slow, qpfs, terminal):
    fs = slow()
    shown = terminal(qpfs, "--status", "--watch", fs.point, variables={"NO_COLOR": "1"})
    wait_until(lambda: re.search(BAR, shown.screen()))
    assert "\033[" not in shown.screen("-e")


# semantics: W7
def test_watch_fits_a_narrow_and_a_low_window_and_one_that_changes(slow, qpfs, terminal):
    fs = slow()
    shown = terminal(qpfs, "--status", "--watch", fs.point, width=56, height=7)
    wait_until(lambda: re.search(rf"^  \.\.\.\S+ {BAR} \d+/\d+ pages", shown.screen(), re.MULTILINE))
    assert shown.screen().count("account ") == 1
    shown.resize(110, 30)
    wait_until(lambda: f"\n  {PANEL_USERS} " in shown.screen() and "last error" in shown.screen())
    assert shown.screen().count("account ") == 1


# semantics: W7
@pytest.mark.parametrize("how", ["-u", "-uz"])
def test_watch_ends_with_the_mount(sandbox, mount, qpfs, terminal, how):
    fs = mount(sandbox)
    shown = terminal(qpfs, "--status", "--watch", fs.point)
    shown.shows("account ")
    wait_until(lambda: run("fusermount3", how, fs.point).returncode == 0)
    shown.shows("is no longer mounted.", "status 0")
    assert shown.cursor_is_shown()


# semantics: W7
def test_watch_says_that_the_program_has_died(sandbox, mount, qpfs, terminal):
    fs = mount(sandbox)
    shown = terminal(qpfs, "--status", "--watch", fs.point)
    shown.shows("account ")
    fs.expected_exit = -signal.SIGKILL
    fs.signal(signal.SIGKILL)
    shown.shows("has died; do: fusermount3 -u", "status 0")
    output("fusermount3", "-uz", fs.point)


# semantics: W7
def test_ctrl_c_ends_a_watch_whose_mount_hangs(sandbox, mount, qpfs, terminal):
    fs = mount(sandbox)
    shown = terminal(qpfs, "--status", "--watch", fs.point)
    shown.shows("account ")
    fs.signal(signal.SIGSTOP)
    try:
        shown.shows("no answer for 10 seconds")
        shown.press("C-c")
        shown.shows("status 0")
    finally:
        fs.signal(signal.SIGCONT)


# semantics: W7
def test_watch_does_not_take_a_read_that_fails_for_the_end_of_the_mount(sandbox, mount, qpfs, spawn):
    fs = mount(sandbox)
    watch = spawn(qpfs, "--status", "--watch", fs.point)
    assert "fetching 0" in watch.stdout.readline()
    fs.signal(signal.SIGSTOP)
    try:
        wait_until(lambda: waits_for_the_mount(watch.pid))
        os.kill(children_of(watch.pid)[0], signal.SIGKILL)
        text, errors = watch.communicate(timeout=60)
    finally:
        fs.signal(signal.SIGCONT)
    assert (watch.returncode, text) == (1, "")
    assert f"{fs.point}: cannot read the status: " in errors


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def waits_for_the_mount(pid: int) -> bool:
    """One of its children that asks a mount which is stopped."""
    before = children_of(pid)
    time.sleep(0.5)
    return before != [] and children_of(pid) == before


# semantics: W7
def test_watch_draws_over_nothing_else_where_its_messages_go_elsewhere(
    sandbox, mount, qpfs, terminal, tmp_path
):
    fs = mount(sandbox)
    log = tmp_path / "log"
    script = f"echo of before; exec {qpfs} --status --watch {fs.point} 2>{log}"
    shown = terminal("sh", "-c", script)
    shown.shows("of before", "account ")
    fs.signal(signal.SIGSTOP)
    try:
        wait_until(lambda: "no answer for 10 seconds" in log.read_text())
    finally:
        fs.signal(signal.SIGCONT)
    os.listdir(fs / users(FIELD))
    shown.shows("of before", f"{users(FIELD)} ")
    shown.press("C-c")
    shown.shows("status 0")


# semantics: W7
@pytest.mark.parametrize("dumb", [True, False])
def test_watch_prints_plain_lines_elsewhere(slow, qpfs, terminal, spawn, dumb):
    fs = slow()
    if dumb:
        shown = terminal(qpfs, "--status", "--watch", fs.point, variables={"TERM": "dumb"})
        shown.shows(f"fetching {PANEL_USERS} ")
        fs.hurry()
        shown.shows(f"fetching {PANEL_USERS} ", "fetching 0")
        text = shown.screen("-e")
        shown.press("C-c")
        shown.shows("status 0")
    else:
        watch = spawn(qpfs, "--status", "--watch", fs.point)
        text = ""
        while "fetching 0\n" not in text:
            text += watch.stdout.readline()
            if PANEL_USERS in text:
                fs.hurry()
        time.sleep(2.5)  # in which it says nothing
        wait_until(lambda: run("fusermount3", "-u", fs.point).returncode == 0)
        rest, errors = watch.communicate(timeout=60)
        text += rest
        assert (watch.returncode, errors) == (0, "")
        assert text.endswith("is no longer mounted.\n")
    assert "\033" not in text
    assert re.search(rf"^fetching {PANEL_USERS} \d+/\d+ pages, \d+ s left$", text, re.MULTILINE)
    assert text.count("fetching 0\n") == 1, "what has not changed is not said again"


# semantics: W8
def test_the_foreground_shows_a_long_fetch_and_its_log(serve, qpfs, point, terminal, spawn):
    sandbox = serve("--users", "30000", "--latency", "1000")
    sandbox.fault(users(RESEARCH), status=403)
    options = option_text({"user_id": USER, "api_url": sandbox.url, "rate": 10000, "parallel": 1})
    command = [qpfs, "-f", "-o", options, point]
    shown = terminal(*command, variables={"QUESTIONPRO_API_KEY": KEY})
    shown.shows("qpfs: ready")
    os.stat(point / PANEL_USERS)
    reader = spawn("ls", point / PANEL_USERS)
    wait_until(lambda: re.search(rf"1237/users {BAR} \d+/\d+ pages, \d+ s left", shown.screen()))
    assert error_of(os.listdir, point / users(RESEARCH)) == errno.EACCES
    wait_until(lambda: re.search(rf"^qpfs: error: .*HTTP 403(.*\n)+.*{BAR}", shown.screen(), re.MULTILINE))
    assert len(re.findall(BAR, shown.screen())) == 1
    sandbox.latency(0)
    assert len(reader.communicate(timeout=60)[0].splitlines()) == 30000
    wait_until(lambda: not re.search(BAR, shown.screen()))
    shown.press("C-c")
    shown.shows("status 0")
    assert not is_mounted(point)


# semantics: W8
@pytest.mark.parametrize("mode, variables", [("-d", {}), ("-f", {"TERM": "dumb"})])
def test_no_progress_among_debug_lines_or_on_a_dumb_terminal(serve, qpfs, point, terminal, mode, variables):
    sandbox = serve("--users", "20000", "--latency", "100")
    options = option_text({"user_id": USER, "api_url": sandbox.url, "rate": 10000, "parallel": 1})
    command = [qpfs, mode, "-o", options, point]
    shown = terminal(*command, variables={"QUESTIONPRO_API_KEY": KEY} | variables)
    shown.shows("qpfs: ready")
    os.listdir(point / PANEL_USERS)
    assert not re.search(BAR, shown.screen("-S", "-"))
    shown.press("C-c")
    shown.shows("status 0")
