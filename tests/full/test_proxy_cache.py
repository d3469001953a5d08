"""A real proxy that caches, between the mount and the service."""

import os
import urllib.request

import pytest

from account import KEY, MARKETING, users
from sandbox import phone
from test_tls import Nginx
from tools import wait_until

KEPT = 15  # seconds for which the proxy serves what it has
TTL = 16
HTTP = "proxy_cache_path cache keys_zone=answers:1m;"
LOCATION = f"""
    proxy_cache answers;
    proxy_cache_valid 200 {KEPT}s;
    add_header Age {KEPT};
    add_header X-Cache $upstream_cache_status;
"""
PERSON = 1234588


@pytest.fixture
def proxy(sandbox, tmp_path) -> Nginx:
    """One that says of all it sends that it may be as old as it can be."""
    nginx = Nginx(tmp_path / "nginx", sandbox, http=HTTP, location=LOCATION)
    yield nginx
    nginx.stop()


def cached(proxy) -> str:
    """What the proxy does for one who asks for the list: HIT if it has it."""
    url = f"{proxy.url('127.0.0.1', 'http')}/{users(MARKETING)}?page=1&perPage=1000"
    with urllib.request.urlopen(urllib.request.Request(url, headers={"api-key": KEY})) as answer:
        return answer.headers["X-Cache"]


# semantics: F11
def test_a_change_is_seen_no_later_than_cache_ttl(sandbox, mount, clock, proxy):
    """After so long the proxy has nothing old any more, and what it sent before is not kept longer:
    it said how old it was."""
    fs = mount(sandbox, api_url=proxy.url("127.0.0.1", "http"), cache_ttl=TTL)

    def shows_change() -> bool:
        os.listdir(fs / users(MARKETING))
        return b"0815" in (fs / users(MARKETING) / f"{PERSON}.json").read_bytes()

    assert cached(proxy) == "MISS"
    sandbox.change(phone(PERSON, "0815"))
    sandbox.reset()
    assert not shows_change()
    assert f"/{users(MARKETING)}" not in sandbox.paths(), "the proxy had it"
    wait_until(lambda: cached(proxy) != "HIT")
    clock.outlive(TTL - KEPT)
    assert shows_change()
