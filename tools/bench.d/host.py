"""What was measured on: for the page's reader, who has another machine."""

import os
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path

PACKAGES = (
    "libfuse3-3 libcurl4 curl jq rsync tar grep ripgrep rclone httpdirfs squashfuse nginx-light"
).split()


def _first(pattern: str, file: str) -> str:
    found = re.search(pattern, Path(file).read_text(), re.MULTILINE)
    return found[1].strip().strip('"') if found else "unknown"


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def versions() -> str:
    listed = _output("dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES)
    return ", ".join(listed.splitlines())


def is_busy() -> bool:
    """Others run here, and take from what is measured."""
    return os.getloadavg()[0] > len(os.sched_getaffinity(0)) / 2


def describe(temporary: Path) -> list[str]:
    """Lines of a Markdown list."""
    cores = len(os.sched_getaffinity(0))
    memory = int(_first(r"MemTotal:\s+(\d+)", "/proc/meminfo")) / (1 << 20)
    disk = _output("findmnt", "-n", "-o", "FSTYPE", "-T", str(temporary))
    return [
        f"- Machine: {cores} cores, {_first(r'model name.*: (.*)', '/proc/cpuinfo')}, "
        f"{memory:.0f} GiB of memory; images on {disk}",
        f"- System: {_first('^PRETTY_NAME=(.*)', '/etc/os-release')}, Linux {'.'.join(os.uname().release.split('.')[:2])}",
        f"- Programs: {versions()}",
        f"- Date: {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC, load at the start "
        f"{os.getloadavg()[0]:.1f}" + (" (**a busy machine: run it again**)" if is_busy() else ""),
    ]
