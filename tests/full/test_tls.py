"""TLS and HTTP/2 through a real web server with a private CA, and what can be wrong with them."""

import errno
import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from account import FIELD, KEY, RESEARCH, USER, community_names, file_names, users
from tools import error_of, is_mounted, output, run, wait_until

TIMEOUT = 2
NGINX = "/usr/sbin/nginx"
CONFIG = """
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 256; }}
http {{
    log_format calls '$server_protocol $connection $status $request_uri';
    access_log access.log calls;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
    {http}
    upstream sandbox {{ server 127.0.0.1:{upstream}; keepalive 8; }}
    server {{
        listen 127.0.0.1:{port} {listen};
        {tls}
        location / {{
            proxy_pass http://sandbox;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            {location}
        }}
    }}
}}
"""


class Authority:
    """A private CA, in a directory of its own."""

    def __init__(self, top: Path, name: str):
        self.top = top / name
        self.top.mkdir()
        self.certificate = self.top / "ca.pem"
        self._openssl(
            *"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2".split(),
            *["-subj", f"/CN={name}", "-keyout", "ca.key", "-out", "ca.pem"],
            *["-addext", "keyUsage=critical,keyCertSign"],
        )
        (self.top / "index.txt").touch()
        (self.top / "serial").write_text("01\n")
        (self.top / "ca.conf").write_text(
            "[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\n"
            "default_md=sha256\npolicy=any\ncopy_extensions=copy\nunique_subject=no\n"
            "[any]\ncommonName=supplied\n"
        )

    def _openssl(self, *arguments):
        done = run("openssl", *arguments, cwd=self.top)
        assert done.returncode == 0, done.stderr

    def issue(
        self,
        names: str,
        start: str = "20200101000000Z",
        end: str = "20491231235959Z",
        subject: str = "server",
    ) -> tuple[Path, Path]:
        """The files of a certificate for these names, and of its key."""
        certificate, key, request = (f"{subject}.{end}" for end in ["pem", "key", "csr"])
        self._openssl(
            *"req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes".split(),
            *["-subj", f"/CN={subject}", "-addext", f"subjectAltName={names}"],
            *["-keyout", key, "-out", request],
        )
        self._openssl(
            *"ca -batch -notext -config ca.conf -keyfile ca.key -cert ca.pem".split(),
            *["-startdate", start, "-enddate", end, "-in", request, "-out", certificate],
        )
        (self.top / key).chmod(0o600)
        return self.top / certificate, self.top / key


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Nginx:
    def __init__(
        self, top: Path, sandbox, pair=None, http2: bool = True, http: str = "", location: str = ""
    ):
        self.top, self.port = top, free_port()
        top.mkdir()
        certificate, key = pair or ("", "")
        tls = f"ssl_certificate {certificate}; ssl_certificate_key {key};" if pair else ""
        listen = ("ssl http2" if http2 else "ssl") if pair else ""
        text = CONFIG.format(
            upstream=sandbox.port,
            port=self.port,
            listen=listen,
            tls=tls,
            http=http,
            location=location,
        )
        (top / "nginx.conf").write_text(text)
        self.process = subprocess.Popen(
            [NGINX, "-p", top, "-c", top / "nginx.conf", "-e", top / "error.log"],
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._listens)

    def _listens(self) -> bool:
        assert self.process.poll() is None, (self.top / "error.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def url(self, host: str = "localhost", scheme: str = "https") -> str:
        return f"{scheme}://{host}:{self.port}/a/api/v2"

    def calls(self) -> list[list[str]]:
        """Protocol, connection, status and path of each."""
        return [line.split() for line in (self.top / "access.log").read_text().splitlines()]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "own")


