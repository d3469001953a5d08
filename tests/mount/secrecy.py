"""The key must not be in anything that a test leaves behind."""

import base64
import subprocess
from pathlib import Path
from urllib.parse import quote

from account import KEY, NEXT_KEY

# Where it is on purpose: files for it, by the names that the tests give them, and its source.
KEY_FILES = {"key", ".questionpro-key", "account.py"}


def spellings() -> list[str]:
    """Both keys in any form."""
    return [spelling for key in (KEY, NEXT_KEY) for spelling in spellings_of(key)]


def spellings_of(key: str) -> list[str]:
    """The key, and what is left of it in base64 wherever it stands, in percents and in hex."""
    raw = key.encode()
    shifted = [base64.b64encode(b"\0" * n + raw)[(n * 8 + 5) // 6 :] for n in range(3)]
    cut = [text.decode().rstrip("=")[:-1] for text in shifted]
    percent = "".join(f"%{byte:02x}" for byte in raw)
    return [key, quote(key, safe="").replace("-", "%2D"), percent, raw.hex(), *cut]


def shows_key(text: str) -> bool:
    lower = text.lower()
    return any(spelling.lower() in lower for spelling in spellings())


def files_with_key(top: Path) -> list[str]:
    """The files below that show it. Dead mounts are passed over."""
    patterns = [word for spelling in spellings() for word in ["-e", spelling]]
    command = ["grep", "-rlaFiZ", "--devices=skip", *patterns, "--", str(top)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    names = [name for name in done.stdout.split("\0") if name]
    return sorted(name for name in names if Path(name).name not in KEY_FILES)


def memory_of(pid: int) -> bytes:
    """All that it can write to, but for what a sanitizer maps of itself."""
    found = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place, rights, *_ = line.split()
            start, end = (int(part, 16) for part in place.split("-"))
            if rights.startswith("rw") and end - start <= 1 << 28:
                memory.seek(start)
                found.append(memory.read(end - start))
    return b"".join(found)
