"""Stands between qpfs and a service, as a load balancer does, and can fall silent.

It passes connections on until a test stops that. Then they stay open, and what comes is
acknowledged.
"""

import socket
import threading
from contextlib import suppress


class Listener:
    """Takes connections until it is stopped. What becomes of one is for serve()."""

    def __init__(self, server: socket.socket | None = None):
        self.alive: list["Wire"] = []
        self.server = server or socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        for wire in self.alive:
            wire.shut()

    def _accept(self):
        while True:
            try:
                connection = self.server.accept()[0]
            except OSError:
                return
            self.serve(connection)


class Relay(Listener):
    def __init__(self, port: int, server: socket.socket | None = None):
        self.upstream = port
        self.connections = 0
        self.mute = False  # the connections that are made from now on
        super().__init__(server)

    def url(self, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}/a/api/v2"

    def silence(self):
        """Passes nothing on any more, over the connections that there are."""
        for wire in self.alive:
            wire.mute = True

    def hang_up(self):
        """Closes the connections that there are when a request comes, and does not pass it on."""
        for wire in self.alive:
            wire.mute = wire.hangs_up = True

    @property
    def swallowed(self) -> int:
        """The requests that were not passed on."""
        return sum(wire.swallowed for wire in self.alive)

    def serve(self, connection: socket.socket):
        self.connections += 1
        self.alive.append(Wire(connection, self.upstream, self.mute))


class Wire:
    def __init__(self, near: socket.socket, port: int, mute: bool):
        self.near, self.far = near, socket.create_connection(("127.0.0.1", port))
        self.mute = mute
        self.hangs_up = False
        self.swallowed = 0
        for one in self.near, self.far:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for pair in (self.near, self.far), (self.far, self.near):
            threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket):
        with suppress(OSError):
            while data := one.recv(65536):
                if not self.mute:
                    other.sendall(data)
                elif one is self.near:
                    self.swallowed += 1
                    if self.hangs_up:
                        return self.shut()
            if not self.mute:
                other.shutdown(socket.SHUT_WR)

    def shut(self):
        for one in self.near, self.far:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
