"""Plays answers of the service from files, as tests/answers/README.md tells."""

import errno
import json
import os
import re
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BASE = "/a/api/v2/"


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
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}{BASE.rstrip('/')}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def bear(self, timeout: int):
        """What a sandbox is told by a mount."""

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


def handler_of(answers: Answers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self):
            answer = answers.find(self.path.removeprefix(BASE))
            status, headers, body = 404, [], b""
            if answer:
                status, headers, body = answer.status, answer.headers, answer.body
            if status == 0:
                self.close_connection = True
                return
            lines = [f"HTTP/1.1 {status} Recorded", *headers, f"Content-Length: {len(body)}"]
            with suppress(ConnectionError):
                self.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)

        def handle(self):
            with suppress(ConnectionError):
                super().handle()

        def log_message(self, *arguments):
            pass

    return Handler


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
