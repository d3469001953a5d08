"""Takes the figures: a mount of a sandbox is walked through, and nginx answers from its cache."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from figures import Figures, write_figures
from prices import account_of

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
sys.path.insert(0, str(ROOT / "tests/mount"))

from account import ARCHIVE, KEY, users  # noqa: E402
from mount import Mount  # noqa: E402
from sandbox import Sandbox  # noqa: E402

LATENCY_MS = 50
DEPARTMENTS, USERS = 196, 25
FIRST = 2001  # of those departments
ACCOUNT = f"1x0,1x2,1x250,1x2500,{DEPARTMENTS}x{USERS}"
PAGE = "page=1&perPage=1000"

REQUESTS = 20_000
NGINX = """
daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
events {{ worker_connections 512; }}
http {{
    access_log off;
    proxy_cache_path cache keys_zone=answers:1m;
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000;
        location / {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_cache answers;
            proxy_cache_valid 200 1h;
        }}
    }}
}}
"""


def output(*command) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"simulate-fleet: {command[0]} failed: {done.stderr.strip()}")
    return done.stdout


def curl(*arguments) -> str:
    return output("curl", "-fsS", "-H", f"api-key: {KEY}", *arguments)


@contextmanager
def ended(thing):
    try:
        yield thing
    finally:
        thing.stop()


def walk(top: Path, environment: dict, sandbox: Sandbox) -> tuple[float, int]:
    """Seconds, and calls. The call by which the mount tried the key is among neither."""
    point = top / "mount"
    point.mkdir()
    with ended(Mount(BUILD / "src/qpfs", point, environment)) as mount:
        mount.start(sandbox)
        sandbox.reset()
        begin = time.monotonic()
        subprocess.run(["grep", "-rlF", "nobody has this", str(point)], check=False, stdout=subprocess.DEVNULL)
        return time.monotonic() - begin, sandbox.total()


def answer_bytes(sandbox: Sandbox, department: int) -> int:
    sizes = curl("-o", "/dev/null", "-w", "%{size_header} %{size_download}",
                 f"{sandbox.url}/{users(department)}?{PAGE}")  # fmt: skip
    return sum(map(int, sizes.split()))


def proxy_requests(top: Path, sandbox: Sandbox) -> float:
    """A second, of a page of one department."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (top / "nginx.conf").write_text(NGINX.format(port=port, upstream=sandbox.port))
    command = ["nginx", "-p", str(top), "-c", str(top / "nginx.conf"), "-e", "stderr"]
    nginx = subprocess.Popen(command, env=os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin"})
    try:
        url = f"http://127.0.0.1:{port}/a/api/v2/{users(FIRST)}?{PAGE}"
        curl("--retry", "20", "--retry-connrefused", "--retry-delay", "1", "-o", "/dev/null", url)
        parallel = ["-Z", "--no-progress-meter", "--parallel-max", "16", "-o", "/dev/null"]
        begin = time.monotonic()
        curl(*parallel, f"{url}#[1-{REQUESTS}]")  # what stands behind a # is not sent
        return REQUESTS / (time.monotonic() - begin)
    finally:
        nginx.terminate()
        nginx.wait(30)


def measure(path: Path):
    with tempfile.TemporaryDirectory() as directory:
        top = Path(directory)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": directory,
            "ASAN_OPTIONS": f"log_path={directory}/sanitizer",
        }
        flags = ["--departments", DEPARTMENTS, "--users-per", USERS, "--latency", LATENCY_MS]
        with ended(Sandbox(BUILD, environment, *map(str, flags))) as sandbox:
            seconds, calls = walk(top, environment, sandbox)
            expected = account_of(ACCOUNT, 1000).walk_calls - 1
            if calls != expected:
                sys.exit(f"simulate-fleet: a walk took {calls} calls, and {expected} were reckoned")
            empty, full = (answer_bytes(sandbox, department) for department in (ARCHIVE, FIRST))
            requests = proxy_requests(top, sandbox)
    commit = output("git", "-C", ROOT, "describe", "--always").strip()
    source = (
        f"tools/simulate-fleet --measure on {date.today()}, commit {commit}: grep -r through {ACCOUNT} "
        f"in a sandbox that answers after {LATENCY_MS} ms; curl -Z at nginx without TLS, all on loopback"
    )
    user = (full - empty) / USERS
    write_figures(path, Figures(source, LATENCY_MS, round(seconds, 2), calls, empty, user, round(requests, -2)))
    print(path.read_text(), end="")
