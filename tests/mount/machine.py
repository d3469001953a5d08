"""A machine of the test's own, whatever the real machine is like.

It is a mount namespace with its own /etc, /home, /mnt and /run. qpfs is installed in
/usr/local/bin, and jane and john have accounts.
"""

import errno
import os
import signal
import struct
import subprocess
from contextlib import contextmanager
from pathlib import Path

from account import KEY
from mount import reporting_to, sanitizer_reports
from tools import run

JANE = 4242

# The programs are opened first: the sources may be in a home, which is hidden then.
PREPARE = f"""
exec 3<"$QPFS" 4<"$BACKUP"
mount --make-rprivate /
mount -t tmpfs -o mode=755 own /mnt
mknod -m 666 /mnt/fuse c 10 229
mount --bind /mnt/fuse /dev/fuse
cp -a /etc /mnt/etc
mount --bind /mnt/etc /etc
for directory in /home /root /run /usr/local/bin; do
    mount -t tmpfs -o mode=755 own $directory
done
echo 'jane:x:{JANE}:{JANE}::/home/jane:/bin/sh' >>/etc/passwd
echo 'jane:x:{JANE}:' >>/etc/group
echo 'john:x:4243:4243::/:/bin/sh' >>/etc/passwd
echo 'john:x:4243:' >>/etc/group
echo '# nothing is allowed' >/etc/fuse.conf
rm -f /etc/updatedb.conf
mkdir -p /mnt/questionpro /etc/qpfs
install -d -m 1777 /mnt/reports
install -d -o {JANE} -g {JANE} /home/jane /home/jane/questionpro
cat <&3 >/usr/local/bin/qpfs
cat <&4 >/usr/local/bin/qpfs-backup
chmod 755 /usr/local/bin/qpfs /usr/local/bin/qpfs-backup
echo ready
exec cat 3<&- 4<&-
"""
BACKUP = Path(__file__).parents[2] / "data/backup/qpfs-backup"
REPORTS = "/mnt/reports/sanitizer"
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


def mount_namespace(pid: int | str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/mnt")
    except OSError:
        return ""


def program_name(pid: int | str) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def parent(pid: int) -> int:
    """Of what looks like a qpfs, but was started by LeakSanitizer at its end, that is qpfs."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().split()[3])
    except (FileNotFoundError, ProcessLookupError):
        return 0


class Machine:
    """Whoever runs something there is root, with his key in /etc/qpfs/key, or jane, with hers in
    ~/key."""

    def __init__(self, qpfs: Path, environment: dict[str, str]):
        self.environment = environment | {"HOME": "/root", "PATH": PATH} | reporting_to(REPORTS)
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-euc", PREPARE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment | {"QPFS": str(qpfs), "BACKUP": str(BACKUP)},
        )
        assert self.holder.stdout.readline() == "ready\n"
        self.namespace = mount_namespace(self.holder.pid)
        self.is_offline = False
        self._check_that_it_is_entered()
        for path, owner in ("/etc/qpfs/key", 0), ("/home/jane/key", JANE):
            self.write(path, KEY + "\n", mode=0o600, owner=owner)

    def _check_that_it_is_entered(self):
        """Or scripts that spoil a machine would spoil the real one."""
        own = os.stat(self / "/mnt")
        entered = run(*self.enter("stat", "--format=%d:%i", "/mnt")).stdout
        assert entered == f"{own.st_dev}:{own.st_ino}\n"

    def __truediv__(self, path: str) -> Path:
        """Where the real machine sees a path of this one."""
        return Path(f"/proc/{self.holder.pid}/root{path}")

    def write(self, path: str, text: str, mode: int = 0o644, owner: int = 0):
        file = self / path
        file.write_text(text)
        os.chown(file, owner, owner)
        file.chmod(mode)

    def enter(self, *command: str, user: str = "root") -> list[str]:
        """The command line that runs a command there. Below a chroot, the root of a namespace is
        that of the real machine, so the root is named as well."""
        apart = ["unshare", "--net"] if self.is_offline else []
        become = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--"]
        enter = ["nsenter", "--target", self.holder.pid, "--mount", "--root", f"--wd={self / '/'}"]
        become = become if user != "root" else []
        return [str(part) for part in [*apart, *enter, *become, *command]]

    def sh(self, script: str, user: str = "root", **variables: str) -> subprocess.CompletedProcess:
        home = {"HOME": "/root" if user == "root" else f"/home/{user}"}
        command = self.enter("sh", "-euc", script, user=user)
        return run(*command, env=self.environment | home | variables, timeout=60)

    def output(self, script: str, user: str = "root", **variables: str) -> str:
        done = self.sh(script, user, **variables)
        assert (done.returncode, done.stderr) == (0, ""), script
        return done.stdout

    @contextmanager
    def foreign_mount(self, point: str, type: str = "fuse.other", refused: bool = False):
        """A FUSE mount of a type that no program serves. As long as the connection is open, the
        kernel says ECONNREFUSED if it has REFUSED what the program said at first."""
        device = os.open("/dev/fuse", os.O_RDWR)
        try:
            kernel = f"fd={device},rootmode=40000,user_id=0,group_id=0"
            script = f"mount -i -t {type} -o {kernel} other {point}"
            # mount(8) from 2.41 on forgets what stands behind the point of a type.
            old_calls = os.environ | {"LIBMOUNT_FORCE_MOUNT2": "always"}
            subprocess.run(
                self.enter("sh", "-euc", script), pass_fds=[device], check=True, env=old_calls
            )
            if refused:
                _, _, unique = struct.unpack_from("<IIQ", os.read(device, 1 << 17))
                os.write(device, struct.pack("<IiQ", 16, -errno.EPROTO, unique))
            yield
        finally:
            os.close(device)

    def processes(self) -> list[int]:
        """Those of qpfs that run there."""
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit()
            and mount_namespace(entry.name) == self.namespace
            and program_name(entry.name) == "qpfs"
        ]

    def end_of(self, pid: int) -> int:
        """The exit status of a daemon, or a signal's number with a minus."""
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def kill(self):
        """As a crash would."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
            assert self.end_of(pid) == -signal.SIGKILL

    def stop(self):
        left = [pid for pid in self.processes() if parent(pid) == os.getpid()]
        for pid in left:
            os.kill(pid, signal.SIGTERM)
        statuses = [self.end_of(pid) for pid in left]
        reports = sanitizer_reports(self / REPORTS)
        self.holder.stdin.close()
        self.holder.wait(60)
        self.holder.stdout.close()
        assert statuses == [0] * len(left)
        assert reports == ""
