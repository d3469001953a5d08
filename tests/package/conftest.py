"""A fresh Debian, in a directory, and the package that tools/package made."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "mount"))

from fixtures import *  # noqa: E402, F403
from fixtures import ROOT  # noqa: E402

from tools import output, run  # noqa: E402

# With what people have who look something up; qpfs brings what it needs by itself.
INCLUDED = "ca-certificates,man-db,bash-completion"

# All that is mounted, and all that runs, ends with the two namespaces. The kernel takes
# nothing but a mount point for the root of a process that mounts. The device is one of its own:
# only udev lets users open that of the real machine, and not everywhere.
ENTER = """
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs sys sys
[ -c dev/fuse ] || mknod -m 666 dev/fuse c 10 229
exec chroot . /bin/sh -euc "$2"
"""


def release() -> tuple[str, str, str]:
    """Codename, components and address of the release of this machine, for which the package is."""
    format = "$(CODENAME) $(COMPONENT) $(SITE)"
    lines = output("apt-get", "indextargets", "--format", format, "Created-By: Packages").splitlines()
    # Updates have a codename of their own, with a hyphen.
    rows = [row for row in map(str.split, lines) if "-" not in row[0]]
    return rows[0][0], ",".join(sorted({row[1] for row in rows})), rows[0][2]


class Debian:
    def __init__(self, path: Path):
        self.path = path
        codename, components, site = release()
        command = ["debootstrap", "--variant=minbase", f"--include={INCLUDED}"]
        command += [f"--components={components}", codename]
        path.chmod(0o755)  # it is the root of other users, too
        done = run(*command, path, site, timeout=240)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        # Documentation is what is tested.
        for file in (path / "etc/dpkg/dpkg.cfg.d").iterdir():
            file.unlink()

    def run(self, script: str) -> subprocess.CompletedProcess:
        spaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
        } | {name: text for name, text in os.environ.items() if name.endswith("_proxy")}
        return run(*spaces, "sh", "-euc", ENTER, "sh", self.path, script, env=env, timeout=120)

    def output(self, script: str) -> str:
        done = self.run(script)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        return done.stdout

    def files(self) -> dict[str, tuple]:
        """But for what dpkg, apt, man and logs write for themselves."""
        own = ["var/lib/dpkg", "var/lib/apt", "var/cache", "var/log", "run", "proc", "sys", "dev"]
        found = {}
        for top, directories, names in os.walk(self.path):
            here = os.path.relpath(top, self.path)
            if here in own:
                directories.clear()
                continue
            for name in directories + names:
                stat = os.lstat(os.path.join(top, name))
                size = 0 if name in directories else stat.st_size
                found[os.path.join(here, name)] = (stat.st_mode, stat.st_uid, size)
        return found


@pytest.fixture(scope="session")
def package() -> Path:
    [path] = (ROOT / "build-package").glob("qpfs_*.deb")
    return path


@pytest.fixture(scope="session")
def autopkgtest() -> dict[str, list[str]]:
    """What debian/tests/control says, in its one paragraph: the words of each field."""
    fields = re.findall(r"^(\S+): (.+)$", (ROOT / "debian/tests/control").read_text(), re.MULTILINE)
    return {name: re.split(r"[,\s]+", words) for name, words in fields}


@pytest.fixture(scope="session")
def debian(tmp_path_factory, package, autopkgtest) -> Debian:
    """Without qpfs, but with all that it and its tests depend on."""
    path = tmp_path_factory.mktemp("debian")
    try:
        debian = Debian(path)
        shutil.copy(package, path / "root/qpfs.deb")
        needed = " ".join({"@": "/root/qpfs.deb"}.get(name, name) for name in autopkgtest["Depends"])
        install = f"apt-get install -q -y --no-install-recommends {needed}"
        debian.output(f"apt-get update -q && {install}")
        debian.output("dpkg --purge qpfs && useradd --create-home jane")
        # As systemd does at boot; fusermount3 reads it.
        (path / "etc/mtab").symlink_to("/proc/self/mounts")
        yield debian
    finally:
        shutil.rmtree(path)


@pytest.fixture(scope="session")
def before(debian) -> dict[str, tuple]:
    return debian.files()


@pytest.fixture(scope="session")
def installed(debian, before) -> Debian:
    debian.output("dpkg -i /root/qpfs.deb")
    return debian
