"""What a mount tells Prometheus: .qpfs/metrics, qpfs --status --metrics."""

import errno
import os
import re
import signal
import time

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from account import DEPARTMENTS, FIELD, KEY, MARKETING, RESEARCH, USER, users
from docs import Page
from secrecy import shows_key
from tools import error_of, output, wait_until

pytestmark = pytest.mark.exact_service("the calls are counted, and the errors told")

METRICS = ".qpfs/metrics"
PAGE = Page("docs/status.md")


class Metrics:
    """What a strict reader of OpenMetrics makes of the text."""

    def __init__(self, text: str):
        self.families = {one.name: one for one in text_string_to_metric_families(text)}
        self.samples = [one for family in self.families.values() for one in family.samples]

    def __call__(self, name: str, **labels: str) -> float | None:
        found = [
            sample.value
            for sample in self.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert len(found) <= 1, (name, labels)
        return found[0] if found else None

    def all(self, name: str, label: str) -> dict[str, float]:
        """Those that are not 0."""
        rows = [one for one in self.samples if one.name == name]
        return {one.labels[label]: one.value for one in rows if one.value}


def metrics(fs) -> Metrics:
    return Metrics((fs / METRICS).read_text())


# semantics: W9
def test_the_file_is_not_listed_at_the_mount_point_and_there_by_name(sandbox, mount):
    fs = mount(sandbox)
    assert os.listdir(fs.point) == ["communities", "organizations"]
    assert "metrics" not in output("find", fs.point)
    assert os.listdir(fs / ".qpfs") == ["status.json", "metrics"]
    assert error_of(os.stat, fs / "metrics") == errno.ENOENT
    assert error_of(open, fs / METRICS, "w") == errno.EROFS


# semantics: W9
def test_each_look_finds_it_anew_with_an_exact_size_and_without_a_call(sandbox, mount):
    fs = mount(sandbox)
    first = os.stat(fs / METRICS)
    with open(fs / METRICS) as file:
        before = file.read(100)
        os.listdir(fs / users(MARKETING))
        calls = sandbox.total()
        assert metrics(fs)("qpfs_held_records") > 0
        assert Metrics(before + file.read())("qpfs_held_records") == 1, "the trial of the key"
    assert os.stat(fs / METRICS).st_size == len((fs / METRICS).read_bytes())
    other = mount(sandbox, delay_connect=True)
    assert {os.stat(one / METRICS).st_ino for one in (fs, other)} == {first.st_ino}
    assert os.stat(fs / ".qpfs/status.json").st_ino != first.st_ino
    assert sandbox.total() == calls


# semantics: W9
def test_both_files_can_be_read_at_once(sandbox, mount):
    fs = mount(sandbox)
    with open(fs / METRICS) as one, open(fs / ".qpfs/status.json") as other:
        start = one.read(10), other.read(10)
        assert (start[0] + one.read()).endswith("# EOF\n")
        assert (start[1] + other.read()).endswith("}\n")


# semantics: W10
def test_it_has_what_the_page_says_and_nothing_else(sandbox, mount):
    fs = mount(sandbox, allowance=20000, max_calls=500)
    os.listdir(fs / users(MARKETING))
    told = metrics(fs)
    [rows] = PAGE.tables()
    assert [name.strip("`") for name, _, _ in rows] == [
        name + ("_total" if family.type == "counter" else "") for name, family in told.families.items()
    ]
    for name, labels, _ in rows:
        name = name.strip("`")
        named = set(re.findall(r"\w+", labels))
        of_it = [sample for sample in told.samples if sample.name.startswith(name)]
        labelled = {label for sample in of_it for label in sample.labels} - {"mountpoint", "le"}
        assert labelled == named, name


# semantics: W10
def test_every_number_names_the_mount_and_no_label_grows_with_the_account(serve, mount):
    def series(count: int) -> set:
        fs = mount(serve("--departments", str(count), "--users-per", "2"))
        output("ls", "-R", fs.point)
        samples = metrics(fs).samples
        assert {sample.labels.pop("mountpoint") for sample in samples} == {str(fs.point)}
        return {(sample.name, *sorted(sample.labels.items())) for sample in samples}

    assert series(3) == series(30)


# semantics: W9
def test_it_holds_neither_the_key_nor_what_a_service_says_nor_anybody(sandbox, mount):
    fs = mount(sandbox)
    output("ls", "-R", fs.point)
    body = f'{{"response":{{"error":{{"message":"{KEY} secret"}},"requestID":"{KEY}"}}}}'
    sandbox.fault(users(RESEARCH), status=403, body=body)
    fs.refresh()
    wait_until(lambda: error_of(os.listdir, fs / users(RESEARCH)) == errno.EACCES)
    fs.expect_log("HTTP 403")
    text = (fs / METRICS).read_text()
    assert not shows_key(text)
    assert not re.search(rf"secret|@|2345678|Marketing|{USER}", text.replace(str(fs.point), ""))


# semantics: W10
def test_calls_are_counted_by_what_they_ask_for(sandbox, mount):
    somebody = sandbox.user_ids(RESEARCH)[0]
    sandbox.reset()
    fs = mount(sandbox)
    os.listdir(fs / users(FIELD))
    (fs / users(RESEARCH) / f"{somebody}.json").read_bytes()
    told = metrics(fs)
    assert told.all("qpfs_calls_total", "endpoint") == {
        "users/{}": 2,  # the trial of the key, and the one user
        "organizations/{}/departments": 1,
        "organizations/{}/departments/{}/users": 3,
    }
    assert sandbox.total() == 6
    assert told("qpfs_call_duration_seconds_count") == 6
    assert 0 < told("qpfs_call_duration_seconds_sum") < 60
    assert told("qpfs_call_duration_seconds_bucket", le="+Inf") == 6
    assert (told("qpfs_fetches_total"), told("qpfs_single_fetches_total")) == (4, 1)


# semantics: W10
def test_what_took_long_is_in_no_short_bucket(serve, mount):
    sandbox = serve("--latency", "300")
    fs = mount(sandbox)
    told = metrics(fs)
    assert told("qpfs_call_duration_seconds_bucket", le="0.25") == 0
    assert told("qpfs_call_duration_seconds_bucket", le="+Inf") == 1
    assert told("qpfs_call_duration_seconds_sum") >= 0.3


# semantics: W10
def test_calls_that_are_left_are_told_of_each_limit(sandbox, mount):
    fs = mount(sandbox, allowance=1000, reserve="10%", max_calls=50, rate=400)
    os.listdir(fs / users(MARKETING))
    made = sandbox.total()
    told = metrics(fs)
    assert told.all("qpfs_calls_allowed", "limit") == {"allowance": 1000, "max_calls": 50, "rate": 400}
    assert told.all("qpfs_calls_used", "limit") == {"allowance": made, "max_calls": made, "rate": made}
    assert told.all("qpfs_calls_left", "limit") == {
        "allowance": 900 - made, "max_calls": 50 - made, "rate": 400 - made,
    }  # fmt: skip
    other = mount(sandbox, allowance=1000)
    os.listdir(other / users(FIELD))
    assert metrics(fs)("qpfs_calls_used", limit="allowance") == sandbox.total() > made
    assert metrics(fs)("qpfs_calls_used", limit="max_calls") == made


# semantics: W10
def test_where_no_limit_is_given_there_is_none(sandbox, mount):
    told = metrics(mount(sandbox))
    assert list(told.all("qpfs_calls_allowed", "limit")) == ["rate"]
    assert "qpfs_oldest_listing_time_seconds" in told.families


# semantics: W10
def test_errors_are_counted_of_tries_and_of_fetches(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60, timeout=5)
    sandbox.fault(users(RESEARCH), status=403)
    assert error_of(os.listdir, fs / users(RESEARCH)) == errno.EACCES
    fs.expect_log("HTTP 403")
    told = metrics(fs)
    assert told.all("qpfs_call_errors_total", "errno") == {"EACCES": 1}
    assert told.all("qpfs_fetch_errors_total", "errno") == {"EACCES": 1}
    assert told("qpfs_listings", state="failed") == 1
    sandbox.heal()
    sandbox.fault(users(MARKETING), status=500, times=1)
    os.listdir(fs / users(MARKETING))
    told = metrics(fs)
    assert told.all("qpfs_call_errors_total", "errno") == {"EACCES": 1, "EIO": 1}, "and cured"
    assert told.all("qpfs_fetch_errors_total", "errno") == {"EACCES": 1}


# semantics: W10
def test_lists_are_counted_by_their_state_with_the_oldest(sandbox, mount, clock):
    fs = mount(sandbox, cache_ttl=60)
    os.listdir(fs / DEPARTMENTS)
    held = metrics(fs)("qpfs_held_records")
    assert metrics(fs).all("qpfs_listings", "state") == {"fresh": 2}
    clock.outlive(60)
    os.listdir(fs / users(MARKETING))
    told = metrics(fs)
    assert told("qpfs_listings", state="fresh") >= 1
    assert told("qpfs_listings", state="failed") == 0
    assert told("qpfs_held_records") > held
    assert told("qpfs_held_bytes") > 0
    assert told("qpfs_oldest_listing_time_seconds") <= told("qpfs_time_seconds")


# semantics: W10
def test_times_and_the_version_are_told(sandbox, mount):
    before = int(time.time())
    fs = mount(sandbox)
    told = metrics(fs)
    assert before <= told("qpfs_start_time_seconds") <= told("qpfs_time_seconds") <= time.time()
    [info] = told.families["qpfs_build_info"].samples
    assert info.labels["version"] in output(fs.program, "--version") and info.value == 1


# semantics: W10
def test_calls_that_wait_for_the_rate_are_told(sandbox, mount, spawn):
    fs = mount(sandbox, rate=2)
    spawn("ls", fs / users(FIELD))
    wait_until(lambda: metrics(fs)("qpfs_calls_waiting") > 0)
    assert metrics(fs)("qpfs_listings", state="fetching") == 1
    assert metrics(fs)("qpfs_calls_left", limit="rate") == 0


# semantics: W9
def test_status_prints_the_file(sandbox, mount, command):
    fs = mount(sandbox)
    os.listdir(fs / users(MARKETING))
    done = command("--status", "--metrics", fs.point, key=None)
    assert (done.returncode, done.stderr) == (0, "")

    def ageless(text: str) -> str:
        return re.sub(r"(qpfs_time_seconds\S*) \d+", r"\1", text)

    assert ageless(done.stdout) == ageless((fs / METRICS).read_text())


# semantics: W9
def test_a_mount_that_hangs_or_is_not_there_leaves_nothing_on_stdout(sandbox, mount, command, tmp_path):
    fs = mount(sandbox)
    fs.signal(signal.SIGSTOP)
    try:
        hangs = command("--status", "--metrics", fs.point)
    finally:
        fs.signal(signal.SIGCONT)
    missing = command("--status", "--metrics", tmp_path)
    assert (hangs.returncode, hangs.stdout, missing.returncode, missing.stdout) == (1, "", 1, "")
    assert "no answer for 10 seconds" in hangs.stderr
    assert "nothing is mounted there by qpfs" in missing.stderr


# semantics: W9
def test_the_page_fills_the_directory_of_the_collector(shell, sandbox):
    options = f"user_id={USER},api_url={sandbox.url},delay_connect"
    block = PAGE.block_with("--status --metrics")
    script = f"""
    mkdir -p /mnt/questionpro
    collector=/mnt/collector
    mkdir -p $collector
    export QUESTIONPRO_API_KEY={KEY}
    qpfs -o {options} /mnt/questionpro
    collect() {{
        {block.replace("/var/lib/prometheus/node-exporter", "$collector")}
    }}
    (collect)
    ls $collector
    tail -n 1 $collector/qpfs.prom
    fusermount3 -u /mnt/questionpro
    (collect) || echo failed
    tail -n 1 $collector/qpfs.prom
    """
    done = shell(script)
    assert done.stdout == "qpfs.prom\n# EOF\nfailed\n# EOF\n", done.stderr
    assert "nothing is mounted there by qpfs" in done.stderr
