"""Another key in the place of the one that a mount began with."""

import os
import signal
import threading
from pathlib import Path

import pytest

from account import FIELD, KEY, MARKETING, NEXT_KEY, RESEARCH, USER, users
from secrecy import memory_of
from tools import calls_in, error_of, output, processes_naming, wait_until

pytestmark = pytest.mark.exact_service("the calls are counted")

READ = "another key is in "


@pytest.fixture
def key(tmp_path) -> Path:
    path = tmp_path / "key"
    put(path, KEY)
    return path


def put(path: Path, text: str):
    """As an editor does: a new file, under the old name."""
    new = path.with_name("key.new")
    new.touch(mode=0o600)
    new.write_text(text)
    new.rename(path)


def ledgers(environment: dict[str, str]) -> list[int]:
    """How many calls were made with each key, the fewest first."""
    place = Path(environment["HOME"]) / ".local/state/qpfs"
    return sorted(calls_in(file) for file in place.iterdir())


# semantics: K4, L1
def test_sighup_reads_the_key_again(sandbox, mount, key, environment):
    fs = mount(sandbox, api_key_file=key)
    assert len(os.listdir(fs / users(MARKETING))) == 2
    before = sandbox.total()
    put(key, NEXT_KEY)
    sandbox.accept(NEXT_KEY)
    fs.refresh()
    assert len(os.listdir(fs / users(MARKETING))) == 2
    assert len(fs.logged(READ)) == 1
    assert ledgers(environment) == sorted([before, sandbox.total() - before])


# semantics: K4, L2
def test_a_call_that_is_refused_reads_the_key_and_is_made_once_more(
    sandbox, mount, key, environment
):
    fs = mount(sandbox, api_key_file=key)
    before = sandbox.total()
    put(key, NEXT_KEY)
    sandbox.accept(NEXT_KEY)
    assert len(os.listdir(fs / "communities")) == 4
    assert (sandbox.total(), len(fs.logged(READ))) == (before + 2, 1)
    assert len(os.listdir(fs / users(RESEARCH))) == 250
    assert ledgers(environment) == sorted([before + 1, sandbox.total() - before - 1])


# semantics: K4
def test_a_key_that_is_refused_is_not_read_again_before_it_changes(sandbox, mount, key):
    fs = mount(sandbox, api_key_file=key)
    before = sandbox.total()
    sandbox.accept("neither-of-the-two")
    put(key, NEXT_KEY)
    fs.expect_log("HTTP 401")
    assert error_of(os.listdir, fs / "communities")
    assert (sandbox.total(), len(fs.logged(READ))) == (before + 2, 1)
    assert error_of(os.listdir, fs / users(MARKETING))
    assert (sandbox.total(), len(fs.logged(READ))) == (before + 3, 1)


def make_fifo(path: Path):
    path.unlink()
    os.mkfifo(path, 0o600)


SPOILT = {
    "readable by others": (lambda path: path.chmod(0o644), "do: chmod 600 "),
    "gone": (Path.unlink, "do: \\(umask 077 && cat > "),
    "empty": (lambda path: path.write_text(""), "it is empty; write the key into it"),
    "half written": (lambda path: path.write_text("a b"), "holds no key: it holds a blank"),
    "a pipe": (make_fifo, "is no file any more; make it one"),
}


@pytest.mark.parametrize("spoil, remedy", SPOILT.values(), ids=SPOILT)
# semantics: K4
def test_the_key_stays_where_there_is_none_to_read(sandbox, mount, key, spoil, remedy):
    fs = mount(sandbox, api_key_file=key)
    spoil(key)
    fs.expect_log(remedy + ".*until then, the key that was read before is used")
    fs.refresh()
    wait_until(lambda: fs.logged(remedy))
    assert len(os.listdir(fs / users(MARKETING))) == 2
    sandbox.accept(NEXT_KEY)
    fs.expect_log("HTTP 401")
    for name in "communities", users(RESEARCH):
        assert error_of(os.listdir, fs / name)
    assert len(fs.logged(remedy)) == 1
    key.unlink(missing_ok=True)
    put(key, NEXT_KEY)
    fs.refresh()
    assert len(os.listdir(fs / "communities")) == 4


def test_a_key_of_the_environment_is_not_worth_a_word_unless_it_is_refused(sandbox, mount):
    fs = mount(sandbox)
    fs.refresh()
    assert len(os.listdir(fs / "communities")) == 4
    said = "QUESTIONPRO_API_KEY can't be read again: unmount, and mount with another key"
    assert not fs.logged(said)
    sandbox.accept(NEXT_KEY)
    fs.expect_log("HTTP 401")
    assert error_of(os.listdir, fs / users(MARKETING))
    fs.refresh()
    wait_until(lambda: fs.logged(said))


# semantics: K4, T1
def test_a_list_goes_on_with_the_new_key(sandbox, mount, key):
    """Its pages are asked for with both."""
    fs = mount(sandbox, api_key_file=key, per_page=100, parallel=2)
    sandbox.latency(40)
    names = []
    reader = threading.Thread(target=lambda: names.extend(os.listdir(fs / users(FIELD))))
    reader.start()
    wait_until(lambda: sandbox.paths().get(f"/{users(FIELD)}", 0) > 5)
    put(key, NEXT_KEY)
    sandbox.accept(NEXT_KEY)
    reader.join()
    assert len(names) == len(set(names)) == 2500
    assert len(fs.logged(READ)) == 1


def test_the_file_is_found_from_the_background(sandbox, command, point, key):
    """Which is not the directory that it was named in."""
    options = {"user_id": USER, "api_url": sandbox.url, "api_key_file": "key"}
    done = command(point, key=None, cwd=key.parent, **options)
    assert (done.returncode, done.stderr) == (0, "")
    [daemon] = processes_naming(str(point))
    put(key, NEXT_KEY)
    sandbox.accept(NEXT_KEY)
    assert len(os.listdir(point / "communities")) == 4
    os.kill(daemon, signal.SIGTERM)
    assert os.waitpid(daemon, 0)[1] == 0


# semantics: K4
def test_the_key_of_before_is_wiped(sandbox, command, point, key):
    """From all memory; an AddressSanitizer would keep what was in the environment."""
    options = {"user_id": USER, "api_url": sandbox.url, "api_key_file": key}
    assert command(point, key=None, **options).returncode == 0
    [daemon] = processes_naming(str(point))
    output("ls", "-R", point)
    assert KEY.encode() in memory_of(daemon)
    put(key, NEXT_KEY)
    sandbox.accept(NEXT_KEY)
    os.kill(daemon, signal.SIGHUP)
    wait_until(lambda: NEXT_KEY.encode() in memory_of(daemon))
    output("ls", "-R", point)
    assert KEY.encode() not in memory_of(daemon)
    os.kill(daemon, signal.SIGTERM)
    assert os.waitpid(daemon, 0)[1] == 0


# semantics: E1, K4
def test_both_keys_are_hidden(sandbox, mount, key):
    fs = mount(sandbox, api_key_file=key, debug=True)
    put(key, NEXT_KEY)
    sandbox.accept(NEXT_KEY)
    fs.refresh()
    body = f'{{"response":{{"error":{{"message":"{KEY} was followed by {NEXT_KEY}"}}}}}}'
    sandbox.fault(users(MARKETING), status=403, body=body)
    fs.expect_log("HTTP 403")
    assert error_of(os.listdir, fs / users(MARKETING))
    assert fs.logged(r"\*\*\* was followed by \*\*\*")
    assert "*** was followed by ***" in (fs / ".qpfs/status.json").read_text()
