"""docs/backup.md: what it says of rsync, of snapshots, and of the units."""

import os
import re
import shutil
import signal
import time

import pytest

from account import MARKETING, ORG, PANEL, RESEARCH, users
from backups import (
    CHANGED,
    ENDED,
    FAILURES,
    HAPPENS,
    MOUNTED,
    PAGE,
    Row,
    check_failure,
    clear,
    command_of,
    happen,
)
from docs import ROOT
from sandbox import phone
from tools import inventory, output, run, tree, wait_until

MIRROR = PAGE.block_with("rsync -a --delete")
SNAPSHOT = PAGE.block_with("qpfs-backup -k")
SCRIPT = ROOT / "data/backup/qpfs-backup"
NEWER_ROWS = {row[0]: row[1] for row in PAGE.tables()[1]}


def of_account(fs, top) -> bool:
    return tree(top) == tree(fs.point)


def test_every_block_and_every_row_of_the_page_is_tried():
    tried = ["rsync -a", "backup -k", "systemctl", "restic init", "restic backup", "borg init"]
    tried += ["borg create", "--check", "cp -r", "jq"]
    assert [any(text in block for text in tried) for block in PAGE.blocks("sh")] == [True] * len(
        tried
    )
    assert list(FAILURES) == [*HAPPENS, ENDED]


@pytest.fixture
def recipe(sandbox, mount, shell, tmp_path):
    """Runs a block of the page on a mount that is elsewhere."""
    fs = mount(sandbox, timeout=2)

    def start(block: str):
        return shell(f"cd {ROOT}\n" + block.replace(MOUNTED, str(fs.point)))

    start.fs, start.home = fs, tmp_path / "home"
    return start


# semantics: S1, S5, S6, E4
@pytest.mark.exact_service("it compares the words of a tool with those of the page")
@pytest.mark.parametrize("happens", HAPPENS)
def test_rsync_does_what_the_table_says(sandbox, recipe, happens):
    row = Row(happens, "rsync")
    copy = recipe.home / "backup"
    assert recipe(MIRROR).returncode == 0
    assert of_account(recipe.fs, copy)
    before = inventory(copy)
    happen(row, sandbox, recipe.fs)
    check_failure(row, recipe(MIRROR))
    after = inventory(copy)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    new = {str(copy / users(MARKETING) / f"{CHANGED}.json")}
    expected = {"all": new, "that department as it was, all else new": new, "as it was": set()}
    assert {name for name in changed if name.endswith(".json")} == expected[row.holds]
    clear(recipe.fs)


def records(top) -> dict[str, bytes]:
    """All files below, but no links, which may lead to what is not there yet or any more."""
    files = (path for path in top.rglob("*.json") if not path.is_symlink())
    return {str(path.relative_to(top)): path.read_bytes() for path in files}


def wait_for_the_first(directory):
    wait_until(lambda: directory.exists() and len(os.listdir(directory)) > 99, 60)


def test_rsync_that_is_ended_leaves_whole_files(serve, mount, environment, tmp_path):
    fs = mount(serve("--users", "10000"))
    row, copy = Row(ENDED, "rsync"), tmp_path / "backup"
    with command_of("rsync", fs, tmp_path, environment) as rsync:
        wait_for_the_first(copy / users(PANEL))
        rsync.terminate()
        assert rsync.wait(60) == row.status
    copied, seen = records(copy), records(fs.point)
    assert 100 < len(copied) < len(seen)
    assert {name: seen.get(name) for name in copied} == copied


def test_rsync_ends_with_24_when_someone_is_removed_between_two_looks(
    serve, mount, environment, tmp_path
):
    sandbox = serve("--users", "10000")
    last = sandbox.user_ids(PANEL)[-1]
    fs = mount(sandbox)
    with command_of("rsync", fs, tmp_path, environment) as rsync:
        wait_for_the_first(tmp_path / "backup" / users(PANEL))
        rsync.send_signal(signal.SIGSTOP)
        sandbox.change({"remove": last})
        fs.refresh()
        os.listdir(fs / users(PANEL))
        rsync.send_signal(signal.SIGCONT)
        assert rsync.wait(60) == 24
    assert records(tmp_path / "backup") == records(fs.point)


