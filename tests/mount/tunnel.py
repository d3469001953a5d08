"""A proxy of the test's own, that connects to wherever it is told."""

import base64
import socket
import threading
from contextlib import suppress

from relay import Listener, Wire


class Tunnel(Listener):
    def __init__(self, user: str = ""):
        """USER: name:password that it wants."""
        self.user = base64.b64encode(user.encode()).decode() if user else ""
        self.status = 200  # of what it lets through
        self.heads: list[str] = []
        super().__init__()
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.address}"

    def serve(self, connection: socket.socket):
        threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket):
        with suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n") and (data := connection.recv(65536)):
                head += data
            self.heads.append(head.decode())
            status = self.status
            if self.user and f"Proxy-Authorization: Basic {self.user}\r\n" not in self.heads[-1]:
                status = 407
            connection.sendall(f"HTTP/1.1 {status} Made up\r\nProxy-Authenticate: Basic\r\n".encode())
            if status != 200:
                connection.sendall(b"Content-Length: 0\r\n\r\n")
                return connection.close()
            connection.sendall(b"\r\n")
            port = int(head.split()[1].rpartition(b":")[2])
            self.alive.append(Wire(connection, port, False))
