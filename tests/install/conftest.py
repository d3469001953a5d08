"""The fixtures of the tests of the mount, and qpfs as meson installs it."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "mount"))

from fixtures import *  # noqa: E402, F403

from account import KEY  # noqa: E402
from tools import output  # noqa: E402


@pytest.fixture(scope="session")
def root(build, tmp_path_factory) -> Path:
    """What is /usr/local where qpfs is installed."""
    top = tmp_path_factory.mktemp("root")
    env = os.environ | {"DESTDIR": str(top)}
    output("meson", "install", "-C", build, "--no-rebuild", "--quiet", env=env)
    return top / "usr/local"


@pytest.fixture
def key_file(tmp_path) -> Path:
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")
    path.chmod(0o600)
    return path
