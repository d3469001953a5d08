"""Many mounts behind one caching proxy, with data/nginx/qpfs-fleet.conf: docs/fleet.md."""

import errno
import json
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from account import (
    DEPARTMENTS,
    FIELD,
    KEY,
    MARKETING,
    NEXT_KEY,
    ORGANIZATION,
    users,
)
from docs import ROOT
from fleet import NAME, Fleet, KeylessMount, MountElsewhere
from manners import always
from sandbox import phone
from secrecy import memory_of, shows_key
from service import spread
from test_tls import Authority, authority  # noqa: F401 (a fixture)
from tools import calls_in, error_of, output, tree, wait_until

PERSON = 1234588
MOUNTS = 20
LONG = 3600  # no test takes as long, however busy the machine is


@pytest.fixture
def fleet(tmp_path, authority):  # noqa: F811
    fleets = []

    def start(**accounts) -> Fleet:
        keys = {KEY: accounts["first"], NEXT_KEY: accounts.get("second")}
        given = {key: account for key, account in keys.items() if account}
        fleets.append(Fleet(tmp_path / f"fleet{len(fleets)}", authority, given))
        return fleets[-1]

    yield start
    for fleet in fleets:
        fleet.stop()


@pytest.fixture
def one(sandbox, fleet):
    """A proxy that keeps what it has until the end of the test, and who may use it."""
    return fleet(first=sandbox).proxy({f"web-{i}": "account0" for i in range(MOUNTS)}, kept=LONG)


@pytest.fixture
def join(sandbox, one, qpfs, environment, tmp_path_factory):
    """Mounts on one machine more, through the proxy."""
    mounts = []

    def start(name: str = "web-0", proxy=None, **options) -> KeylessMount:
        proxy = proxy or one
        mounts.append(KeylessMount(qpfs, tmp_path_factory.mktemp("mount"), environment))
        own = {"api_url": proxy.url(), **proxy.fleet.machine(name)}
        return mounts[-1].start(sandbox, **(own | options))

    yield start
    for fs in reversed(mounts):
        fs.stop()


def names_in(fs) -> list[str]:
    return sorted(output("find", fs.point, "-printf", r"%P %s\n").splitlines())


# -------- what it costs --------


def simulated_calls(departments: str) -> float:
    """Of so many mounts that walk at the same time, as tools/simulate-fleet reckons them."""
    fleet = ["--machines", MOUNTS, "--ttl", LONG, "--lookups", 0, "--departments", departments]
    [result] = json.loads(output(ROOT / "tools/simulate-fleet", "--json", *fleet))
    return result["proxied"]["calls"]


def test_twenty_mounts_that_walk_at_once_cost_one_walk(sandbox, join, mount, one):
    """Each of them has nothing, and nor has the proxy."""
    sandbox.change(*[{"add_department": 2000 + i, "name": f"D{i}", "users": 3} for i in range(30)])
    alone = mount(sandbox)
    expected = names_in(alone)
    calls = sandbox.total()
    alone.stop()
    sandbox.reset()
    mounts = [join(f"web-{i}", cache_ttl=LONG) for i in range(MOUNTS)]
    with ThreadPoolExecutor(MOUNTS) as readers:
        found = list(readers.map(names_in, mounts))
    assert len(expected) > 3000 and all(names == expected for names in found)
    assert calls > 30 and sandbox.total() <= calls * 1.05
    assert calls == simulated_calls("1x0,1x2,1x250,3x2500,30x3")
    wait_until(lambda: len(one.calls()) == sandbox.total())  # its log counts them
    assert len(one.asked()) > MOUNTS * calls * 0.9, "and what the mounts asked for"


def test_the_ledger_of_a_machine_counts_what_it_asked_for(sandbox, join, one, environment):
    for _ in range(2):
        fs = join(cache_ttl=LONG)
        names_in(fs)
        fs.stop()
    [ledger] = (Path(environment["HOME"]) / ".local/state/qpfs").iterdir()
    counted = calls_in(ledger)
    assert counted == 2 * sandbox.total()
    wait_until(lambda: len(one.asked()) == counted and len(one.calls()) == sandbox.total())


# -------- how old it may be --------