# -------- snapshots --------


def snapshots(home) -> list[str]:
    return sorted(name for name in os.listdir(home / "backups") if name.startswith("20"))


def snapshot(recipe, status: int = 0):
    """One of another second than the one before, for they are named after the time."""
    found = recipe.home / "backups"
    names = snapshots(recipe.home) if found.exists() else []
    other = 'while [ -e ~/backups/"$(date -u +%Y-%m-%dT%H%M%SZ)" ]; do sleep 0.1; done\n'
    done = recipe(other + SNAPSHOT)
    assert done.returncode == status, done.stderr
    return [name for name in snapshots(recipe.home) if name not in names]


def test_snapshots_share_what_did_not_change(sandbox, recipe):
    fs, place = recipe.fs, recipe.home / "backups"
    [first] = snapshot(recipe)
    before = tree(fs.point)
    sandbox.change(phone(CHANGED, "+1 555 0100"), {"remove": sandbox.user_ids(RESEARCH)[0]})
    fs.refresh()
    [second] = snapshot(recipe)
    assert tree(place / first) == before
    assert of_account(fs, place / second) and tree(fs.point) != before
    assert os.readlink(place / "latest") == second
    files = [name for name in tree(place / second) if name.endswith(".json")]
    own = [name for name in files if os.lstat(place / second / name).st_nlink == 1]
    assert own == [f"{users(MARKETING)}/{CHANGED}.json"]
    modes = {os.lstat(name).st_mode & 0o777 for name in inventory(place) if ".lock" not in name}
    assert modes <= {0o600, 0o700, 0o777}  # 0777: links have no modes of their own
    assert place.stat().st_mode & 0o777 == 0o700


@pytest.mark.exact_service("a directory fails for good, and not now and then")
def test_a_snapshot_that_failed_has_no_date_and_is_gone_on_with(sandbox, recipe):
    [first] = snapshot(recipe)
    sandbox.fault(users(RESEARCH), status=403)
    recipe.fs.refresh()
    recipe.fs.expect_log("HTTP 403")
    assert snapshot(recipe, status=23) == []
    assert os.readlink(recipe.home / "backups/latest") == first
    sandbox.heal()
    recipe.fs.refresh()
    [second] = snapshot(recipe)
    assert of_account(recipe.fs, recipe.home / "backups" / second)
    assert not (recipe.home / "backups/next").exists()


def start_anew(recipe, mount, sandbox, **options):
    """Mounts again elsewhere, with these options."""
    recipe.fs.stop()
    recipe.fs = mount(sandbox, timeout=2, **options)
    return recipe.fs


@pytest.fixture
def moving(sandbox, mount, shell, tmp_path):
    """As recipe, but for a mount that may be made again."""

    def start(block: str):
        return shell(f"cd {ROOT}\n" + block.replace(MOUNTED, str(start.fs.point)))

    start.fs, start.home = mount(sandbox, timeout=2, user_id=None, organizations=ORG), tmp_path / "home"
    return start


def test_an_account_without_communities_has_snapshots_too(sandbox, moving):
    assert os.listdir(moving.fs.point) == ["organizations"]
    [first] = snapshot(moving)
    assert of_account(moving.fs, moving.home / "backups" / first)
    sandbox.change({"remove": sandbox.user_ids(RESEARCH)[0]})
    moving.fs.refresh()
    [second] = snapshot(moving)
    assert of_account(moving.fs, moving.home / "backups" / second)


def test_what_earlier_snapshots_have_is_not_left_out(sandbox, mount, moving):
    """Or they would be dropped one by one until no communities are left."""
    start_anew(moving, mount, sandbox)
    [first] = snapshot(moving)
    start_anew(moving, mount, sandbox, user_id=None, organizations=ORG)
    done = moving(SNAPSHOT)
    assert done.returncode == 1
    assert "has communities/, and the mount does not show it" in done.stderr
    assert os.readlink(moving.home / "backups/latest") == first
    assert snapshots(moving.home) == [first]


