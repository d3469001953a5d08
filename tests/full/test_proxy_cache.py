"""A real proxy that caches, between the mount and the service."""

import os
import time
import urllib.request

import pytest

from account import KEY, MARKETING, users
from sandbox import phone
from test_tls import Nginx
from tools import wait_until

KEPT = 3  # seconds for which the proxy serves what it has
TTL = 4
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


# semantics: F11
def test_a_change_is_seen_no_later_than_cache_ttl(sandbox, mount, proxy):
    fs = mount(sandbox, api_url=proxy.url("127.0.0.1", "http"), cache_ttl=TTL)
    page = f"{proxy.url('127.0.0.1', 'http')}/{users(MARKETING)}?page=1&perPage=1000"

    def shows_change() -> bool:
        os.listdir(fs / users(MARKETING))
        return b"0815" in (fs / users(MARKETING) / f"{PERSON}.json").read_bytes()

    # The proxy has the list, then it changes, and only towards the end of the time for which the
    # proxy has it the mount asks.
    asked = urllib.request.Request(page, headers={"api-key": KEY})
    with urllib.request.urlopen(asked) as answer:
        assert answer.headers["X-Cache"] == "MISS"
    changed = time.monotonic()
    sandbox.change(phone(PERSON, "0815"))
    sandbox.reset()
    fs.outlive(KEPT - 1)
    assert not shows_change()
    assert f"/{users(MARKETING)}" not in sandbox.paths(), "the proxy had it"

    wait_until(shows_change)
    assert time.monotonic() - changed < TTL + 1