# semantics: F11
def test_an_answer_of_the_cache_says_how_old_it_is(sandbox, one):
    machine = one.fleet.machine("web-0")
    path = f"{users(MARKETING)}?page=1&perPage=1000"

    def age(**headers: str) -> float:
        found = one.get(path, machine, **headers)[1]
        assert found["Cache-Control"] == "max-age=86400"
        expires, date = (parsedate_to_datetime(found[name]) for name in ["Expires", "Date"])
        return 86400 - (expires - date).total_seconds()

    assert age() < 2
    wait_until(lambda: age() >= 2)
    assert age(Cache_Control="no-cache") < 2
    wait_until(lambda: one.asked()[-1].cache != "HIT")
    asked = [asked.cache for asked in one.asked()]
    assert (asked[0], set(asked[1:-1]), asked[-1]) == ("MISS", {"HIT"}, "BYPASS")


# semantics: F11
def test_what_the_cache_had_for_long_serves_as_much_shorter(sandbox, join, one, clock):
    """The first mount asked the service, and the second one the cache, a while later."""
    mounts = [join(f"web-{i}", cache_ttl=60) for i in range(2)]
    os.listdir(mounts[0] / users(MARKETING))
    [file] = [path for name, path in one.kept().items() if users(MARKETING) in name]
    made = file.stat().st_mtime
    wait_until(lambda: time.time() > made + 4)
    os.listdir(mounts[1] / users(MARKETING))
    asked = len(one.asked())
    clock.outlive(57)
    os.listdir(mounts[1] / users(MARKETING))
    wait_until(lambda: users(MARKETING) in "".join(line.path for line in one.asked()[asked:]))


# semantics: F7, F11
def test_sighup_reads_past_the_cache(sandbox, join, one):
    mounts = [join(f"web-{i}", cache_ttl=LONG) for i in range(2)]
    for fs in mounts:
        os.listdir(fs / users(MARKETING))
    sandbox.change(phone(PERSON, "0815"))
    mounts[0].refresh()
    os.listdir(mounts[0] / users(MARKETING))
    assert b"0815" in (mounts[0] / users(MARKETING) / f"{PERSON}.json").read_bytes()
    third = join("web-2")  # what came past the cache is in it from then on
    os.listdir(third / users(MARKETING))
    assert b"0815" in (third / users(MARKETING) / f"{PERSON}.json").read_bytes()


# -------- nobody is missing --------


def listed(fs, department: int) -> set[int]:
    names = os.listdir(fs / users(department))
    assert len(names) == len(set(names))
    return {int(name.removesuffix(".json")) for name in names}


# semantics: T1, F11
@pytest.mark.parametrize("old", [{1}, {2}, {3}, {1, 2}, {1, 3}, {2, 3}])
def test_pages_of_different_moments_miss_nobody(sandbox, join, one, old):
    """The cache has some pages of before many left and came, and the others of after that."""
    before = listed(join("web-0"), FIELD)
    leavers = sorted(before)[:40] + sorted(before)[1000:1040]
    sandbox.change(
        *[{"remove": id} for id in leavers],
        *[{"move": id, "to": MARKETING} for id in sorted(before)[1100:1120]],
    )
    for page in {1, 2, 3} - old:
        assert one.forget(f"{users(FIELD)}?page={page}&") == 1
    now = set(sandbox.user_ids(FIELD))
    for name in "web-1", "web-2":
        found = listed(join(name), FIELD)
        assert now <= found <= before
    sandbox.reset()
    assert listed(join("web-3"), FIELD) >= now
    assert sandbox.paths().get(f"/{users(FIELD)}", 0) <= 6


# semantics: T1, F11
def test_pages_that_can_not_overlap_are_read_past_the_cache(
    service, fleet, qpfs, environment, tmp_path_factory
):
    """The service knows one size. What the cache has agrees with itself, and lacks somebody."""
    service.behave(size=always(100))
    service.account.join(7, *spread(450))
    proxy = fleet(first=SimpleNamespace(port=service.server.port)).proxy(
        {"web-0": "account0", "web-1": "account0"}, kept=LONG
    )
    mounts = []

    def people(name: str) -> set[int]:
        mounts.append(KeylessMount(qpfs, tmp_path_factory.mktemp("mount"), environment))
        own = {"api_url": proxy.url(), **proxy.fleet.machine(name)}
        return listed(mounts[-1].start(service, **own), 7)

    try:
        everybody = people("web-0")
        assert len(everybody) == 450
        first, *_, last = sorted(everybody)
        service.account.mark()
        service.account.leave(first)  # all others move up by one place
        service.account.join(7, last + 10)
        for page in 2, 3, 4, 5:
            proxy.forget(f"{users(7)}?page={page}&")
        assert people("web-1") >= service.account.stayed(7)
    finally:
        for fs in mounts:
            fs.stop()


