"""A home, programs, names and a network that are the same on every machine."""

import shutil
import subprocess
from pathlib import Path

USER, UID = "jane", 1000
HOME = Path("/home") / USER
POINT = Path("/mnt/questionpro")
PROGRAMS = Path("/usr/local/bin")


def furnish(build: Path, root: Path):
    """In namespaces of our own. Programs are copied, for a user may not look where the build is."""
    programs = [build / "src/qpfs", build / "src/sandbox/qpfs-sandbox"]
    programs.append(build / "tests/sandbox/qpfs-test-sandbox")
    programs.append(root / "data/backup/qpfs-backup")
    contents = {path.name: path.read_bytes() for path in programs}
    for place in ["/home", "/mnt", PROGRAMS]:
        subprocess.run(["mount", "-t", "tmpfs", "own", str(place)], check=True)
    # Only udev lets users open the machine's own.
    subprocess.run(["mknod", "-m", "666", "/home/fuse", "c", "10", "229"], check=True)
    subprocess.run(["mount", "--bind", "/home/fuse", "/dev/fuse"], check=True)
    for name, content in contents.items():
        (PROGRAMS / name).write_bytes(content)
        (PROGRAMS / name).chmod(0o755)
    for place in [HOME, POINT]:
        place.mkdir()
        shutil.chown(place, UID, UID)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    _bind("/etc/passwd", f"root:x:0:0::/root:/bin/sh\n{USER}:x:{UID}:{UID}::{HOME}:/bin/bash\n")
    _bind("/etc/group", f"root:x:0:\n{USER}:x:{UID}:\n")


def _bind(path: str, content: str):
    own = Path("/home") / Path(path).name
    own.write_text(content)
    subprocess.run(["mount", "--bind", str(own), path], check=True)


def as_user(*command: str) -> list[str]:
    """A command of an ordinary user, without anything of the environment of whoever records."""
    ids = [f"--reuid={UID}", f"--regid={UID}", "--clear-groups"]
    environment = [
        f"PATH={PROGRAMS}:/usr/bin:/bin",
        f"HOME={HOME}",
        f"USER={USER}",
        "LANG=C.UTF-8",
        "TZ=UTC",
        "TERM=screen-256color",
        r"PS1=\[\e[32m\]$\[\e[0m\] ",
        "QUESTIONPRO_API_KEY=demo-key",
    ]
    return ["env", "-i", "-C", str(HOME), *environment, "setpriv", *ids, *command]
