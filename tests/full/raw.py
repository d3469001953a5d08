"""A proxy in front of the sandbox that damages answers byte by byte.

A damage is a function of the right answer; what it returns or yields is sent: bytes as they are,
a number as a pause of so many seconds, KEEP at the end so that the connection stays open.
"""

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from account import KEY

KEEP = object()
RESET = object()
API = "/a/api/v2/"
LINGER_NONE = struct.pack("ii", 1, 0)


@dataclass
class Answer:
    """What the sandbox said."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    def head(self, version: str = "1.1", **headers) -> bytes:
        """With these headers instead; None takes one away."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {k: v for k, v in self.headers.items() if k not in given}
        lines = [f"{k}: {v}" for k, v in (kept | given).items() if v is not None]
        first = f"HTTP/{version} {self.status} {self.reason}"
        return "\r\n".join([first, *lines, "", ""]).encode("latin-1")

    def whole(self, body: bytes | None = None, **headers) -> bytes:
        body = self.body if body is None else body
        return self.head(**{"Content-Length": len(body)} | headers) + body


@dataclass
class Rule:
    path: str
    query: str
    damage: Callable[[Answer], Iterable]
    times: int | None  # None: for good

    def takes(self, path: str, query: str) -> bool:
        return self.times != 0 and path == self.path and self.query in query


@dataclass
class Listener:
    """Accepts connections, a thread each."""

    connections: int = 0
    received: bytes = b""
    sockets: set = field(default_factory=set)

    def __post_init__(self):
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.server = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self.ended.set()
        self.server.close()
        with self.lock:
            for connection in self.sockets:
                self._shut(connection)

    @staticmethod
    def _shut(connection: socket.socket):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # gone already

    def _accept(self):
        while not self.ended.is_set():
            try:
                connection = self.server.accept()[0]
            except OSError:
                return
            with self.lock:
                self.connections += 1
                self.sockets.add(connection)
            threading.Thread(target=self._run, args=[connection], daemon=True).start()

    def _run(self, connection: socket.socket):
        try:
            with connection:
                self.serve(connection)
        except (OSError, http.client.HTTPException):
            pass  # the other side went away
        finally:
            with self.lock:
                self.sockets.discard(connection)

    def serve(self, connection: socket.socket):
        """Only hears what it is told."""
        while data := connection.recv(65536):
            with self.lock:
                self.received += data


class Proxy(Listener):
    """Each connection has one of its own to the sandbox."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.rules: list[Rule] = []
        self.targets: list[str] = []
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}{API.rstrip('/')}"

    def damage(self, path: str, damage: Callable, query: str = "", times: int | None = None):
        """Plants it on a path as it is below the mount point."""
        with self.lock:
            self.rules.append(Rule(API + path, query, damage, times))

    def heal(self):
        with self.lock:
            self.rules = []

    def serve(self, connection: socket.socket):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        upstream = http.client.HTTPConnection("127.0.0.1", self.sandbox.port, timeout=30)
        try:
            with connection.makefile("rb") as reader:
                while (target := self._request(reader)) and self._answer(
                    connection, upstream, target
                ):
                    pass
        finally:
            upstream.close()

    @staticmethod
    def _request(reader) -> str:
        first = reader.readline()
        while reader.readline().strip():
            pass
        return first.split()[1].decode() if first else ""

    def _rule(self, target: str) -> Rule | None:
        path, _, query = target.partition("?")
        with self.lock:
            self.targets.append(target)
            for rule in self.rules:
                if rule.takes(path, query):
                    if rule.times is not None:
                        rule.times -= 1
                    return rule
        return None

    def _answer(self, connection, upstream, target: str) -> bool:
        rule = self._rule(target)
        upstream.request("GET", target, headers={"api-key": KEY})
        got = upstream.getresponse()
        answer = Answer(got.status, got.reason, dict(got.getheaders()), got.read())
        if not rule:
            connection.sendall(answer.whole())
            return True
        parts = rule.damage(answer)
        for part in [parts] if isinstance(parts, bytes) else parts:
            if part is KEEP:
                return True
            if part is RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
            elif isinstance(part, bytes):
                connection.sendall(part)
            elif self.ended.wait(part):
                return False
        return False