def test_nobody_is_missing_while_the_account_changes(sandbox, fleet, join):
    """The proxy keeps each page for a second, and mounts read them at all times."""
    proxy = fleet(first=sandbox).proxy({f"web-{i}": "account0" for i in range(6)}, kept=1)
    mounts = [join(f"web-{i}", proxy=proxy, cache_ttl=1) for i in range(6)]
    stay = set(sandbox.user_ids(FIELD)[1::2])
    movers = sandbox.user_ids(FIELD)[::2]
    over = threading.Event()

    def change():
        for i, id in enumerate(movers * 2):
            if over.is_set():
                return
            there = i < len(movers)
            sandbox.change({"move": id, "to": MARKETING if there else FIELD})

    def read(fs) -> int:
        complete = 0
        for _ in range(12):
            try:
                assert stay <= listed(fs, FIELD)
                complete += 1
            except OSError as problem:  # changed too fast: no list, and not a short one
                assert problem.errno == errno.EBADMSG
                fs.expect_log("changes faster than it can be read")
        return complete

    changing = threading.Thread(target=change)
    changing.start()
    try:
        with ThreadPoolExecutor(len(mounts)) as readers:
            complete = list(readers.map(read, mounts))
    finally:
        over.set()
        changing.join()
    assert all(count > 0 for count in complete)


# -------- what goes wrong --------


# semantics: F6, E6
def test_the_proxy_is_gone_for_a_while(join, one, clock):
    fs = join(timeout=3, cache_ttl=60)
    assert len(os.listdir(fs / users(MARKETING))) == 2
    one.kill()
    fs.expect_log("showing what was read", "[Rr]efused|onnect")
    clock.outlive(61)
    assert len(os.listdir(fs / users(MARKETING))) == 2, "the old list serves"
    clock.outlive(61 + 300)
    assert error_of(os.listdir, fs / users(MARKETING)) == errno.ECONNREFUSED
    one.start()
    clock.outlive(31)  # it is tried every 30 seconds at least
    wait_until(lambda: error_of(os.listdir, fs / users(MARKETING)) == 0)


# semantics: S1
def test_the_proxy_dies_in_the_midst_of_a_backup_and_comes_back(
    sandbox, join, one, clock, spawn, tmp_path
):
    fs = join(timeout=3, cache_ttl=60)
    sync = ["rsync", "-a", "--delete", f"{fs.point}/{ORGANIZATION}", tmp_path / "copy"]
    output(*sync)
    whole = tree(tmp_path / "copy")
    sandbox.latency(300)
    asked = len(one.asked())
    fs.refresh()
    backup = spawn(*sync)
    wait_until(lambda: len(one.asked()) > asked)
    one.kill()
    fs.expect_log("[Rr]efused|onnect")
    backup.communicate(timeout=120)
    assert backup.returncode == 23
    assert tree(tmp_path / "copy") == whole
    one.start()
    sandbox.latency(0)
    clock.outlive(31)
    wait_until(lambda: error_of(os.listdir, fs / ORGANIZATION / "departments") == 0)
    output(*sync)
    assert tree(tmp_path / "copy") == whole


ERRORS = [400, 401, 403, 404, 429, 500, 503]


@pytest.mark.parametrize("status", ERRORS)
def test_no_error_is_kept(sandbox, one, status):
    machine = one.fleet.machine("web-0")
    path = f"{users(MARKETING)}?page=1&perPage=1000"
    sandbox.fault(users(MARKETING), status=status)
    for _ in range(2):
        assert one.get(path, machine)[0] == status
    assert users(MARKETING) not in "".join(one.kept())
    sandbox.heal()
    assert one.get(path, machine)[0] == 200
    assert one.forget(users(MARKETING)) == 1  # its time is over
    sandbox.fault(users(MARKETING), status=status)
    assert one.get(path, machine)[0] == status, "and nothing old in place of it"


def test_what_is_no_answer_of_the_service_is_not_kept(sandbox, one):
    machine = one.fleet.machine("web-0")
    page = {"body": "<html>Log in</html>", "headers": {"Content-Type": "text/html"}}
    sandbox.fault(users(MARKETING), **page)
    assert one.get(users(MARKETING), machine)[2] == page["body"].encode()
    sandbox.heal()
    assert b"Log in" not in one.get(users(MARKETING), machine)[2]


