"""Tests that take their time. The fixtures are those of the mount tests."""

import importlib.util
import sys
from pathlib import Path

import pytest

MOUNT_TESTS = Path(__file__).parents[1] / "mount"
sys.path.insert(0, str(MOUNT_TESTS))

from mount import Mount  # noqa: E402

_spec = importlib.util.spec_from_file_location("mount_conftest", MOUNT_TESTS / "conftest.py")
_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_fixtures)

# As fixtures are found by their names.
build, qpfs, environment = _fixtures.build, _fixtures.qpfs, _fixtures.environment
build_name = _fixtures.build_name
pytest_sessionfinish = _fixtures.pytest_sessionfinish
serve, sandbox, mount, spawn, command, shell = (
    _fixtures.serve,
    _fixtures.sandbox,
    _fixtures.mount,
    _fixtures.spawn,
    _fixtures.command,
    _fixtures.shell,
)
pytest_terminal_summary = _fixtures.pytest_terminal_summary


@pytest.fixture
def remount(qpfs, environment, tmp_path_factory):
    """Mounts a sandbox's account, in the same place each time."""
    point = tmp_path_factory.mktemp("same")
    mounts = []

    def start(sandbox, **options) -> Mount:
        mounts.append(Mount(qpfs, point, environment))
        return mounts[-1].start(sandbox, **options)

    yield start
    _fixtures.finish_all([mount for mount in mounts if mount.process.poll() is None])