def test_what_a_failed_run_left_of_another_mount_is_in_no_snapshot(sandbox, mount, moving):
    (moving.home / "backups/next/communities").mkdir(parents=True)
    (moving.home / "backups/next/communities/1.json").write_text("old")
    [first] = snapshot(moving)
    assert of_account(moving.fs, moving.home / "backups" / first)


def unmount_all(fs):
    output("fusermount3", "-u", fs.point)
    fs.wait()


def kill(fs):
    fs.expected_exit = -signal.SIGKILL
    fs.signal(signal.SIGKILL)
    fs.wait()


@pytest.mark.parametrize("fail", [unmount_all, kill])
# semantics: S6, E4
def test_without_a_mount_that_answers_no_snapshot_is_made(recipe, fail):
    [first] = snapshot(recipe)
    before = tree(recipe.home / "backups")
    fail(recipe.fs)
    done = recipe(SNAPSHOT)
    assert done.returncode == 1
    assert f"qpfs-backup: no mount of qpfs answers at {recipe.fs.point}: " in done.stderr
    clear(recipe.fs)
    assert tree(recipe.home / "backups") == before


def test_a_mount_that_ends_just_before_rsync_begins_makes_no_snapshot(recipe, tmp_path):
    [first] = snapshot(recipe)
    before = inventory(recipe.home / "backups" / first)
    rsync = tmp_path / "bin/rsync"
    rsync.write_text(f'#!/bin/sh\numount -l {recipe.fs.point}\nexec {shutil.which("rsync")} "$@"\n')
    rsync.chmod(0o755)
    assert snapshot(recipe, status=23) == []
    assert inventory(recipe.home / "backups" / first) == before


def test_old_snapshots_are_dropped(recipe):
    place = recipe.home / "backups"
    for day in range(10, 40):
        (place / f"20{day}-01-01T000000Z/communities").mkdir(parents=True)
    (place / "2011-notes").mkdir()
    snapshot(recipe)
    assert snapshots(recipe.home)[:2] == ["2011-01-01T000000Z", "2011-notes"]
    assert len(snapshots(recipe.home)) == 31


def test_two_backups_at_once_do_not_mix(recipe):
    done = recipe(f"mkdir ~/backups\nexec 8>~/backups/.lock\nflock 8\n{SNAPSHOT}")
    assert done.returncode == 1
    assert "another one is at work" in done.stderr


@pytest.mark.parametrize("arguments", ["-k 0", "-k x", "-x"])
def test_a_wrong_argument_is_refused(environment, arguments):
    done = run(SCRIPT, *arguments.split(), env=environment)
    assert (done.returncode, "usage: qpfs-backup" in done.stderr) == (2, True)


# -------- what looks for newer files --------

# Before a change, and after it: a line for each file that is seen. Where the page names another way,
# the same for that; "copy" is rsync's.
NEWER = {
    "`tar -g`": (
        "tar -g seen -cf 1.tar -C $POINT users",
        "tar -g seen -cvf 2.tar -C $POINT users | grep json || true",
        "tar -g of_copy -cf 1.tar copy",
        "tar -g of_copy -cvf 2.tar copy | grep json",
    ),
    "`find -newer`": (
        "touch stamp",
        "find $POINT/users -type f -newer stamp",
        "touch stamp",
        "find copy -type f -cnewer stamp",
    ),
    "`make`": (
        "make",
        "make -q || echo made",
        "make",
        "[ ! -s came ] || make -B; cat came",
    ),
    "`cp -u`": ("cp -r $POINT/users old", "cp -ruv $POINT/users/. old", "true", "cat came"),
    "`cp -au`": ("cp -a $POINT/users old", "cp -auv $POINT/users/. old", "true", "cat came"),
    "`rsync -au`": (
        "rsync -a $POINT/users/ old",
        "rsync -aui $POINT/users/ old | grep json",
        "true",
        "cat came",
    ),
}
MAKEFILE = "list: $(wildcard $(POINT)/users/*.json)\n\t@cat $^ >list; echo made\n"
SYNC = "rsync -ai --modify-window=-1 $POINT/users/ copy | grep json >came || true"