def test_an_error_in_a_200_is_asked_for_past_the_cache(sandbox, join):
    """That is kept, for it looks like any other answer. The first who is in doubt gets another."""
    body = json.dumps({"response": {"error": {"httpStatusCode": 503, "message": "no"}}})
    sandbox.fault(users(MARKETING), body=body, times=1)
    assert len(os.listdir(join("web-0") / users(MARKETING))) == 2
    assert len(os.listdir(join("web-1") / users(MARKETING))) == 2
    assert sandbox.paths()[f"/{users(MARKETING)}"] == 2


def test_who_asks_for_too_much_waits_and_gets_it(sandbox, fleet, join):
    """The proxy lets one call through, and has one more wait."""
    proxy = fleet(first=sandbox).proxy(
        {"web-0": "account0"}, rate="rate=300r/m;", queue="burst=1;"
    )
    fs = join(proxy=proxy, per_page=400, timeout=60)
    assert len(os.listdir(fs / users(FIELD))) == 2500
    wait_until(lambda: "429" in {asked.status for asked in proxy.asked()})
    wait_until(lambda: sandbox.total() == len(proxy.calls()))


# -------- who gets what --------


@pytest.fixture
def two(serve, fleet):
    """Two accounts with the same IDs, and a proxy for both."""
    first, second = serve(), serve()
    second.accept(NEXT_KEY)
    second.change(phone(PERSON, "of the second account"))
    proxy = fleet(first=first, second=second).proxy(
        {"web-1": "account0", "web-2": "account1"}, kept=LONG
    )
    return SimpleNamespace(first=first, second=second, proxy=proxy)


def test_two_accounts_never_mix(two):
    machines = {name: two.proxy.fleet.machine(name) for name in ["web-1", "web-2"]}
    paths = [f"users/{PERSON}", f"{users(MARKETING)}?page=1&perPage=1000", DEPARTMENTS]
    forged = [
        {},
        {"api_key": KEY},
        {"api_key": NEXT_KEY},
        {"Qpfs_Account": "account0"},
        {"Qpfs_Account": "account1"},
        {"Cache_Control": "no-cache", "api_key": KEY},
        {"X_Accel_Redirect": "/", "Host": "127.0.0.1:8444", "Cookie": "account=account0"},
    ]
    asked = [
        (name, path, headers) for path in paths for headers in forged for name in machines
    ] * 2

    def ask(question) -> tuple[str, str, int, bytes]:
        name, path, headers = question
        status, _, body = two.proxy.get(path, machines[name], **headers)
        return name, path, status, body

    with ThreadPoolExecutor(8) as askers:
        answers = list(askers.map(ask, asked))
    assert {status for _, _, status, _ in answers} == {200}
    marked = [answer for answer in answers if answer[1] != DEPARTMENTS]
    for name, _, _, body in marked:
        assert (b"of the second account" in body) == (name == "web-2")
    kept = two.proxy.kept()
    assert {name.split()[0] for name in kept} == {"account0", "account1"}
    assert len(kept) == 2 * len(paths)


def test_no_key_is_in_what_the_proxy_writes(two):
    """Only in its own file, for root alone."""
    machine = two.proxy.fleet.machine("web-1")
    for path in [f"users/{PERSON}", users(MARKETING), "nothing"]:
        two.proxy.get(path, machine, api_key=KEY)
    two.first.fault(DEPARTMENTS, close=True)
    assert two.proxy.get(DEPARTMENTS, machine)[0] == 502
    files = [path for path in two.proxy.top.rglob("*") if path.is_file() and path.name != "key"]
    assert len(two.proxy.kept()) == 2 and set(two.proxy.kept().values()) < set(files)
    assert [str(path) for path in files if shows_key(path.read_text(errors="replace"))] == []
    assert {path.stat().st_mode & 0o77 for path in (two.proxy.top / "cache").rglob("*")} == {0}
    assert (two.proxy.top / "cache").stat().st_mode & 0o777 == 0o700


def test_a_machine_of_the_fleet_has_no_key(join, one):
    fs = join()
    names_in(fs)
    assert KEY.encode() not in memory_of(fs.pid)


def nothing(fleet, tmp_path) -> dict | None:
    return None


