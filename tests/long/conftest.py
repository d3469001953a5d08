"""Tests that take their time. The fixtures are those of the mount tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "mount"))

from fixtures import *  # noqa: E402, F403
from fixtures import finish_all  # noqa: E402

from mount import Mount  # noqa: E402


@pytest.fixture
def remount(qpfs, environment, tmp_path_factory):
    """Mounts a sandbox's account, in the same place each time."""
    point = tmp_path_factory.mktemp("same")
    mounts = []

    def start(sandbox, **options) -> Mount:
        mounts.append(Mount(qpfs, point, environment))
        return mounts[-1].start(sandbox, **options)

    yield start
    finish_all([mount for mount in mounts if mount.process.poll() is None])