@pytest.mark.parametrize("tool", NEWER)
def test_a_tool_that_looks_for_newer_files_sees_what_the_page_says(sandbox, mount, tmp_path, tool):
    fs, work = mount(sandbox), tmp_path / "work"
    changed = sandbox.user_ids(RESEARCH)[:40]
    work.mkdir()
    (work / "Makefile").write_text(MAKEFILE)

    def lines(script: str) -> int:
        env = os.environ | {"POINT": str(fs / users(RESEARCH).removesuffix("/users"))}
        return len(output("sh", "-euc", script, cwd=work, env=env).splitlines())

    before, after, copy_before, copy_after = NEWER[tool]
    for script in SYNC, before, copy_before:
        lines(script)
    wait_until(lambda: time.time() > os.stat(work / "copy").st_ctime + 1)  # tar -g counts seconds
    sandbox.change(*[phone(id, "+1 555 0100") for id in changed])
    fs.refresh()
    seen = {"none": lambda n: n == 0, "about half": lambda n: 10 < n < 30}
    assert seen[NEWER_ROWS[tool]](lines(after))
    lines(SYNC)
    assert lines(copy_after) - (tool == "`make`") == len(changed)


def test_the_page_names_these_tools_and_no_others():
    assert list(NEWER_ROWS) == list(NEWER)


# -------- units, costs, restoring --------


def test_the_units_are_installed_and_verified(shell, environment, tmp_path):
    stub = tmp_path / "systemctl"
    stub.write_text('#!/bin/sh\necho "systemctl $*"\n')
    stub.chmod(0o755)
    places = ["/usr/local/bin", "/etc/systemd/system"]
    own = "".join(f"mount -t tmpfs own {place}\n" for place in places)
    units = "/etc/systemd/system/qpfs-backup.service /etc/systemd/system/qpfs-backup.timer"
    script = f"{own}cd {ROOT}\nln -s {stub} /usr/local/bin/systemctl\nPATH=/usr/local/bin:$PATH\n"
    verify = f"systemd-analyze verify {units}\n"
    result = shell(script + PAGE.block_with("systemctl") + verify)
    assert result.stdout.splitlines() == [
        "systemctl daemon-reload",
        "systemctl enable --now qpfs-backup.timer",
    ]
    assert (result.returncode, result.stderr) == (0, "")


def test_the_unit_fails_where_nothing_is_mounted(recipe):
    unit = (ROOT / "data/systemd/qpfs-backup.service").read_text()
    [check] = re.findall("^(Assert.*)$", unit, re.MULTILINE)
    command = f"mkdir -p /mnt/questionpro && systemd-analyze condition '{check}'"
    assert recipe(command).returncode == 0
    unmounted = recipe(command.replace("questionpro", "elsewhere"))
    assert unmounted.returncode != 0
    assert "failed" in unmounted.stdout + unmounted.stderr


def test_check_tells_what_a_backup_costs(sandbox, recipe, shell):
    script = "(umask 077 && cat > ~/.questionpro-key)\n" + PAGE.block_with("--check")
    said = shell(script, QUESTIONPRO_API_URL=sandbox.url).stdout
    least, most = map(int, re.search(r"cost (\d+) to (\d+) calls", said).groups())
    sandbox.reset()
    recipe.fs.refresh()
    assert recipe(MIRROR).returncode == 0
    # SIGHUP has the user asked for once more, as the mount did at its start.
    assert least <= sandbox.total() <= most


def test_a_copy_becomes_a_table(recipe):
    done = recipe(MIRROR + PAGE.block_with("jq -r"))
    assert done.returncode == 0, done.stderr
    assert '"jane@example.com"' in done.stdout
    assert len(done.stdout.splitlines()) == 2