def of_another_authority(fleet, tmp_path) -> dict:
    certificate, key = Authority(tmp_path, "foreign").issue("DNS:web-0", subject="web-0")
    return {"client_cert": certificate, "client_cert_key": key}


def not_listed(fleet, tmp_path) -> dict:
    return fleet.machine("web-99")


@pytest.mark.parametrize("who", [nothing, of_another_authority, not_listed])
def test_nobody_else_gets_anything(sandbox, one, tmp_path, who):
    one.get(users(MARKETING), one.fleet.machine("web-0"))
    sandbox.reset()
    machine = who(one.fleet, tmp_path)
    for headers in {}, {"api_key": KEY}, {"Qpfs_Account": "account0"}:
        status, _, body = one.get(users(MARKETING), machine, **headers)
        assert status == 401 and b"emailAddress" not in body
    assert sandbox.total() == 0


def test_a_machine_that_is_taken_from_the_list_is_out_at_once(sandbox, join, one):
    fs = join(cache_ttl=1)
    assert len(os.listdir(fs / users(MARKETING))) == 2
    one.let_in({"web-1": "account0"})
    one.reload()
    fs.expect_log("HTTP 401: this machine is not in the list of the proxy")
    wait_until(lambda: error_of(os.listdir, fs / users(MARKETING)) == errno.EACCES)


def test_a_machine_can_only_read(sandbox, one):
    machine = one.fleet.machine("web-0")
    for method in ["POST", "PUT", "PATCH", "DELETE"]:
        assert one.get(f"users/{PERSON}", machine, method)[0] == 403
    assert one.get("../v2x", machine)[0] == 404
    assert sandbox.total() == 0


def test_a_wrong_certificate_of_the_service_is_not_taken(sandbox, one, authority):  # noqa: F811
    """The name of another host, from the right authority."""
    api = one.fleet.api
    certificate, key = authority.issue("DNS:other.example.com", subject="api")
    api.stop()
    api.start()
    assert one.get(f"users/{PERSON}", one.fleet.machine("web-0"))[0] == 502
    assert sandbox.total() == 0


# -------- two proxies --------


@pytest.fixture
def pair(sandbox, fleet, qpfs, environment, tmp_path_factory):
    """Two proxies at two addresses of one name, and mounts that know no more than the name."""
    service = fleet(first=sandbox)
    first = service.proxy({"web-0": "account0"}, address="127.0.0.2", kept=LONG)
    second = service.proxy({"web-0": "account0"}, address="127.0.0.3", port=first.port, kept=LONG)
    hosts = tmp_path_factory.mktemp("hosts") / "hosts"
    hosts.write_text(f"127.0.0.2 {NAME}\n127.0.0.3 {NAME}\n")
    mounts = []

    def start(**options) -> MountElsewhere:
        point = tmp_path_factory.mktemp("mount")
        mounts.append(MountElsewhere(qpfs, point, environment, hosts))
        own = {"api_url": first.url(NAME), **service.machine("web-0")}
        return mounts[-1].start(sandbox, **(own | options))

    yield SimpleNamespace(first=first, second=second, mount=start)
    for fs in mounts:
        fs.stop()


def test_the_second_proxy_is_asked_where_the_first_one_is_down(pair, clock):
    """Each of the two, while the mount goes on."""
    fs = pair.mount()
    for down, up in [(pair.first, pair.second), (pair.second, pair.first)]:
        assert len(os.listdir(fs / users(MARKETING))) == 2
        down.kill()
        asked = len(up.asked())
        clock.outlive(61)
        wait_until(lambda: error_of(os.listdir, fs / users(MARKETING)) == 0)
        wait_until(lambda: len(up.asked()) > asked)
        down.start()


def test_the_second_proxy_is_asked_where_the_first_one_does_not_answer(pair):
    """Its machine is gone, and nobody says so: half of `timeout` is for the second."""
    pair.first.kill()
    with silent(pair.first.address, pair.first.port):
        fs = pair.mount(timeout=6)
        assert len(os.listdir(fs / users(FIELD))) == 2500
    wait_until(lambda: len(pair.second.asked()) > 3)


@contextmanager
def silent(address: str, port: int):
    """Nobody takes a connection there or refuses it: the queue of those who wait is full."""
    with socket.socket() as server, ExitStack() as waiting:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((address, port))
        server.listen(0)
        for _ in range(2):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex((address, port))
        yield
