"""A running qpfs-test-sandbox, and its control endpoint."""

import http.client
import json
import re
import socket
import subprocess
from pathlib import Path

from account import KEY, NO_DEPARTMENT, users
from noise import is_a_tenth_at_most, noise


class Sandbox:
    def __init__(
        self,
        build: Path,
        environment: dict[str, str],
        *arguments: str,
        noise_seed: int | None = None,
    ):
        self.program = build / "tests/sandbox/qpfs-test-sandbox"
        # What qpfs is made to believe is not for it.
        own = {name: text for name, text in environment.items() if name != "LD_PRELOAD"}
        self.environment = own | {"QPFS_SANDBOX_KEY": KEY}
        self.arguments = arguments
        self.port = 0
        self.kept_port = socket.socket()
        self.noise_seed = noise_seed
        self.shortest_timeout = 30
        self.start()

    def start(self):
        """Again on the port that it had before, if it ran before."""
        self.kept_port.close()
        self.process = subprocess.Popen(
            [self.program, "--until-eof", "--port", str(self.port), *self.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            text=True,
        )
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError(f"no sandbox: {self.process.communicate(timeout=60)[1]}")
        self.port = int(re.search(r":(\d+)/", self.url)[1])
        self._make_noise()

    def stop(self):
        """At the end of its standard input it ends, and has nothing to complain about."""
        self.answers, self.spoilt = self.noise_made()
        try:
            errors = self.process.communicate(timeout=60)[1]
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        assert (self.process.returncode, errors) == (0, "")
        assert is_a_tenth_at_most(self.spoilt, self.answers)

    def kill(self):
        """Nobody answers on the port then, and no other server of a test gets it."""
        self.process.kill()
        self.process.communicate()
        self.kept_port = socket.socket()
        self.kept_port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.kept_port.bind(("127.0.0.1", self.port))

    def request(self, method: str, path: str, body=None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        content = json.dumps(body) if body is not None else None
        try:
            connection.request(method, path, content, {"api-key": KEY, "X-Calm": "1"})
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        assert answer.status == 200, (method, path, data)
        return data

    # -------- answers that fail at random --------

    def bear(self, timeout: int):
        """A mount with that timeout must come through."""
        self.shortest_timeout = min(timeout, self.shortest_timeout)
        if self.process.poll() is None:
            self._make_noise()

    def _make_noise(self):
        if self.noise_seed is not None:
            self.request("PUT", "/control/noise", noise(self.noise_seed, self.shortest_timeout))

    def noise_made(self) -> tuple[int, int]:
        """How many answers could have been spoilt since the start, and how many were."""
        if self.process.poll() is not None:
            return 0, 0
        made = json.loads(self.request("GET", "/control/noise"))
        return made["answers"], made["spoilt"]

    # -------- counting, without the spoilt answers --------

    def calls(self) -> dict:
        return json.loads(self.request("GET", "/control/calls"))

    def total(self) -> int:
        return self.calls()["total"]

    def paths(self) -> dict[str, int]:
        """How often each path of the API was called."""
        return self.calls()["paths"]

    def reset(self):
        self.request("DELETE", "/control/calls")

    # -------- faults and changes --------

    def accept(self, key: str):
        """From now on that key and no other. Control is for the first one as before."""
        self.request("PUT", "/control/key", {"key": key})

    def latency(self, ms: int):
        self.request("PUT", "/control/latency", {"ms": ms})

    def fault(self, path: str, **rule):
        """Plants a fault on a path as it is below the mount point."""
        self.request("POST", "/control/faults", [{"path": f"/{path}", **rule}])

    def heal(self):
        self.request("DELETE", "/control/faults")

    def change(self, *changes: dict):
        """All of them at once, or none."""
        self.request("POST", "/control/changes", list(changes))

    def restore(self):
        self.request("DELETE", "/control/changes")

    # -------- what the API says --------

    def get(self, path: str) -> bytes:
        return self.request("GET", f"/a/api/v2/{path}")

    def record(self, path: str) -> bytes:
        """The text of a single record, as it stands in the answer."""
        answer = self.get(path)
        return answer[len(b'{"response":') : answer.rindex(b',"requestID"')]

    def user(self, id: int) -> bytes:
        return self.record(f"users/{id}")

    def records(self, path: str, per_page: int = 1000) -> list[bytes]:
        """The texts of a list's records, as they stand in the answers, in their order."""
        found: list[bytes] = []
        page = 1
        while texts := record_texts(self.get(f"{path}?page={page}&perPage={per_page}")):
            found += texts
            page += 1
        return found

    def user_ids(self, department: int) -> list[int]:
        ids, page = [], 1
        while True:
            answer = self.get(f"{users(department)}?page={page}&perPage=1000")
            found = re.findall(rb'"userID":(\d+)', answer)
            if not found:
                return sorted(ids)
            ids += map(int, found)
            page += 1


def record_texts(answer: bytes) -> list[bytes]:
    """What stands between the brackets of a list."""
    text = answer.decode()
    texts, at = [], len('{"response":[')
    while text[at] == "{":
        end = json.JSONDecoder().raw_decode(text, at)[1]
        texts.append(text[at:end].encode())
        at = end + (text[end] == ",")
    return texts


def moved(id: int, to: int) -> dict:
    """A person goes to another department or to NO_DEPARTMENT; else their record stays."""
    return {"move": id, "to": to}


def nobody(id: int, **members) -> dict:
    """A new person, in no department."""
    return {"add": NO_DEPARTMENT, "id": id, "set": members}


def everybody(**ways) -> dict:
    """How the organization's list tells of people, from now on.

    missing, zero, foreign, longer, reordered: a list of IDs, HALF or "all"
    (tests/sandbox/retelling.h says what each does). shuffled: in an order that means nothing."""
    return {"everybody": ways}


HALF = "half"  # of the people of each department


def is_in_half(id: int) -> bool:
    return id // 4 % 2 == 1


def phone(id: int, number: str) -> dict:
    return {"change": id, "set": {"phone": number}}
