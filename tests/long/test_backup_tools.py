"""docs/backup.md: what it says of restic and borg, and of restoring."""

import os

import pytest

from account import RESEARCH, users
from backups import ENDED, HAPPENS, MOUNTED, PAGE, Row, check_failure, clear, command_of, happen
from tools import output, tree, wait_until

TOOLS = ["restic", "borg"]
FIRST = {"restic": "restic init", "borg": "borg init"}
BACKUP = {"restic": "restic backup", "borg": "borg create"}


class Repository:
    """A tool and what it has kept."""

    def __init__(self, tool: str, fs, shell, environment, home):
        self.tool, self.fs, self.shell, self.home = tool, fs, shell, home
        self.exports = PAGE.block_with(FIRST[tool]).splitlines()[0]
        self.environment = environment | {"HOME": str(home)}
        result = self.run(PAGE.block_with(FIRST[tool]), exports="")
        assert result.returncode == 0, result.stderr

    def run(self, script: str, exports: str | None = None):
        exports = self.exports if exports is None else exports
        return self.shell(f"{exports}\n{script.replace(MOUNTED, str(self.fs.point))}")

    def backup(self):
        """The block of the page, in another second than the one before."""
        return self.run("sleep 1\n" + PAGE.block_with(BACKUP[self.tool]))

    def output(self, script: str) -> list[str]:
        result = self.run(script)
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()

    def kept(self) -> list[str]:
        """What was kept, oldest first."""
        if self.tool == "borg":
            return self.output("borg list --short")
        return self.output("restic snapshots --json | jq -r '.[].short_id'")

    def complete(self) -> list[str]:
        if self.tool == "borg":
            return self.output("borg list --short --glob-archives 'complete-*'")
        return self.output("restic snapshots --tag complete --json | jq -r '.[].short_id'")

    def files(self, name: str) -> list[str]:
        """The files of one of them, below the mount."""
        listed = f"borg list --short ::{name}" if self.tool == "borg" else f"restic ls {name}"
        mark = f"{str(self.fs.point)[1:]}/"
        return sorted(line.split(mark)[1] for line in self.output(listed) if line.endswith(".json"))


@pytest.fixture(params=TOOLS)
def repository(request, sandbox, mount, shell, environment, tmp_path) -> Repository:
    fs = mount(sandbox, timeout=2)
    return Repository(request.param, fs, shell, environment, tmp_path / "home")


def files_of(fs) -> list[str]:
    """Without links to them."""
    return sorted(name for name in tree(fs.point) if name.endswith(".json"))


# semantics: S1, S5, S6, E4
@pytest.mark.parametrize("happens", HAPPENS)
def test_the_tools_do_what_the_table_says(sandbox, repository, happens):
    row, fs = Row(happens, repository.tool), repository.fs
    done = repository.backup()
    assert done.returncode == 0, done.stderr
    [first] = repository.kept()
    assert repository.complete() == [first]
    everything = repository.files(first)
    assert everything == files_of(fs)
    happen(row, sandbox, fs)
    check_failure(row, repository.backup())
    new = [name for name in repository.kept() if name != first]
    without = [name for name in everything if not name.startswith(users(RESEARCH))]
    expected = {
        "all": everything,
        "a snapshot without that department": without,
        "an archive without it": without,
        "an empty snapshot": [],
        "an empty archive": [],
        "no snapshot": None,
    }[row.holds]
    assert [repository.files(name) for name in new] == [expected] * (expected is not None)
    if happens == "nothing":  # of two of one day the tools may forget the older one
        assert repository.complete()[-1:] == new
    else:
        assert repository.files(first) == everything
        assert repository.complete() == [first]
    clear(fs)


def test_a_second_run_reads_nothing_but_what_borg_never_trusts(repository):
    fs = repository.fs
    repository.backup()
    fs.refresh()
    block = PAGE.block_with(BACKUP[repository.tool])
    again = block.replace("borg create", "borg create --list --filter=AMCE")
    done = repository.run("sleep 1\n" + again)
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    if repository.tool == "restic":
        assert f"0 new,     0 changed, {len(files_of(fs)):5} unmodified" in said
    else:
        assert len([line for line in said.splitlines() if line[:2] in ["A ", "M ", "C "]]) == 1


@pytest.mark.parametrize("tool", TOOLS)
def test_a_run_that_is_ended_keeps_nothing_and_hinders_nobody(
    serve, mount, shell, environment, tmp_path, tool
):
    fs = mount(serve("--users", "20000"))
    home = tmp_path / "home"
    repository = Repository(tool, fs, shell, environment, home)
    variables = dict(
        part.split("=", 1) for part in repository.output("env") if part.startswith(tool.upper())
    )
    locks = home / {"restic": "restic/locks", "borg": "borg/lock.exclusive"}[tool]
    with command_of(tool, fs, home, repository.environment | variables) as process:
        wait_until(lambda: locks.exists() and os.listdir(locks), 60)
        process.terminate()
        status = process.wait(60)
    # The page has it as a shell does: 128 and the signal.
    assert (status if status >= 0 else 128 - status) == Row(ENDED, tool).status
    assert repository.kept() == []
    done = repository.backup()
    assert done.returncode == 0, done.stderr
    assert len(repository.complete()) == 1


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("ttl", [3, 60])
def test_a_backup_costs_one_walk_at_any_ttl(serve, mount, shell, environment, tmp_path, tool, ttl):
    sandbox = serve("--departments", "80", "--latency", "60")
    fs = mount(sandbox, cache_ttl=ttl)
    repository = Repository(tool, fs, shell, environment, tmp_path / "home")
    sandbox.reset()
    assert repository.backup().returncode == 0
    calls = sandbox.paths()
    assert {path: count for path, count in calls.items() if "2001" in path} == {
        path: 1 for path in calls if "2001" in path
    }
    backup = sandbox.total()
    repository.fs.refresh()
    sandbox.reset()
    output("find", repository.fs.point, "-type", "f")
    # find does not read organization.json. Its list may have run out when the tools read it.
    backup -= calls.get("/organizations/2345678", 0)
    # restic counts while it saves: it reads each directory twice, those of departments perhaps
    # after their time.
    assert backup <= sandbox.total() + (1 if tool == "restic" and ttl < 60 else 0)


def test_each_tool_restores_what_was_there(sandbox, mount, shell, environment, tmp_path):
    fs, home = mount(sandbox), tmp_path / "home"
    exports = []
    for tool in TOOLS:
        repository = Repository(tool, fs, shell, environment, home)
        assert repository.backup().returncode == 0
        exports.append(repository.exports)
    script = PAGE.block_with("rsync -a --delete") + PAGE.block_with("cp -r")
    done = repository.run(script, exports="\n".join(exports))
    assert done.returncode == 0, done.stderr
    seen = tree(fs.point)
    assert tree(home / "restored") == tree(fs / "organizations")
    for tool in TOOLS:
        assert tree(home / f"restored-by-{tool}" / str(fs.point)[1:]) == seen
