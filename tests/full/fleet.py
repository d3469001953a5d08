"""The proxy of docs/fleet.md, as data/nginx/qpfs-fleet.conf sets it up, and a service behind it."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple

from account import KEY
from docs import ROOT
from mount import Mount
from test_tls import NGINX, Authority, free_port
from tools import wait_until

EXAMPLE = ROOT / "data/nginx/qpfs-fleet.conf"
API = "api.questionpro.com"
NAME = "qpfs.example.com"
OWN_KEPT = "proxy_cache_valid 200 60s;"
OWN_RATE = "rate=240r/m;"
OWN_QUEUE = "burst=90 delay=60;"

AROUND = """
daemon off;
worker_processes 1;
user root;
pid {top}/nginx.pid;
error_log {top}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {top}/body;
    proxy_temp_path {top}/proxy;
    fastcgi_temp_path {top}/fastcgi;
    scgi_temp_path {top}/scgi;
    uwsgi_temp_path {top}/uwsgi;
    access_log off;
    {inside}
}}
"""

# Looks who calls by the key, as the service does, and sends them to their own sandbox.
SERVICE = """
    map $http_api_key $account {{ default nobody; include {top}/key; }}
    {upstreams}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        location / {{
            if ($account = nobody) {{ return 401; }}
            proxy_pass http://$account;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
"""


class WebServer:
    """An nginx that can die, and come back."""

    def __init__(self, top: Path, addresses: list[tuple[str, int]], inside: str):
        self.top, self.addresses = top, addresses
        (top / "nginx.conf").write_text(AROUND.format(top=top, inside=inside))
        self.start()

    def start(self):
        files = ["-c", self.top / "nginx.conf", "-e", self.top / "error.log"]
        self.process = subprocess.Popen(
            [NGINX, "-p", self.top, *files], stderr=subprocess.DEVNULL, start_new_session=True
        )
        wait_until(self._listens)

    def _listens(self) -> bool:
        assert self.process.poll() is None, (self.top / "error.log").read_text()
        return all(answers(address) for address in self.addresses)

    def reload(self):
        """Until nothing of before answers any more."""
        before = self._workers()
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self._workers() and not self._workers() & before)

    def _workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in children.read_text().split()}

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not any(answers(address) for address in self.addresses))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(60) == 0


def answers(address: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) == 0


class Asked(NamedTuple):
    """A line of the proxy's log of what the mounts asked for."""

    account: str
    status: str
    cache: str
    path: str
    page: str
    per_page: str
    machine: str


class Fleet:
    """A service, and its proxies. ACCOUNTS are the sandboxes behind each API key."""

    def __init__(self, top: Path, authority: Authority, accounts: dict[str, object]):
        self.top, self.authority = top, authority
        self.keys = {f"account{i}": key for i, key in enumerate(accounts)}
        self.api_port = free_port()
        self.proxies: list[Proxy] = []
        place = top / "api"
        place.mkdir(parents=True)
        lines = [f'"{key}" {account};\n' for account, key in self.keys.items()]
        secret(place / "key", "".join(lines))
        upstreams = [
            f"upstream {account} {{ server 127.0.0.1:{accounts[key].port}; }}\n"
            for account, key in self.keys.items()
        ]
        certificate, key = authority.issue(f"DNS:{API}", subject="api")
        text = SERVICE.format(
            top=place,
            port=self.api_port,
            certificate=certificate,
            key=key,
            upstreams="".join(upstreams),
        )
        self.api = WebServer(place, [("127.0.0.1", self.api_port)], text)

    def proxy(self, machines: dict[str, str] | None = None, **options) -> "Proxy":
        self.proxies.append(Proxy(self, len(self.proxies), machines or {}, **options))
        return self.proxies[-1]

    def machine(self, name: str) -> dict[str, Path]:
        """The options of a mount on that machine, for which a certificate is made."""
        certificate, key = self.authority.issue(f"DNS:{name}", subject=name)
        return {
            "client_cert": certificate,
            "client_cert_key": key,
            "cacert": self.authority.certificate,
        }

    def stop(self):
        for server in [*self.proxies, self.api]:
            server.stop()


def secret(path: Path, text: str):
    path.touch(mode=0o600)
    path.write_text(text)


class Proxy(WebServer):
    """KEPT replaces the seconds of proxy_cache_valid, RATE and QUEUE what limits the calls."""

    def __init__(
        self,
        fleet: Fleet,
        number: int,
        machines: dict[str, str],
        kept: int = 60,
        rate: str = OWN_RATE,
        queue: str = OWN_QUEUE,
        address: str = "127.0.0.1",
        port: int = 0,
    ):
        top = fleet.top / f"proxy{number}"
        (top / "etc").mkdir(parents=True)
        self.fleet, self.address, self.port = fleet, address, port or free_port()
        self.inner_port = free_port()
        certificate, key = fleet.authority.issue(
            f"DNS:{NAME},DNS:localhost,IP:{address}", subject=f"proxy{number}"
        )
        (top / "etc/server.pem").write_text(certificate.read_text())
        secret(top / "etc/server.key", key.read_text())
        (top / "etc/ca.pem").write_text(fleet.authority.certificate.read_text())
        lines = [f'{account} "{key}";\n' for account, key in fleet.keys.items()]
        secret(top / "etc/key", "".join(lines))
        self.machines_file = top / "etc/machines"
        self.let_in(machines)
        changes = {
            "/etc/nginx/qpfs-fleet/": f"{top}/etc/",
            "/run/qpfs-fleet": f"{top}/cache",
            "/var/log/nginx/": f"{top}/",
            "/etc/ssl/certs/ca-certificates.crt": str(fleet.authority.certificate),
            "listen 8443": f"listen {address}:{self.port}",
            "127.0.0.1:8444": f"127.0.0.1:{self.inner_port}",
            OWN_KEPT: f"proxy_cache_valid 200 {kept}s;",
            OWN_RATE: rate,
            OWN_QUEUE: queue,
        }
        text = EXAMPLE.read_text()
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        # A group of this name is asked in place of the name server.
        service = f"upstream {API} {{ server 127.0.0.1:{fleet.api_port}; }}\n"
        addresses = [(address, self.port), ("127.0.0.1", self.inner_port)]
        super().__init__(top, addresses, service + text)

    def let_in(self, machines: dict[str, str]):
        """The accounts of machines, by the names in their certificates. Counts after a reload."""
        lines = [f'"CN={name}" {account};\n' for name, account in machines.items()]
        self.machines_file.write_text("".join(lines))

    def url(self, host: str = "localhost") -> str:
        return f"https://{host}:{self.port}/a/api/v2"

    # -------- the cache --------

    def kept(self) -> dict[str, Path]:
        """What the cache has, by the name under which it is kept."""
        files = [path for path in (self.top / "cache").rglob("*") if path.is_file()]
        return {name_of(path): path for path in files}

    def forget(self, part: str) -> int:
        """As if their time were over: those with PART in their name."""
        found = [path for name, path in self.kept().items() if part in name]
        for path in found:
            path.unlink()
        return len(found)

    # -------- the logs --------

    def asked(self) -> list[Asked]:
        lines = (self.top / "qpfs-fleet.log").read_text().splitlines()
        parts = [line.split(" ")[1:] for line in lines]
        return [Asked(*part) for part in parts if len(part) == len(Asked._fields)]

    def calls(self) -> list[str]:
        """The lines of the log of what was passed on."""
        return (self.top / "qpfs-fleet-calls.log").read_text().splitlines()

    # -------- asking without qpfs --------

    def get(self, path: str, machine: dict | None = None, method: str = "GET", **headers: str):
        """The status, the headers and the body."""
        context = ssl.create_default_context(cafile=str(self.fleet.authority.certificate))
        context.check_hostname = False
        if machine:
            context.load_cert_chain(machine["client_cert"], machine["client_cert_key"])
        connection = http.client.HTTPSConnection(
            self.address, self.port, timeout=60, context=context
        )
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, f"/a/api/v2/{path}", headers=sent)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()
        finally:
            connection.close()


def name_of(file: Path) -> str:
    [line] = [line for line in file.read_bytes().split(b"\n") if line.startswith(b"KEY: ")]
    return line[len(b"KEY: ") :].decode()


class KeylessMount(Mount):
    """A mount on a machine that has no API key, not even in its environment."""

    def __init__(self, program: Path, point: Path, environment: dict[str, str]):
        super().__init__(program, point, environment)
        self.environment = {
            name: text for name, text in self.environment.items() if KEY not in text
        }


class MountElsewhere(KeylessMount):
    """One in a mount namespace of its own, where HOSTS is /etc/hosts."""

    def __init__(self, program: Path, point: Path, environment: dict[str, str], hosts: Path):
        super().__init__(program, point, environment)
        self.program = point.with_suffix(".sh")
        script = f'mount --bind {hosts} /etc/hosts && exec {program} "$@"'
        self.program.write_text(f"#!/bin/sh\nexec unshare --mount sh -c '{script}' qpfs \"$@\"\n")
        self.program.chmod(0o755)

    def is_there(self) -> bool:
        return os.path.ismount(self / "")

    def __truediv__(self, name: str) -> Path:
        """Where everybody else sees it."""
        return Path(f"/proc/{self.pid}/root{self.point}") / name
