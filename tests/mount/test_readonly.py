"""Every write fails with EROFS."""

import errno
import os

import pytest

from account import MARKETING, users
from tools import error_of, remount

FILE, DIRECTORY = "1234567.json", "."

WRITES = {
    "create": lambda d: open(d / "new.json", "x"),
    "create a record's name": lambda d: open(d / "5.json", "x"),
    "create if it is not there": lambda d: open(d / "new.json", "w"),
    "mknod": lambda d: os.mknod(d / "new"),
    "mkfifo": lambda d: os.mkfifo(d / "new"),
    "mkdir": lambda d: os.mkdir(d / "new"),
    "rmdir": lambda d: os.rmdir(d),
    "unlink": lambda d: os.unlink(d / FILE),
    "rename": lambda d: os.rename(d / FILE, d / "new"),
    "exchange": lambda d: os.rename(d / FILE, d / "1234588.json"),
    "symlink": lambda d: os.symlink("target", d / "new"),
    "link": lambda d: os.link(d / FILE, d / "new"),
    "open for writing": lambda d: os.open(d / FILE, os.O_WRONLY),
    "open for both": lambda d: os.open(d / FILE, os.O_RDWR),
    "open for appending": lambda d: os.open(d / FILE, os.O_WRONLY | os.O_APPEND),
    "open with truncation": lambda d: os.open(d / FILE, os.O_WRONLY | os.O_TRUNC),
    "truncate": lambda d: os.truncate(d / FILE, 0),
    "chmod": lambda d: os.chmod(d / FILE, 0o644),
    "chmod a directory": lambda d: os.chmod(d, 0o755),
    "chown": lambda d: os.chown(d / FILE, 1, 1),
    "utime": lambda d: os.utime(d / FILE, (1, 1)),
    "setxattr": lambda d: os.setxattr(d / FILE, "user.note", b"x"),
    "removexattr": lambda d: os.removexattr(d / FILE, "user.note"),
}


@pytest.fixture
def directory(sandbox, mount):
    return mount(sandbox) / users(MARKETING)


# semantics: B10
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_this_fails_with_erofs(directory, write):
    assert error_of(write, directory) == errno.EROFS


def test_a_mount_that_root_makes_writable_is_not(directory):
    """The kernel lets it be done, and asks qpfs from then on, but not to open a file."""
    before = (directory / FILE).read_bytes()
    remount(directory.parents[4], read_only=False)
    opens = {"open for writing", "open for both", "open for appending"}
    writes = {name: write for name, write in WRITES.items() if name not in opens}
    errors = {name: errno.errorcode.get(error_of(write, directory)) for name, write in writes.items()}
    assert errors == {name: "EROFS" for name in writes}
    assert (directory / FILE).read_bytes() == before
    with open(directory / FILE, "r+b", buffering=0) as file:
        assert error_of(file.write, b"x") == errno.EROFS
    assert (directory / FILE).read_bytes() == before


def test_access_for_writing_is_refused(directory):
    assert os.access(directory / FILE, os.R_OK)
    assert not os.access(directory / FILE, os.W_OK)
    assert not os.access(directory, os.W_OK)
