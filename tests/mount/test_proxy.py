"""Proxies that are not there, or let nothing through. Those that do: tests/full/test_proxy_tls.py."""

import errno
import json
import os
import re

import pytest

from account import DEPARTMENTS, KEY, USER
from tools import error_of
from tunnel import Tunnel

NOWHERE = "https://127.0.0.1:9/a/api/v2"  # where nobody comes, for the proxy does not let him
USER_OF_PROXY, PASSWORD = "jane", "s3cret-of-the-proxy"


@pytest.fixture
def tunnel():
    tunnel = Tunnel(f"{USER_OF_PROXY}:another")
    yield tunnel
    tunnel.stop()


@pytest.fixture
def config(tmp_path):
    """Writes a configuration file with a proxy."""

    def write(proxy: str):
        path = tmp_path / "proxy.conf"
        path.write_text(f"proxy = {proxy}\n")
        path.chmod(0o600)
        return path

    return write


def nothing_shown(text: str):
    assert PASSWORD not in text and f"{USER_OF_PROXY}:" not in text and KEY not in text


# semantics: K5, L2
def test_a_proxy_that_refuses_the_user_is_asked_once_named_and_costs_no_call(
    service, mount, tunnel, config
):
    tunnel.status = 407
    proxy = config(f"http://{USER_OF_PROXY}:{PASSWORD}@{tunnel.address}")
    fs = mount(service, api_url=NOWHERE, config=proxy, delay_connect=True, organizations=1)
    assert error_of(os.listdir, fs / "communities") == errno.ECONNREFUSED
    assert len(tunnel.heads) == 1
    fs.expect_log(f"error: .*the proxy {tunnel.url}: it wants a user and password, or others")
    status = (fs / ".qpfs/status.json").read_text()
    assert json.loads(status)["calls"]["total"] == 0
    assert tunnel.url in json.loads(status)["last_error"]["message"] + "".join(fs.log)
    for text in status, *fs.log, *tunnel.heads, command_line(fs.pid):
        nothing_shown(text)


def command_line(pid: int) -> str:
    with open(f"/proc/{pid}/cmdline") as file:
        return file.read()


# semantics: K5
def test_a_proxy_of_the_environment_that_lets_nothing_through_is_named(command, tunnel):
    tunnel.user, tunnel.status = "", 403
    variables = {"https_proxy": f"http://{USER_OF_PROXY}:{PASSWORD}@{tunnel.address}"}
    options = {"user_id": USER, "api_url": NOWHERE, "timeout": 3}
    done = command("--check", variables=variables, **options)
    text = done.stdout + done.stderr
    assert f"the proxy {tunnel.url}: it does not let calls through (HTTP 403)" in text
    assert "this check made 0; 0 are counted in all" in text
    nothing_shown(text)


# semantics: K5
@pytest.mark.parametrize(
    "proxy, message",
    {
        "http://127.0.0.1:9": "the proxy http://127.0.0.1:9: .*onnect",
        "http://name.invalid:9": "the proxy http://name.invalid:9: Could not resolve proxy",
        "socks5h://127.0.0.1:9": "the proxy socks5h://127.0.0.1:9: .*onnect",
        "http://[::1": "proxy: it is no URL",
        "ftp://example.com": "proxy: a proxy is reached by http://, https://, socks4",
    }.items(),
)
def test_a_proxy_that_cannot_be_used_is_named(command, proxy, message):
    done = command("--check", user_id=USER, api_url=NOWHERE, timeout=2, proxy=proxy)
    assert done.returncode != 0
    assert re.search(message, done.stdout + done.stderr)
    nothing_shown(done.stdout + done.stderr)


# semantics: K5
def test_a_password_of_a_proxy_on_the_command_line_is_refused(command):
    proxy = f"http://{USER_OF_PROXY}:{PASSWORD}@127.0.0.1:9"
    done = command("--check", user_id=USER, api_url=NOWHERE, proxy=proxy, timeout=2)
    assert "proxy: its user and password do not belong on the command line" in done.stderr
    assert done.returncode == 1
    nothing_shown(done.stdout + done.stderr)


# semantics: K5
def test_proxy_none_and_no_proxy_go_past_the_proxy_of_the_environment(command, tunnel):
    variables = {"https_proxy": tunnel.url}
    for more, options in ({}, {"proxy": "none"}), ({"no_proxy": "127.0.0.1"}, {}):
        options = {"user_id": USER, "api_url": NOWHERE, "timeout": 2} | options
        done = command("--check", variables=variables | more, **options)
        assert "the proxy" not in done.stdout
    given = {"user_id": USER, "api_url": NOWHERE, "timeout": 2, "proxy": tunnel.url}
    command("--check", variables={"no_proxy": "127.0.0.1"}, **given)
    assert tunnel.heads == []
    command("--check", **given)
    assert len(tunnel.heads) == 1


# semantics: K2, K5
def test_a_plain_request_takes_no_proxy_that_is_given(sandbox, mount, tunnel):
    fs = mount(sandbox, proxy=tunnel.url)
    assert os.listdir(fs / DEPARTMENTS)
    assert tunnel.heads == []
