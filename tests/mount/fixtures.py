"""Fixtures for all tests: each runs on each build of $QPFS_BUILDS, with mounts of its own."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from account import FIELD, KEY, MARKETING, users
from docs import ROOT
from answers import Answers
from machine import Machine
from mount import Mount, clear_mount, option_text, reporting_to, sanitizer_reports
from noise import NOISY, SEED, noise_seed
from pretence import Clock
from sandbox import Sandbox
from secrecy import files_with_key
from service import Service
from tools import (
    adopt_orphans,
    output,
    processes_naming,
    rsync,
    run,
    wait_until,
    wait_until_it_waits,
)

BUILDS = [Path(name) for name in os.environ.get("QPFS_BUILDS", str(ROOT / "build")).split(":")]
PROGRAMS = [
    *("rsync", "tar", "jq", "rg", "sqlite3", "diff", "du", "fusermount3", "mount.fuse3"),
    *("umount", "mount", "tmux", "findmnt", "nsenter", "setpriv", "systemd-analyze", "unshare"),
]


def pytest_sessionfinish(session):
    """At the end of all workers, whose directories are below this one's."""
    if hasattr(session.config, "workerinput"):
        return
    found = files_with_key(session.config._tmp_path_factory.getbasetemp())
    if found:
        print("\nthe key stands in what the tests left:", *found, sep="\n  ")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def build_name(build: Path) -> str:
    return "sanitized" if re.search("asan|sanit", build.name) else "plain"


def pytest_collection_modifyitems(config, items):
    """Those that take long begin first, so that not one of them ends alone."""
    without = [item for item in items if item.get_closest_marker("plain") and is_sanitized(item)]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if item not in without]
    items.sort(key=lambda item: not item.get_closest_marker("slow"))


def is_sanitized(item: pytest.Item) -> bool:
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return "build" in parameters and build_name(parameters["build"]) == "sanitized"


@pytest.fixture(scope="session", params=BUILDS, ids=build_name)
def build(request) -> Path:
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    names = ["src/qpfs", "src/sandbox/qpfs-sandbox", "tests/sandbox/qpfs-test-sandbox"]
    programs = [request.param / name for name in names]
    missing += [str(path) for path in [Path("/dev/fuse"), *programs] if not path.exists()]
    assert not missing, "the tests need these"
    adopt_orphans()
    # A shell that started this in the background lets its children ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return request.param


@pytest.fixture
def qpfs(build) -> Path:
    return build / "src/qpfs"


@pytest.fixture
def tmp_path(request, tmp_path) -> Path:
    """Is deleted, unless the test fails. All tests together make 300,000 files, and pytest would
    delete them one after the other, while nothing else runs."""
    failed = request.session.testsfailed
    yield tmp_path
    assert files_with_key(tmp_path) == []
    if request.session.testsfailed == failed:
        shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """For the programs under test: no configuration, no proxy, no key of whoever runs this."""
    return {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "HOME": str(tmp_path),
        **reporting_to(tmp_path / "sanitizer"),
    }


def finish_all(things: list):
    """Ends each of them, even if one cannot be ended well, and then says what was wrong."""
    problems = []
    for thing in reversed(things):
        try:
            thing.stop()
        except Exception as problem:
            problems.append(problem)
    if problems:
        raise problems[0]


@pytest.fixture
def serve(request, build, environment):
    """Starts a sandbox with these arguments."""
    sandboxes = []

    def start(*arguments: str) -> Sandbox:
        seed = noise_seed(request.node, len(sandboxes))
        sandboxes.append(Sandbox(build, environment, *arguments, noise_seed=seed))
        return sandboxes[-1]

    yield start
    finish_all(sandboxes)
    for sandbox in sandboxes:
        request.node.user_properties.append(("noise", (sandbox.answers, sandbox.spoilt)))


def pytest_terminal_summary(terminalreporter):
    """How many answers were spoilt, over all tests."""
    if not NOISY:
        return
    reports = [report for found in terminalreporter.stats.values() for report in found]
    properties = [
        value
        for report in reports
        if getattr(report, "when", "") == "teardown"
        for name, value in report.user_properties
        if name == "noise"
    ]
    answers, spoilt = (sum(column) for column in zip(*properties, (0, 0)))
    terminalreporter.line(f"QPFS_FLAKY={SEED}: {spoilt} of {answers} answers were spoilt")


@pytest.fixture
def sandbox(serve) -> Sandbox:
    return serve()


@pytest.fixture
def service():
    """A service that shares nothing with the sandbox, and whose account is the test's."""
    service = Service()
    yield service
    service.stop()