@pytest.fixture
def serve_tls(sandbox, tmp_path):
    """Starts nginx in front of the sandbox with this certificate."""
    servers = []

    def start(pair, **options) -> Nginx:
        servers.append(Nginx(tmp_path / f"nginx{len(servers)}", sandbox, pair, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


GOOD_NAMES = "DNS:localhost,IP:127.0.0.1"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("http2", [True, False], ids=["HTTP/2", "HTTP/1.1"])
def test_an_account_behind_tls_with_a_private_ca(
    sandbox, mount, authority, serve_tls, http2, host
):
    server = serve_tls(authority.issue(GOOD_NAMES), http2=http2)
    fs = mount(sandbox, api_url=server.url(host), cacert=authority.certificate, per_page=100)
    assert os.listdir(fs / "communities") == community_names()
    assert os.listdir(fs / users(FIELD)) == file_names(sandbox.user_ids(FIELD))
    assert os.listdir(fs / users(RESEARCH)) == file_names(sandbox.user_ids(RESEARCH))
    calls = server.calls()
    assert len(calls) > 30 and {call[2] for call in calls} == {"200"}
    assert {call[0] for call in calls} == {"HTTP/2.0" if http2 else "HTTP/1.1"}
    if http2:
        assert len({call[1] for call in calls}) == 1, "one connection for all"


def test_errors_come_through_http_2(sandbox, mount, authority, serve_tls):
    server = serve_tls(authority.issue(GOOD_NAMES))
    options = {"api_url": server.url(), "cacert": authority.certificate, "timeout": TIMEOUT}
    fs = mount(sandbox, **options)
    expected = {
        "cut": ({"cut": 500}, {errno.EBADMSG, errno.ECONNRESET}),
        "403": ({"status": 403}, {errno.EACCES}),
        "stall": ({"stall": 60}, {errno.ETIMEDOUT}),
        "closed": ({"close": True}, {errno.EIO}),  # to nginx: a 502 for us
    }
    for rule, errors in expected.values():
        sandbox.fault(users(FIELD), **rule)
        fs.expect_log(f"error: {users(FIELD)}: ")
        fs.refresh()
        assert error_of(os.listdir, fs / users(FIELD)) in errors
        sandbox.heal()
        fs.refresh()
        wait_until(lambda: error_of(os.listdir, fs / users(FIELD)) == 0, 6)
        assert len(os.listdir(fs / users(FIELD))) == 2500


def test_a_server_that_is_started_again_is_found_again(
    sandbox, mount, authority, tmp_path
):
    first = Nginx(tmp_path / "nginx", sandbox, authority.issue(GOOD_NAMES))
    options = {"api_url": first.url(), "cacert": authority.certificate, "timeout": TIMEOUT}
    try:
        fs = mount(sandbox, **options)
        os.stat(fs / users(FIELD))
    finally:
        first.stop()
    fs.expect_log(f"error: {users(FIELD)}: .*[Rr]efused|onnect")
    assert error_of(os.listdir, fs / users(FIELD)) == errno.ECONNREFUSED
    again = subprocess.Popen(
        [NGINX, "-p", first.top, "-c", first.top / "nginx.conf", "-e", first.top / "error.log"]
    )
    try:
        wait_until(lambda: error_of(os.listdir, fs / users(FIELD)) == 0)
        assert len(os.listdir(fs / users(FIELD))) == 2500
    finally:
        again.terminate()
        again.wait(60)


# -------- what is wrong --------


def wrong_name(authority, other):
    return authority.issue("DNS:other.example.com"), authority.certificate


def expired(authority, other):
    return authority.issue(GOOD_NAMES, end="20210101000000Z"), authority.certificate


def not_yet_valid(authority, other):
    return authority.issue(GOOD_NAMES, start="20400101000000Z"), authority.certificate


def unknown_ca(authority, other):
    return authority.issue(GOOD_NAMES), None


def other_ca(authority, other):
    return authority.issue(GOOD_NAMES), other.certificate


def no_tls(authority, other):
    return None, authority.certificate


WRONG = {
    "a wrong name": (wrong_name, "name|match"),
    "an expired certificate": (expired, "expired"),
    "a certificate from the future": (not_yet_valid, "not yet valid"),
    "an unknown CA": (unknown_ca, "issuer|self.signed"),
    "another CA": (other_ca, "issuer|self.signed|signature"),
    "no TLS": (no_tls, "wrong version|packet length|SSL"),
}


@pytest.fixture
def wrong_server(authority, serve_tls, tmp_path, request):
    make, message = request.param
    other = Authority(tmp_path, "other")
    pair, cacert = make(authority, other)
    return serve_tls(pair), {"cacert": cacert} if cacert else {}, message


plural = pytest.mark.parametrize("wrong_server", WRONG.values(), ids=WRONG.keys(), indirect=True)


@plural
def test_nothing_is_mounted_from_whom_cannot_be_trusted(sandbox, command, point, wrong_server):
    server, cacert, message = wrong_server
    done = command("-f", point, user_id=USER, api_url=server.url(), timeout=TIMEOUT, **cacert)
    judge_refusal(done, point, errno.EPROTO, message)
    assert sandbox.total() == 0
    log = server.top / "access.log"
    assert KEY not in log.read_text() and "/a/api" not in log.read_text()


@plural
def test_who_cannot_be_trusted_is_eproto(sandbox, mount, wrong_server):
    server, cacert, message = wrong_server
    fs = mount(sandbox, api_url=server.url(), timeout=TIMEOUT, delay_connect=True, **cacert)
    judge_error(fs, errno.EPROTO, message)


def test_cacert_alone_is_trusted_and_not_the_system_beside_it(
    sandbox, qpfs, environment, point, authority, serve_tls, tmp_path
):
    """In a place of its own, where the CA of the server is one of the system's."""
    trusted = tmp_path / "trusted"
    trusted.mkdir()
    shutil.copy(authority.certificate, trusted)
    assert run("openssl", "rehash", trusted).returncode == 0
    shutil.copy(authority.certificate, trusted / "ca-certificates.crt")
    server, other = serve_tls(authority.issue(GOOD_NAMES)), Authority(tmp_path, "other")
    sandbox.fault(f"users/{USER}", status=403)

    def said(more: str = "") -> str:
        options = f"user_id={USER},timeout={TIMEOUT},api_url={server.url()}{more}"
        script = f'mount --bind {trusted} /etc/ssl/certs && exec {qpfs} -f -o "{options}" {point}'
        variables = environment | {"QUESTIONPRO_API_KEY": KEY}
        return run("unshare", "--mount", "sh", "-c", script, env=variables).stderr

    assert "HTTP 403" in said()
    assert "HTTP 403" not in said(f",cacert={other.certificate}")
    assert "HTTP 403" in said(f",cacert={authority.certificate}")


def judge_refusal(done, point, error, message):
    assert done.returncode == 1 and not is_mounted(point)
    [line] = [line for line in done.stderr.splitlines() if f"error: users/{USER}: " in line]
    assert re.search(message, line) and line.endswith(f"[{os.strerror(error)}]")
    assert KEY not in done.stderr


def judge_error(fs, error, message):
    asked = f"micropanel/users/{USER}/communities"
    fs.expect_log(f"error: {asked}: ")
    assert error_of(os.listdir, fs / "communities") == error
    [line] = fs.logged(f"error: {asked}: ")
    assert re.search(message, line)


# -------- where nobody is --------


def test_tls_on_a_plain_port_of_tls_is_no_success(sandbox, mount, authority, serve_tls):
    """nginx answers plain HTTP on a TLS port with a 400 of its own."""
    server = serve_tls(authority.issue(GOOD_NAMES))
    url = server.url("127.0.0.1", "http")
    fs = mount(sandbox, api_url=url, timeout=TIMEOUT, delay_connect=True)
    judge_error(fs, errno.EINVAL, "HTTP 400")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refused_port_is_econnrefused(sandbox, mount, command, point, scheme):
    url = f"{scheme}://127.0.0.1:{free_port()}/a/api/v2"
    done = command("-f", point, user_id=USER, api_url=url, timeout=TIMEOUT)
    judge_refusal(done, point, errno.ECONNREFUSED, "refused|onnect")
    fs = mount(sandbox, api_url=url, timeout=TIMEOUT, delay_connect=True)
    judge_error(fs, errno.ECONNREFUSED, "refused|onnect")


def test_a_name_that_does_not_resolve_is_ehostunreach(sandbox, mount, command, point):
    url = "https://name.invalid/a/api/v2"
    done = command("-f", point, user_id=USER, api_url=url, timeout=TIMEOUT)
    judge_refusal(done, point, errno.EHOSTUNREACH, "resolve")
    fs = mount(sandbox, api_url=url, timeout=TIMEOUT, delay_connect=True)
    judge_error(fs, errno.EHOSTUNREACH, "resolve")


def test_no_route_is_ehostunreach(qpfs, environment, point):
    """In a network of its own, in which there is nothing."""
    variables = environment | {"QUESTIONPRO_API_KEY": KEY}
    option = f"user_id={USER},timeout={TIMEOUT},api_url=https://192.0.2.1/a/api/v2"
    done = run("unshare", "--net", qpfs, "-f", "-o", option, point, env=variables)
    judge_refusal(done, point, errno.EHOSTUNREACH, "unreachable|onnect")
