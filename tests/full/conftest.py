"""The fixtures of the tests of the mount, and a proxy that damages what the sandbox says."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "mount"))

from fixtures import *  # noqa: E402, F403
from fixtures import finish_all  # noqa: E402

from account import DEPARTMENTS  # noqa: E402
from mount import Mount  # noqa: E402
from raw import Listener, Proxy  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from tools import output, rsync  # noqa: E402

# As large as the department FIELD, so that each of three pages can fail by itself.
MORE = [
    {"add_department": 1238, "name": "Middle", "users": 2500},
    {"add_department": 1239, "name": "Last", "users": 2500},
]


@pytest.fixture
def sandbox(serve) -> Sandbox:
    sandbox = serve()
    sandbox.change(*MORE)
    return sandbox


@pytest.fixture
def proxy(sandbox) -> Proxy:
    proxy = Proxy(sandbox)
    yield proxy
    proxy.stop()


@pytest.fixture
def elsewhere() -> Listener:
    """Another origin, which must never hear a byte."""
    listener = Listener()
    yield listener
    listener.stop()


@pytest.fixture(scope="session")
def good_backup(build, tmp_path_factory) -> Path:
    """Of this larger account, whole."""
    top = tmp_path_factory.mktemp("backup")
    point, target = top / "mount", top / "good"
    point.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(top),
        "ASAN_OPTIONS": f"log_path={top}/sanitizer",
    }
    sandbox = Sandbox(build, environment)
    mounted = Mount(build / "src/qpfs", point, environment)
    try:
        sandbox.change(*MORE)
        mounted.start(sandbox)
        assert rsync(f"{point}/", target)
        assert len(list((target / DEPARTMENTS).glob("[0-9]*"))) == 6
    finally:
        finish_all([sandbox, mounted])
    return target


@pytest.fixture
def backup(good_backup, tmp_path) -> Iterator[Path]:
    """A copy of it, of links: rsync changes no file in place. It goes with its test, for all of
    them together are two million names."""
    copy = tmp_path / "backup"
    output("cp", "-al", good_backup, copy)
    yield copy
    shutil.rmtree(copy)
