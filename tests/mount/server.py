"""An HTTP server on this machine, for the services that tests play."""

import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BASE = "/a/api/v2"

# Gets a request: its path below BASE with its query, the key, and what tells connections apart.
# Returns status, lines of the head, and body; None: the connection is closed without an answer.
Respond = Callable[[str, str, int], tuple[int, list[str], bytes] | None]


class Server:
    def __init__(self, respond: Respond):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(respond))
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}{BASE}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def handler_of(respond: Respond) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self):
            target = self.path.removeprefix(BASE)
            answer = respond(target, self.headers["api-key"], self.client_address[1])
            if answer is None:
                self.close_connection = True
                return
            status, head, body = answer
            lines = [f"HTTP/1.1 {status} Made up", *head, f"Content-Length: {len(body)}", "", ""]
            with suppress(ConnectionError):
                self.wfile.write("\r\n".join(lines).encode() + body)

        def handle(self):
            with suppress(ConnectionError):
                super().handle()

        def log_message(self, *arguments):
            pass

    return Handler
