"""Backup programs judge: what they read once they do not read again, on a new mount either."""

import json
import os

import pytest

from tools import files_in, output, rsync, run, tree


@pytest.fixture
def twice(sandbox, remount):
    """Runs a backup of a mount, and again of a new mount in the same place."""

    def start(backup) -> tuple:
        results = []
        for _ in range(2):
            fs = remount(sandbox)
            results.append(backup(fs.point))
            seen = tree(fs.point)
            fs.stop()
        return *results, seen

    return start


def files_of(top) -> list[str]:
    return sorted(files_in(tree(top)))


def newest_files(top) -> list[str]:
    """In borg's order."""
    times = {name: os.lstat(os.path.join(top, name)).st_mtime_ns for name in files_of(top)}
    return [name for name in times if times[name] == max(times.values())]


def test_rsync(twice, tmp_path):
    copy = tmp_path / "copy"
    first, second, seen = twice(lambda point: rsync(f"{point}/", copy))
    assert len(first) > 2750
    assert second == []
    assert tree(copy) == seen


def test_restic(twice, tmp_path):
    env = os.environ | {
        "RESTIC_PASSWORD": "judge",
        "RESTIC_REPOSITORY": str(tmp_path / "repository"),
        "RESTIC_CACHE_DIR": str(tmp_path / "cache"),
    }
    output("restic", "init", env=env)

    def backup(point) -> dict:
        lines = output("restic", "backup", "--json", "--host", "judge", point, env=env)
        return json.loads(lines.splitlines()[-1])

    first, second, seen = twice(backup)
    assert first["files_new"] == len(files_in(seen)) > 2750
    unchanged = {"files_new": 0, "files_changed": 0, "files_unmodified": len(files_in(seen))}
    assert {name: second[name] for name in unchanged} == unchanged
    assert second["data_blobs"] == 0
    output("restic", "restore", "latest", "--target", tmp_path / "restored", env=env)
    restored = [top for top, names, _ in os.walk(tmp_path / "restored") if "communities" in names]
    assert tree(restored[0]) == seen
    assert "no errors were found" in output("restic", "check", "--read-data", env=env)


def test_borg(twice, tmp_path):
    repository = tmp_path / "repository"
    env = os.environ | {
        "BORG_BASE_DIR": str(tmp_path / "base"),
        "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
    }
    output("borg", "init", "--encryption=none", repository, env=env)
    names = iter(["first", "second"])

    newest = []

    def backup(point) -> list[str]:
        newest[:] = newest_files(point)
        flags = ["--list", "--filter=AMCE", "--files-cache=mtime,size,inode"]
        archive = f"{repository}::{next(names)}"
        done = run("borg", "create", *flags, archive, ".", env=env, cwd=point)
        assert done.returncode == 0, done.stderr
        return [line for line in done.stderr.splitlines() if line]

    first, second, seen = twice(backup)
    assert len(first) == len(files_in(seen)) > 2750
    # By its own rule borg does not remember what has the newest time of all that it saw.
    assert second == [f"A {name}" for name in newest]
    (tmp_path / "restored").mkdir()
    output("borg", "extract", f"{repository}::second", env=env, cwd=tmp_path / "restored")
    assert tree(tmp_path / "restored") == seen


def test_tar(twice, tmp_path):
    snapshot = tmp_path / "snapshot"
    archives = [tmp_path / "first.tar", tmp_path / "second.tar"]
    left = iter(archives)

    def backup(point):
        archive = next(left)
        # A mount has another device number each time.
        flags = ["--no-check-device", f"--listed-incremental={snapshot}"]
        output("tar", "-C", point, *flags, "-cf", archive, ".")
        return [line for line in output("tar", "-tf", archive).splitlines() if line[-1] != "/"]

    first, second, seen = twice(backup)
    assert len(first) == sum(data is not None for data in seen.values()) > 2750
    assert second == []
    (tmp_path / "restored").mkdir()
    for archive in archives:
        extract = ["--listed-incremental=/dev/null", "-xf", archive]
        output("tar", "-C", tmp_path / "restored", *extract)
    assert tree(tmp_path / "restored") == seen
