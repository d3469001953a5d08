"""Records each scene and writes its picture."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import place
import svg
from terminal import Terminal

ROOT = Path(__file__).parents[2]
COLUMNS = 98
UNMOUNT = f"fusermount3 -u {place.POINT}"


def shot(terminal: Terminal, *commands: str) -> list[list[str]]:
    for command in commands:
        terminal.run(command)
    return [terminal.screen()[:-1]]


def tour(terminal: Terminal) -> list[list[str]]:
    terminal.prepare("alias ls='ls --color=auto' grep='grep --color=always'")
    frames = shot(
        terminal,
        "qpfs --demo /mnt/questionpro",
        "cd /mnt/questionpro && ls",
        "ls organizations/2345678/departments",
        "cd organizations/2345678/departments/1234 && ls -l users",
        "head -n 8 users/1234588.json",
        "ls -l by-email",
        "grep -r Zoë ../*/users | head -n 3",
    )
    terminal.prepare(f"cd; {UNMOUNT}")
    return frames


def backup(terminal: Terminal) -> list[list[str]]:
    """Two runs, and one where nothing is mounted."""
    terminal.prepare("alias ls='ls --color=auto'; qpfs --demo /mnt/questionpro")
    sizes = "du -sh ~/backups/2*"
    terminal.run("qpfs-backup /mnt/questionpro ~/backups && " + sizes)
    time.sleep(1)  # a snapshot is named after its second
    frames = shot(
        terminal,
        "qpfs-backup /mnt/questionpro ~/backups && " + sizes,
        "fusermount3 -u /mnt/questionpro",
        "qpfs-backup /mnt/questionpro ~/backups; echo status $?",
        "ls ~/backups",
        "ls ~/backups/latest/",
    )
    return frames


def status(terminal: Terminal) -> list[list[str]]:
    """While a department of 6,000 users is read from a slow service."""
    arguments = ["--users", "6000", "--latency", "900", "--page-max", "100", "--port", "8080"]
    sandbox = subprocess.Popen(
        ["qpfs-test-sandbox", "--until-eof", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    url = sandbox.stdout.readline().decode().strip()
    terminal.prepare(f"qpfs -o user_id=1234567,api_url={url},parallel=4 {place.POINT}")
    terminal.run("ls /mnt/questionpro/organizations/2345678/departments")
    users = place.POINT / "organizations/2345678/departments/1237/users"
    reader = subprocess.Popen(place.as_user("ls", "-f", str(users)), stdout=subprocess.DEVNULL)
    terminal.type(f"clear; qpfs --status --watch {place.POINT}")
    frames = []
    while reader.poll() is None or len(frames) < 6:
        time.sleep(1.5)
        frames.append(terminal.screen())
    terminal.press("C-c")
    terminal.prepare(UNMOUNT)
    sandbox.communicate()
    return frames


SCENES: dict[str, tuple[str, int, Callable]] = {
    "tour": ("A QuestionPro account as files", 44, tour),
    "status": ("qpfs --status --watch", 24, status),
    "backup": ("Snapshots of an account", 40, backup),
}


def record(name: str, target: Path):
    title, rows, scene = SCENES[name]
    terminal = Terminal(COLUMNS, rows)
    try:
        frames = scene(terminal)
    finally:
        terminal.close()
    path = target / f"{name}.svg"
    path.write_text(svg.picture(title, frames, COLUMNS, len(frames) // 2))
    print(f"pictures: {path}, {path.stat().st_size / 1000:.0f} kB")


def main():
    build, target, *names = sys.argv[1:]
    unknown = [name for name in names if name not in SCENES]
    if unknown:
        sys.exit(f"pictures: there is no scene {unknown[0]}; there are: {' '.join(SCENES)}")
    target = Path(target).resolve()
    place.furnish(Path(build).resolve(), ROOT)
    for name in names or SCENES:
        record(name, target)


main()
