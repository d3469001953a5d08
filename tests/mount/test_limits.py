"""What a machine limits: how many files may be open, and how long the kernel waits for an answer."""

import signal
import subprocess

import pytest

from account import KEY, USER
from mount import option_text
from tools import is_mounted, output, run

# -------- files that may be open --------


@pytest.fixture
def exhausted(sandbox, mount):
    """A mount that has read everything, and can open no file from now on."""
    fs = mount(sandbox, per_page=100)
    output("ls", "-lR", fs.point)
    output("prlimit", "--pid", str(fs.pid), "--nofile=3:3")
    return fs


def test_umount_without_a_file_left_to_open_is_a_clean_end(exhausted):
    output("umount", exhausted.point)
    assert exhausted.wait() == 0


def test_sigterm_without_a_file_left_to_open_is_a_clean_end(exhausted):
    exhausted.signal(signal.SIGTERM)
    assert exhausted.wait() == 0
    assert not is_mounted(exhausted.point)


@pytest.fixture
def limited(sandbox, qpfs, environment, point):
    """Runs qpfs where so many files may be open at once."""

    def start(limit: str, *flags: str, **options) -> subprocess.CompletedProcess:
        given = option_text({"user_id": USER, "api_url": sandbox.url} | options)
        command = ["prlimit", f"--nofile={limit}", qpfs, *flags, "-o", given, point]
        return run(*command, env=environment | {"QUESTIONPRO_API_KEY": KEY})

    return start


@pytest.mark.exact_service("it counts calls")
@pytest.mark.parametrize("limit", [9, 12, 15, 39])
def test_too_few_files_are_named_with_the_remedy(sandbox, limited, point, limit):
    for flags in [], ["-f"], ["--check"]:
        done = limited(f"{limit}", *flags)
        said = done.stdout + done.stderr
        assert done.returncode == 1
        assert f"only {limit} files may be open at a time, and 40 are needed" in said
        assert "LimitNOFILE=1024" in said
        assert flags == ["--check"] or sandbox.total() == 0
        assert not is_mounted(point)
    assert "and 96 are needed" in limited("64", parallel=64).stderr


def test_a_limit_that_may_be_raised_is_no_obstacle(limited):
    done = limited("15:1024", "--check")
    assert (done.returncode, "open files" in done.stdout) == (0, False)
