"""What a machine limits: files that are open, their size, how long the kernel waits for an answer."""

import errno
import os
import signal
import subprocess

import pytest

from account import KEY, MARKETING, USER, users
from mount import option_text
from tools import error_of, is_mounted, output, processes_naming, run, wait_until

# -------- files that may be open --------


@pytest.fixture
def exhausted(sandbox, mount, environment):
    """A mount that has read everything, and can open no file from now on. Nor could a sanitizer
    that looks for leaks at its end: it hangs."""
    environment["ASAN_OPTIONS"] = "detect_leaks=0:" + environment["ASAN_OPTIONS"].split(":", 1)[1]
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


# -------- how long the kernel waits --------


@pytest.fixture
def patient(machine, sandbox):
    """What a mount and a check say where the kernel has these limits. They are those of the whole
    machine, so the files are made up; the kernel goes on as before."""

    def start(standard: int, most: int, timeout: int = 30) -> tuple[str, str]:
        machine.output("mkdir /mnt/limits")
        machine.write("/mnt/limits/default_request_timeout", f"{standard}\n")
        machine.write("/mnt/limits/max_request_timeout", f"{most}\n")
        machine.output("mount --bind /mnt/limits /proc/sys/fs/fuse")
        line = f"-o user_id={USER},api_url={sandbox.url},api_key_file=/etc/qpfs/key"
        line += f",timeout={timeout} /mnt/questionpro"
        checked, mounted = (machine.sh(f"qpfs {flag} {line}") for flag in ("--check", ""))
        assert (checked.returncode, mounted.returncode) == (0, 0)
        return checked.stdout, mounted.stderr

    return start


DEFAULT, MAX = " fs.fuse.default_request_timeout=0", " fs.fuse.max_request_timeout=0"


@pytest.mark.parametrize(
    "standard, most, limit, remedy",
    [
        (20, 0, 20, DEFAULT),
        (0, 40, 40, MAX),
        (40, 20, 20, DEFAULT + MAX),
        (600, 9000, 600, DEFAULT + MAX),
    ],
)
def test_a_kernel_that_does_not_wait_for_long_is_named(patient, standard, most, limit, remedy):
    for said in patient(standard, most):
        assert f"the kernel ends a mount that lets someone wait for more than {limit} s" in said
        assert f"do as root, and mount anew: sysctl{remedy}\n" in said


@pytest.mark.parametrize("standard, most", [(0, 0), (3600, 0), (7200, 65535)])
def test_a_kernel_that_waits_for_long_enough_is_not_named(patient, standard, most):
    assert "sysctl" not in "".join(patient(standard, most))


# -------- how large a file may become --------


def test_a_mount_whose_log_has_reached_the_limit_goes_on(sandbox, mount):
    fs = mount(sandbox, cache_ttl=1)
    names = os.listdir(fs / users(MARKETING))
    written = fs.log_file.stat().st_size
    output("prlimit", "--pid", str(fs.pid), f"--fsize={written}:")
    fs.outlive(1)
    sandbox.fault(users(MARKETING), status=403)
    assert error_of(os.listdir, fs / users(MARKETING)) == errno.EACCES
    sandbox.heal()
    fs.outlive(1)
    assert os.listdir(fs / users(MARKETING)) == names
    assert fs.log_file.stat().st_size == written
    output("prlimit", "--pid", str(fs.pid), "--fsize=unlimited:")
    fs.refresh()
    assert fs.process.poll() is None


def test_a_mount_whose_files_may_not_grow_at_all_begins(sandbox, qpfs, environment, point):
    given = option_text({"user_id": USER, "api_url": sandbox.url})
    env = environment | {"QUESTIONPRO_API_KEY": KEY}
    done = run("prlimit", "--fsize=0", qpfs, "-o", given, point, env=env)
    assert done.returncode == 0
    assert "only the calls of this mount are counted" in done.stderr
    assert "File too large" in done.stderr
    assert len(os.listdir(point / users(MARKETING))) == 2
    output("umount", point)
    wait_until(lambda: not processes_naming(str(point)))
