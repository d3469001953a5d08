"""Where the key must never be seen."""

import os
import resource
import signal
from pathlib import Path

import pytest

from account import FIELD, KEY, MARKETING, USER, users
from secrecy import files_with_key, spellings
from tools import error_of, output, processes_naming, wait_until


def test_the_key_is_not_in_the_process_table_nor_in_the_mount_table(sandbox, mount):
    fs = mount(sandbox)
    for name in ["cmdline", "environ", "maps", "mounts", "mountinfo", "status", "comm"]:
        assert KEY.encode() not in Path(f"/proc/{fs.pid}/{name}").read_bytes(), name
    assert KEY not in Path("/proc/mounts").read_text()


def test_the_key_is_not_in_the_process_table_of_a_daemon(sandbox, command, point):
    assert command(point, user_id=USER, api_url=sandbox.url).returncode == 0
    [daemon] = processes_naming(str(point))
    for name in ["cmdline", "environ", "maps"]:
        assert KEY.encode() not in Path(f"/proc/{daemon}/{name}").read_bytes(), name
    os.kill(daemon, signal.SIGTERM)
    assert os.waitpid(daemon, 0)[1] == 0


# semantics: E1
def test_the_key_is_not_in_the_log_that_tells_everything(sandbox, mount):
    fs = mount(sandbox, debug=True, timeout=1)
    output("ls", "-R", fs.point)
    body = f'{{"response":{{"error":{{"message":"the key {KEY} is odd"}}}}}}'
    sandbox.fault(users(MARKETING), status=403, body=body)
    fs.refresh()
    fs.expect_log("HTTP 403")
    assert error_of(os.listdir, fs / users(MARKETING))
    fs.stop()
    assert KEY not in "\n".join(fs.log)


# semantics: T4, K2
def test_the_key_is_not_sent_elsewhere_by_a_redirect(sandbox, serve, mount):
    other = serve()
    sandbox.fault(users(FIELD), status=302, headers={"Location": f"{other.url}/{users(FIELD)}"})
    fs = mount(sandbox)
    fs.expect_log("HTTP 302")
    assert error_of(os.listdir, fs / users(FIELD))
    assert other.total() == 0


def test_there_is_no_core_dump(sandbox, mount):
    fs = mount(sandbox)
    limits = Path(f"/proc/{fs.pid}/limits").read_text()
    assert "Max core file size        0                    0" in limits


@pytest.fixture
def cores_are_wanted():
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def test_a_crash_leaves_no_core(cores_are_wanted, sandbox, mount, spawn, tmp_path):
    """Where another program leaves one."""
    fs = mount(sandbox)
    output("ls", "-R", fs.point)
    other = spawn("sh", "-c", f"cd {tmp_path}; echo; exec sleep 600")
    other.stdout.readline()
    ends = []
    for process in fs.process, other:
        process.send_signal(signal.SIGABRT)
        ends.append(os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT).si_code)
    fs.expected_exit = -signal.SIGABRT
    output("fusermount3", "-uz", fs.point)
    assert ends == [os.CLD_KILLED, os.CLD_DUMPED]


def test_nobody_else_may_look_into_the_process(sandbox, spawn, qpfs, environment, point):
    """The kernel gives such a process' files in /proc to root, whoever runs it."""
    sandbox.fault(f"users/{USER}", stall=60)
    caps = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]  # to find its files
    somebody = ["setpriv", "--reuid=65534", "--clear-groups", *caps]
    options = f"user_id={USER},api_url={sandbox.url}"
    variables = [f"{name}={value}" for name, value in environment.items()]
    key = f"QUESTIONPRO_API_KEY={KEY}"
    process = spawn("env", *variables, key, *somebody, qpfs, "-f", "-o", options, point)
    wait_until(lambda: sandbox.total() > 0)
    assert "\t65534\t" in Path(f"/proc/{process.pid}/status").read_text()
    assert os.stat(f"/proc/{process.pid}/environ").st_uid == 0
    process.terminate()
    process.communicate(timeout=60)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_does_not_get_a_plain_request(sandbox, command, point, name):
    variables = {name: "http://127.0.0.1:9"}
    done = command(point, user_id=USER, api_url=sandbox.url, variables=variables)
    assert (done.returncode, done.stderr) == (0, "")
    [daemon] = processes_naming(str(point))
    os.kill(daemon, signal.SIGTERM)
    assert os.waitpid(daemon, 0)[1] == 0


@pytest.mark.parametrize("text", spellings())
def test_a_file_that_shows_the_key_in_any_spelling_is_found(tmp_path, text):
    assert files_with_key(tmp_path) == []
    leak = tmp_path / "some.log"
    leak.write_text(f"header: {text}=\n")
    assert files_with_key(tmp_path) == [str(leak)]
    leak.unlink()


# -------- the key in what the service answers --------


def refusal(url: str) -> str:
    """As the documentation has it, which is no JSON; the message repeats what was asked for."""
    return f"""{{ "response": {{ "error": {{
        "docs": www.questionpro.com/api/error-codes.html
        "name": "{url}", "id": "1000", "message": "No access to {url} with this key",
        "resourceUrl": "{url}" }} }}, "requestID": "{url}" }}"""


@pytest.fixture(params=["plain", "percent"])
def answer_with_key(request) -> str:
    """What an error says, that is 15 kB long: the key is on each cut there may be."""
    key = KEY if request.param == "plain" else "".join(f"%{ord(one):02X}" for one in KEY)
    return refusal(f"https://api.questionpro.com/a/api/v2/users?apiKey={key}&x=" + f"{key}/" * 500)


STATUSES = [200, 302, 400, 401, 403, 404, 429, 500]


@pytest.mark.parametrize("status", STATUSES)
# semantics: E1, W5
def test_an_answer_with_the_key_is_told_without_it(
    sandbox, mount, command, answer_with_key, status
):
    fs = mount(sandbox, debug=True, timeout=1)
    sandbox.fault(users(FIELD), status=status, body=answer_with_key)
    fs.expect_log(f"HTTP {status}")
    assert error_of(os.listdir, fs / users(FIELD))
    assert '"last_error": {' in (fs / ".qpfs/status.json").read_text()
    shown = [(fs / ".qpfs/status.json").read_text()]
    shown += [command("--status", *more, fs.point).stdout for more in ([], ["--json"])]
    fs.stop()
    assert all("***" in text for text in shown) or status < 400
    assert halves_in("\n".join(shown + fs.log)) == []


@pytest.mark.parametrize("status", STATUSES)
# semantics: E1
def test_a_check_tells_an_answer_with_the_key_without_it(
    sandbox, command, point, answer_with_key, status
):
    options = {"user_id": USER, "api_url": sandbox.url, "timeout": 1}
    sandbox.fault(f"users/{USER}", status=status, body=answer_with_key)
    for mode in ["--check"], ["--check", "--json"], ["-f"]:
        done = command(*mode, point, **options)
        assert done.returncode == 1 and f"HTTP {status}" in done.stdout + done.stderr
        assert halves_in(done.stdout + done.stderr) == []


def halves_in(text: str) -> list[str]:
    """What of the key is shown, even if it is only ten characters of it."""
    parts = [KEY[i : i + 10] for i in range(len(KEY) - 9)]
    encoded = ["".join(f"%{ord(one):02x}" for one in part) for part in parts]
    return [part for part in parts + encoded if part in text.lower()]
