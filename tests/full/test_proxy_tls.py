"""A proxy between qpfs and a service with TLS: what it sees, and what goes past it."""

import os
from types import SimpleNamespace

import pytest

from account import KEY, users
from test_tls import Nginx, authority  # noqa: F401 (a fixture)
from tunnel import Tunnel

NAMES = "DNS:localhost,IP:127.0.0.1"
TIMEOUT = 12
LOGIN = "jane:s3cret-of-the-proxy"


@pytest.fixture
def web(service, authority, tmp_path):  # noqa: F811
    for id in range(1, 5):
        service.account.join(id, *range(id * 1000, id * 1000 + 3))
    upstream = SimpleNamespace(port=service.server.port)
    nginx = Nginx(tmp_path / "nginx", upstream, authority.issue(NAMES))
    yield nginx
    nginx.stop()


@pytest.fixture
def tunnel():
    tunnel = Tunnel(LOGIN)
    yield tunnel
    tunnel.stop()


@pytest.fixture
def options(web, authority, tmp_path, tunnel):  # noqa: F811
    """With the user and the password in a configuration file."""
    config = tmp_path / "proxy.conf"
    config.write_text(f"proxy = http://{LOGIN}@{tunnel.address}\n")
    config.chmod(0o600)
    return {"api_url": web.url(), "cacert": authority.certificate, "config": config}


# semantics: K5
def test_a_proxy_sees_the_host_and_neither_the_key_nor_an_answer(service, mount, tunnel, options, web):
    fs = mount(service, **options)
    assert len(os.listdir(fs / users(1))) == 3
    assert len(tunnel.heads) == 1, "one connection for all"
    assert tunnel.heads[0].startswith(f"CONNECT localhost:{web.port} ")
    assert KEY not in tunnel.heads[0] and "api-key" not in tunnel.heads[0].lower()
    assert {call[2] for call in web.calls()} == {"200"}


# semantics: K5
def test_no_proxy_of_the_environment_goes_past_a_proxy_that_is_given(
    service, mount, tunnel, options, environment
):
    environment["no_proxy"] = "localhost"
    fs = mount(service, **options)
    assert len(os.listdir(fs / users(1))) == 3
    assert tunnel.heads == []


# semantics: E11, K5
def test_a_connection_that_died_behind_a_proxy_is_replaced(service, mount, tunnel, options):
    fs = mount(service, timeout=TIMEOUT, **options)
    assert len(os.listdir(fs / users(1))) == 3
    for wire in tunnel.alive:
        wire.mute = True
    assert len(os.listdir(fs / users(2))) == 3
    assert len(service.asked(2)) == 1
    assert len(tunnel.heads) == 2


# semantics: F6, K5
def test_what_was_read_serves_on_when_the_proxy_begins_to_refuse(
    service, mount, clock, tunnel, options
):
    fs = mount(service, cache_ttl=60, **options)
    shown = os.listdir(fs / users(1))
    tunnel.status = 407
    for wire in tunnel.alive:
        wire.shut()
    clock.outlive(60)
    assert os.listdir(fs / users(1)) == shown
    fs.expect_log("HTTP 407")
