"""Plays answers of the service from files, as tests/answers/README.md tells."""

import errno
import json
import os
import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from server import Server


@dataclass
class Answer:
    """One file: the request, the status, further headers, and after an empty line the body."""

    path: Path
    request: str  # below the base URL, with its query; * stands for anything
    status: int  # 0: the connection is closed without an answer
    headers: list[str]
    body: bytes

    @classmethod
    def read(cls, path: Path) -> "Answer":
        head, _, body = path.read_bytes().partition(b"\n\n")
        lines = [line for line in head.decode().splitlines() if not line.startswith("#")]
        request = re.fullmatch(r"GET (\S+)", lines[0])
        status = re.fullmatch(r"HTTP (\d+)", lines[1])
        assert request and status, f"{path} begins with GET PATH and HTTP STATUS"
        return cls(path, request[1], int(status[1]), lines[2:], body)

    @property
    def is_pattern(self) -> bool:
        return "*" in self.request

    def answers(self, target: str) -> bool:
        pattern = re.sub(r"[][?]", lambda found: f"[{found[0]}]", self.request)
        return fnmatchcase(target, pattern)


class Answers:
    """A service that says what the *.http files of a directory say, in the order of their names
    where several answer one request. The last of those is said again and again."""

    def __init__(self, directory: Path):
        self.files = [Answer.read(path) for path in sorted(directory.glob("*.http"))]
        assert self.files, f"no answers in {directory}"
        self.asked: Counter[str] = Counter()
        self.unknown: list[str] = []
        self.lock = threading.Lock()
        self.server = Server(self.respond)
        self.url = self.server.url
        self.stop = self.server.stop

    def bear(self, timeout: int):
        """What a sandbox is told by a mount."""

    def respond(self, target: str, key: str, connection: int) -> tuple[int, list[str], bytes] | None:
        answer = self.find(target.removeprefix("/"))
        if not answer:
            return 404, [], b""
        return (answer.status, answer.headers, answer.body) if answer.status else None

    def find(self, target: str) -> Answer | None:
        """The file that answers next. One that names the request counts more than a pattern."""
        with self.lock:
            self.asked[target] += 1
            found = [file for file in self.files if file.answers(target)]
            exact = [file for file in found if not file.is_pattern] or found
            if not exact:
                self.unknown.append(target)
                return None
            return exact[min(self.asked[target], len(exact)) - 1]


# -------- what is expected --------


@dataclass
class Expectation:
    """The lines of a file `expect` or `expect-…`."""

    path: Path
    options: dict[str, str | bool] = field(default_factory=dict)
    rows: list[tuple[str, str, str]] = field(default_factory=list)  # kind, name, value

    @classmethod
    def read(cls, path: Path) -> "Expectation":
        expectation = cls(path)
        for line in path.read_text().splitlines():
            if not line or line.startswith("#"):
                continue
            row = re.fullmatch(r"(options|ls|file|error|log|check|calls)(?: ([^:]*))?: ?(.*)", line)
            assert row, f"{path}: {line}"
            if row[1] == "options":
                pairs = (pair.partition("=") for pair in filter(None, row[3].split(",")))
                expectation.options |= {name: value or True for name, _, value in pairs}
            else:
                expectation.rows.append((row[1], row[2] or "", row[3]))
        return expectation

    def of(self, kind: str) -> list[tuple[str, str]]:
        return [(name, value) for found, name, value in self.rows if found == kind]


def seen(path: Path) -> dict:
    """What is found at PATH: {"ls": names}, {"file": the JSON}, or {"error": its name}."""
    try:
        if path.is_dir():
            return {"ls": " ".join(sorted(os.listdir(path)))}
        return {"file": json.loads(path.read_text())}
    except OSError as problem:
        return {"error": errno.errorcode[problem.errno]}


def expected(kind: str, value: str) -> dict:
    if kind == "ls":
        return {"ls": " ".join(sorted(value.split()))}
    return {kind: json.loads(value) if kind == "file" else value}