@pytest.fixture
def play():
    """Starts a service of recorded answers."""
    playing = []

    def start(directory: Path) -> Answers:
        playing.append(Answers(directory))
        return playing[-1]

    yield start
    for answers in playing:
        answers.stop()


@pytest.fixture
def mount(qpfs, environment, tmp_path_factory) -> Callable[..., Mount]:
    """Mounts a sandbox's account with these options, in the foreground."""
    mounts = []

    def start(sandbox: Sandbox, **options) -> Mount:
        point = tmp_path_factory.mktemp("mount")
        mounts.append(Mount(qpfs, point, environment))
        return mounts[-1].start(sandbox, **options)

    yield start
    finish_all(mounts)


@pytest.fixture
def clock(build, environment, tmp_path) -> Clock:
    """Of every qpfs that the test starts; it moves it."""
    return Clock(build, environment, tmp_path / "pretence")


@pytest.fixture
def memory(tmp_path) -> Path:
    """An empty directory in memory: a program that copies there waits for no busy disk."""
    path = tmp_path / "memory"
    path.mkdir()
    output("mount", "-t", "tmpfs", "memory", path)
    yield path
    output("umount", path)


@pytest.fixture
def spawn(mount):
    """Starts a program that the end of the test ends at the latest."""
    processes = []

    def start(*command) -> subprocess.Popen:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def command(qpfs, environment, tmp_path):
    """Runs qpfs as on a command line."""

    def start(
        *arguments, key: str | None = KEY, variables: dict | None = None, cwd=None, **options
    ) -> subprocess.CompletedProcess:
        env = environment | ({"QUESTIONPRO_API_KEY": key} if key is not None else {})
        flags = ["-o", option_text(options)] if options else []
        return run(qpfs, *flags, *arguments, env=env | (variables or {}), timeout=30, cwd=cwd)

    yield start
    assert sanitizer_reports(tmp_path / "sanitizer") == ""


@pytest.fixture
def shell(environment, tmp_path, build):
    """Runs a script where /mnt and /home are its own, but for the sources, if they are there, with
    qpfs in the PATH and ~ somewhere empty."""
    programs, home, sources = (tmp_path / name for name in ["bin", "home", "sources"])
    for directory in programs, home, sources:
        directory.mkdir()
    (programs / "qpfs").symlink_to(build / "src/qpfs")

    def start(script: str, **variables) -> subprocess.CompletedProcess:
        own = f"""
        mount --bind {ROOT} {sources}
        mount -t tmpfs own /mnt
        mount -t tmpfs own /home
        [ -d {ROOT} ] || {{ mkdir -p {ROOT} && mount --bind {sources} {ROOT}; }}
        umount {sources}
        cd
        """
        env = environment | {"HOME": str(home)} | variables
        env["PATH"] = f"{programs}:{env['PATH']}"
        command = ["unshare", "--mount", "bash", "-euo", "pipefail", "-c", own + script]
        return run(*command, env=env, input=KEY + "\n", timeout=80)

    return start


@pytest.fixture
def point(tmp_path_factory) -> Path:
    """An empty directory, on which nothing is mounted after the test."""
    path = tmp_path_factory.mktemp("point")
    yield path
    leftover = processes_naming(str(path))
    for pid in leftover:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    clear_mount(path)
    assert leftover == []


@pytest.fixture
def machine(qpfs, environment) -> Machine:
    machine = Machine(qpfs, environment)
    yield machine
    machine.stop()


@pytest.fixture(scope="session")
def backup(build, tmp_path_factory) -> Path:
    """A backup of the whole account, which no test may change."""
    top = tmp_path_factory.mktemp("backup")
    point, target = top / "mount", top / "backup"
    point.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(top),
        "ASAN_OPTIONS": f"log_path={top}/sanitizer",
    }
    sandbox = Sandbox(build, environment)
    mounted = Mount(build / "src/qpfs", point, environment)
    try:
        mounted.start(sandbox)
        rsync(f"{point}/", target)
    finally:
        finish_all([sandbox, mounted])
    return target


@pytest.fixture
def stalling(sandbox, mount):
    """A mount in which one department never answers and another is cached."""
    sandbox.fault(users(FIELD), stall=600)
    fs = mount(sandbox, timeout=90)
    output("ls", fs / users(MARKETING))
    os.stat(fs / users(FIELD))
    return fs


@pytest.fixture
def stalled(sandbox, stalling, spawn):
    """Starts an ls that waits for the service."""

    def start() -> subprocess.Popen:
        before = sandbox.total()
        process = spawn("ls", stalling / users(FIELD))
        wait_until(lambda: sandbox.total() > before)
        wait_until_it_waits(process)
        return process

    return start
