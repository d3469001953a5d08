"""What Prometheus' own programs make of the metrics of a mount, and of the alerts."""

import http.server
import json
import os
import re
import socket
import threading
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from account import MARKETING, users
from docs import ROOT, Page
from tools import output, run, wait_until

METRICS = ".qpfs/metrics"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


def answers(url: str) -> bool:
    try:
        return bool(get(url))
    except OSError:
        return False


def classic(text: str) -> str:
    """The text as it was before OpenMetrics: there a counter is called by its whole name."""
    counters = re.findall(r"^# TYPE (\w+) counter$", text, re.MULTILINE)
    for name in counters:
        text = re.sub(rf"^(# \w+ {name}) ", r"\1_total ", text, flags=re.MULTILINE)
    assert len(counters) > 3
    return text


@pytest.fixture
def told(sandbox, mount) -> str:
    fs = mount(sandbox, allowance=20000, max_calls=500)
    os.listdir(fs / users(MARKETING))
    return (fs / METRICS).read_text()


def test_promtool_finds_nothing_against_the_names(told):
    done = run("promtool", "check", "metrics", input=classic(told))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_promtool_finds_what_is_against_them(told):
    worse = classic(told).replace("qpfs_calls_total", "qpfs_calls")
    assert run("promtool", "check", "metrics", input=worse).returncode != 0


# semantics: W11
def test_the_alerts_ring_when_they_should():
    done = run("promtool", "test", "rules", Path(__file__).with_name("qpfs.rules.test.yml"), timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


# semantics: W11
def test_the_page_copies_and_checks_the_alerts(shell):
    block = Page("docs/status.md").block_with("promtool check rules")
    block = block.replace("/usr/share/doc/qpfs/examples", f"{ROOT}/data/prometheus")
    done = shell("mkdir /mnt/prometheus\n" + block.replace("/etc/prometheus", "/mnt/prometheus"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "SUCCESS: 6 rules found" in done.stdout


def test_the_page_names_the_alerts():
    rules = (ROOT / "data/prometheus/qpfs.rules.yml").read_text()
    page = (ROOT / "docs/status.md").read_text()
    assert re.findall(r"- alert: (\w+)", rules) == re.findall(r"^  - `(Qpfs\w+)`:", page, re.MULTILINE)


@contextmanager
def started(spawn, *command):
    process = spawn(*command)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


# semantics: W10
def test_the_collector_takes_it_of_two_mounts(sandbox, mount, spawn, tmp_path):
    points = []
    for number in range(2):
        fs = mount(sandbox)
        (tmp_path / f"{number}.prom").write_bytes((fs / METRICS).read_bytes())
        points.append(str(fs.point))
    port = free_port()
    collect = ["--collector.disable-defaults", "--collector.textfile"]
    collect.append(f"--collector.textfile.directory={tmp_path}")
    with started(spawn, "prometheus-node-exporter", *collect, f"--web.listen-address=127.0.0.1:{port}"):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/metrics"))
        shown = get(f"http://127.0.0.1:{port}/metrics")
    assert "\nnode_textfile_scrape_error 0\n" in shown
    for point in points:
        assert f'\nqpfs_fetches_total{{mountpoint="{point}"}} ' in shown
    assert "\n# TYPE qpfs_call_duration_seconds histogram\n" in shown


class OneFile(http.server.BaseHTTPRequestHandler):
    path_served: Path

    def do_GET(self):
        body = self.path_served.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", OPENMETRICS)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


# semantics: W10
def test_prometheus_takes_it_as_openmetrics(sandbox, mount, spawn, tmp_path):
    fs = mount(sandbox)
    handler = type("Handler", (OneFile,), {"path_served": fs / METRICS})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = free_port()
    target = f"127.0.0.1:{server.server_port}"
    scrape = {"job_name": "qpfs", "scrape_interval": "1s", "scrape_timeout": "1s"}
    scrape["static_configs"] = [{"targets": [target]}]
    config = tmp_path / "prometheus.yml"
    rules = [str(ROOT / "data/prometheus/qpfs.rules.yml")]
    config.write_text(json.dumps({"scrape_configs": [scrape], "rule_files": rules}))
    options = [f"--config.file={config}", f"--storage.tsdb.path={tmp_path}/data"]
    url = f"http://127.0.0.1:{port}"

    def asked(query: str) -> list:
        return json.loads(get(f"{url}/api/v1/{query}"))["data"]

    try:
        with started(spawn, "prometheus", *options, f"--web.listen-address=127.0.0.1:{port}"):
            wait_until(lambda: answers(f"{url}/-/ready"))
            wait_until(lambda: asked("query?query=qpfs_calls_total")["result"])
            assert asked("query?query=up")["result"][0]["value"][1] == "1"
            types = {name: told[0]["type"] for name, told in asked("metadata").items()}
            assert asked("rules")["groups"][0]["name"] == "qpfs"
    finally:
        server.shutdown()
        server.server_close()
    assert types["qpfs_calls"] == "counter" and types["qpfs_listings"] == "gauge"
    assert types["qpfs_call_duration_seconds"] == "histogram"
    assert output("find", fs / ".qpfs", "-name", "metrics")
