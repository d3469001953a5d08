"""Where else the same files can be read, each made from what qpfs shows."""

import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path

from service import Service
from workplace import BenchError, Workplace

NGINX = """
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 256; }}
http {{
    access_log access.log;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
    keepalive_requests 10000000;
    server {{
        listen 127.0.0.1:{port};
        root {root};
        autoindex on;
        autoindex_format html;
    }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Web:
    """nginx with a directory of directories of users."""

    def __init__(self, place: Workplace, root: Path):
        self.place = place
        self.root = root
        self.port = free_port()
        self.top = place.directory(f"nginx-{self.port}")
        self.url = f"http://127.0.0.1:{self.port}/"

    @contextmanager
    def serving(self):
        (self.top / "conf").write_text(NGINX.format(port=self.port, root=self.root))
        command = ["/usr/sbin/nginx", "-p", self.top, "-c", self.top / "conf", "-e", "error.log"]
        with self.place.process(*command, ready=self._answers):
            yield self

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def requests(self) -> int:
        return (self.top / "access.log").read_text().count("\n")


class Data:
    """The users of an account as files on tmpfs, ext4, in a squashfs image and behind nginx."""

    def __init__(self, place: Workplace, service: Service):
        self.place = place
        self.service = service
        self.count = service.count
        self.top = place.directory(f"data-{service.sandbox.port}")
        self.web = None

    @property
    def tmpfs(self) -> Path:
        return self.top / "tmpfs/users"

    def point(self, name: str) -> Path:
        return self.place.directory(f"{self.top.name}/{name}")

    @contextmanager
    def on_tmpfs(self):
        """Until the end of the `with`, and nginx serves it."""
        limits = f"size={self.count * 8 + 65536}k,nr_inodes={self.count + 1000},mode=700"
        arguments = ["-t", "tmpfs", "-o", limits, "qpfs-bench"]
        with self.place.mounted(self.point("tmpfs"), *arguments) as point:
            with self.service.users() as users:
                self.place.run("cp", "-a", users, point)
            if len(list(self.tmpfs.iterdir())) != self.count:
                raise BenchError(f"qpfs did not show {self.count} users")
            self.web = Web(self.place, point)
            # nginx as root reads files of mode 0600.
            with self.web.serving():
                yield self

    def needle(self) -> str:
        """What stands in one file only, that in the middle."""
        names = sorted(path.stem for path in self.tmpfs.iterdir())
        return f'"userID": {names[len(names) // 2]},'

    # -------- images --------

    def make_ext4(self):
        image = self.top / "ext4.img"
        size = self.count * 8 * 1024 + (128 << 20)
        with open(image, "wb") as file:
            file.truncate(size)
        inodes = self.count + 1000
        self.place.run("mkfs.ext4", "-q", "-N", inodes, "-E", "lazy_itable_init=0", image)
        with self.ext4_mounted() as point:
            self.place.run("cp", "-a", self.tmpfs, point)
            self.place.run("sync", "-f", point)

    def ext4_mounted(self):
        return self.place.mounted(self.point("ext4"), "-o", "loop", self.top / "ext4.img")

    def make_squashfs(self):
        image = self.top / "squashfs.img"
        self.place.run("mksquashfs", self.top / "tmpfs", image, "-quiet", "-no-progress")


# Each of these opens one kind of place: a directory of users, mounted anew, with nothing read.


@contextmanager
def qpfs(data: Data):
    with data.service.users() as users:
        yield users


@contextmanager
def tmpfs(data: Data):
    yield data.tmpfs


@contextmanager
def ext4_cold(data: Data):
    with data.ext4_mounted() as point:
        data.place.drop_caches()
        yield point / "users"


@contextmanager
def ext4_warm(data: Data):
    with data.ext4_mounted() as point:
        data.place.run("grep", "-rlF", "no such text", point / "users", expected=1)
        yield point / "users"


@contextmanager
def squashfuse(data: Data):
    point = data.point("squashfuse")
    with data.place.fuse(point, "squashfuse_ll", "-f", data.top / "squashfs.img", point):
        yield point / "users"


@contextmanager
def rclone(data: Data):
    point = data.point("rclone")
    source = ["--config", "/dev/null", "--http-url", data.web.url, ":http:"]
    # Names serve as long as ours do.
    keep = ["--dir-cache-time", "1h", "--attr-timeout", "1h", "--cache-dir", data.point("rclone-cache")]
    with data.place.fuse(point, "rclone", "mount", "--read-only", *keep, *source, point):
        yield point / "users"


@contextmanager
def httpdirfs(data: Data):
    """With its cache, which it reads from again; nginx says in no 206 that it can do ranges."""
    point = data.point("httpdirfs")
    cache = tempfile.mkdtemp(dir=data.top)
    options = ["--cache", "--cache-location", cache, "--no-range-check"]
    keep = ["-o", "entry_timeout=3600,attr_timeout=3600,kernel_cache"]
    with data.place.fuse(point, "httpdirfs", "-f", *options, *keep, data.web.url, point):
        yield point / "users"


PLACES = {
    "qpfs": qpfs,
    "tmpfs": tmpfs,
    "ext4, cold": ext4_cold,
    "ext4, warm": ext4_warm,
    "squashfuse_ll": squashfuse,
    "rclone mount": rclone,
    "httpdirfs": httpdirfs,
}
