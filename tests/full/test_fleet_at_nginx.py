"""Twenty mounts behind a real proxy cost what tools/simulate-fleet says."""

import json

import pytest

from docs import ROOT
from test_tls import Nginx
from tools import output

MACHINES = 20
ACCOUNT = ["--departments", "1x0,1x2,1x250,3x2500"]
HTTP = "proxy_cache_path cache keys_zone=answers:1m;"
LOCATION = """
    proxy_cache answers;
    proxy_cache_valid 200 1h;
    proxy_cache_lock on;
    proxy_cache_lock_timeout 60s;
    proxy_cache_lock_age 60s;
"""


@pytest.fixture
def proxy(sandbox, tmp_path) -> Nginx:
    nginx = Nginx(tmp_path / "nginx", sandbox, http=HTTP, location=LOCATION)
    yield nginx
    nginx.stop()


def simulated(*arguments) -> dict:
    fleet = ["--machines", MACHINES, "--ttl", 3600, "--lookups", 0]
    [result] = json.loads(output(ROOT / "tools/simulate-fleet", "--json", *ACCOUNT, *fleet))
    return result


# semantics: S7
def test_twenty_mounts_walk_for_the_calls_that_are_simulated(sandbox, mount, spawn, proxy):
    url = proxy.url("127.0.0.1", "http")
    mounts = [mount(sandbox, api_url=url, cache_ttl=3600) for _ in range(MACHINES)]
    walks = [spawn("ls", "-lR", fs.point) for fs in mounts]
    shown = [walk.communicate(timeout=120)[0].count(".json\n") for walk in walks]
    assert len(set(shown)) == 1 and shown[0] > 2752
    assert [walk.returncode for walk in walks] == [0] * MACHINES
    calls = simulated()["proxied"]["calls"]
    assert calls == 4 + 3 + 3 * 3
    assert calls <= sandbox.total() <= 1.05 * calls
