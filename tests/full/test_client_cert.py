"""A client certificate in place of a key: shown to a web server that asks for one."""

import errno
import os
import re

import pytest

from account import FIELD, KEY, MARKETING, USER, users
from fleet import KeylessMount, answers
from test_tls import GOOD_NAMES, Authority, Nginx, authority, free_port  # noqa: F401 (a fixture)
from tools import error_of, is_mounted, wait_until

# It refuses who shows none, and has the key.
ASKS = """
    ssl_client_certificate {ca};
    ssl_verify_client optional;
    error_page 495 496 =401 /refused;
    map $ssl_client_verify $key {{ default ""; SUCCESS {key}; }}
    log_format shown '$ssl_client_s_dn "$http_api_key"';
    access_log shown.log shown;
"""
ADDS_KEY = """
    if ($ssl_client_verify != SUCCESS) { return 401; }
    proxy_set_header api-key $key;
"""
REFUSED = "HTTP 401"


@pytest.fixture
def web(sandbox, authority, tmp_path):  # noqa: F811
    pair = authority.issue(GOOD_NAMES)
    http = ASKS.format(ca=authority.certificate, key=KEY)
    nginx = Nginx(tmp_path / "nginx", sandbox, pair, http=http, location=ADDS_KEY)
    yield nginx
    nginx.stop()
    (nginx.top / "nginx.conf").unlink()  # the key is in it on purpose


@pytest.fixture
def machine(authority, tmp_path):  # noqa: F811
    """The options of a mount without a key; its certificate and key are its own to spoil."""
    certificate, key = authority.issue(GOOD_NAMES, subject="machine-1")
    return {"client_cert": certificate, "client_cert_key": key, "cacert": authority.certificate}


@pytest.fixture
def mount_without_key(mount, qpfs, environment, tmp_path_factory):
    mounts = []

    def start(sandbox, **options) -> KeylessMount:
        mounts.append(KeylessMount(qpfs, tmp_path_factory.mktemp("mount"), environment))
        return mounts[-1].start(sandbox, **options)

    yield start
    for fs in mounts:
        fs.stop()


def shown(web) -> set[str]:
    return set((web.top / "shown.log").read_text().splitlines())


# semantics: K6
def test_a_mount_needs_no_key_where_a_certificate_opens_the_proxy(
    sandbox, mount_without_key, web, machine
):
    fs = mount_without_key(sandbox, api_url=web.url(), **machine)
    assert len(os.listdir(fs / users(FIELD))) == 2500
    assert shown(web) == {'CN=machine-1 "-"'}


# semantics: K6
def test_a_key_that_is_given_as_well_is_sent(sandbox, mount, web, machine, authority):  # noqa: F811
    fs = mount(sandbox, api_url=web.url(), **machine)
    assert len(os.listdir(fs / users(MARKETING))) == 2
    log = web.top / "shown.log"
    assert shown(web) == {f'CN=machine-1 "{KEY}"'}
    log.unlink()


def foreign(tmp_path, machine):
    certificate, key = Authority(tmp_path, "foreign").issue(GOOD_NAMES, subject="machine-1")
    return machine | {"client_cert": certificate, "client_cert_key": key}


def none(tmp_path, machine):
    return {"cacert": machine["cacert"]}


# semantics: K3, K6
@pytest.mark.parametrize("change", [foreign, none])
def test_without_the_right_certificate_nothing_is_mounted(
    sandbox, command, point, web, machine, tmp_path, change
):
    options = {"user_id": USER, "api_url": web.url(), **change(tmp_path, machine)}
    done = command("-f", point, key="another-key-12345678", **options)
    assert (done.returncode, is_mounted(point)) == (1, False)
    assert REFUSED in done.stderr and "client_cert" in done.stderr
    assert sandbox.total() == 0


# semantics: K6
def test_sighup_reads_the_certificate_again(
    sandbox, mount_without_key, web, machine, authority  # noqa: F811
):
    fs = mount_without_key(sandbox, api_url=web.url(), **machine)
    fresh = authority.issue(GOOD_NAMES, subject="machine-2")
    for new, name in zip(fresh, ["client_cert", "client_cert_key"]):
        new.rename(machine[name])
    fs.refresh()
    assert len(fs.logged("another certificate is in ")) == 1
    assert len(os.listdir(fs / users(MARKETING))) == 2
    assert shown(web) == {'CN=machine-1 "-"', 'CN=machine-2 "-"'}


# semantics: K6
def test_the_certificate_of_before_stays_where_there_is_none_to_read(
    sandbox, mount_without_key, web, machine
):
    fs = mount_without_key(sandbox, api_url=web.url(), **machine)
    fs.expect_log("do: chmod 600 ", "until then, the certificate that was read before is used")
    machine["client_cert_key"].chmod(0o644)
    fs.refresh()
    wait_until(lambda: fs.logged("until then"))
    assert len(os.listdir(fs / users(MARKETING))) == 2


# semantics: K6
def test_what_the_proxy_no_longer_lets_in_is_eacces(
    sandbox, mount_without_key, web, machine, tmp_path
):
    """Nothing old is shown, as with a key that was withdrawn."""
    fs = mount_without_key(sandbox, api_url=web.url(), **machine)
    assert len(os.listdir(fs / users(MARKETING))) == 2
    other = foreign(tmp_path, machine)
    for name in "client_cert", "client_cert_key":
        other[name].rename(machine[name])
    fs.expect_log(REFUSED)
    fs.refresh()
    for _ in range(2):
        assert error_of(os.listdir, fs / users(MARKETING)) == errno.EACCES


# semantics: K3, K6
def test_a_server_that_ends_the_connection_for_want_of_a_certificate(
    command, point, spawn, authority  # noqa: F811
):
    """With TLS 1.3 it says so after the handshake, in an alert."""
    certificate, key = authority.issue(GOOD_NAMES)
    port = free_port()
    identity = ["-cert", certificate, "-key", key, "-CAfile", authority.certificate]
    strict = ["-Verify", "1", "-verify_return_error", "-tls1_3", "-quiet"]
    server = spawn("openssl", "s_server", "-accept", f"127.0.0.1:{port}", *identity, *strict)
    wait_until(lambda: server.poll() is not None or answers(("127.0.0.1", port)))
    url = f"https://localhost:{port}/a/api/v2"
    done = command("-f", point, user_id=USER, api_url=url, cacert=authority.certificate)
    assert (done.returncode, is_mounted(point)) == (1, False)
    assert re.search(r"alert certificate required.*\[Protocol error\]", done.stderr)
