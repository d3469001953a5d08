"""PHP and Midnight Commander read directories, while the account is read anew."""

import os
import subprocess
import threading

import pytest

from account import ARCHIVE, FIELD, RESEARCH, file_names, users
from tools import output, processes_naming, run, wait_until

PHP = """
[$_, $path, $rounds] = $argv;
$handle = opendir($path);
for ($first = null; $rounds-- > 0; rewinddir($handle)) {
    for ($names = []; ($name = readdir($handle)) !== false;)
        $names[] = $name;
    if ($names !== ($first ??= $names)) exit("rewinddir() shows something else\n");
    if (scandir($path) !== $names) exit("scandir() shows something else\n");
}
closedir($handle);
foreach (array_slice($first, 2) as $name) {
    json_decode(file_get_contents("$path/$name"));
    // There are halves of surrogate pairs, which PHP does not take.
    if (!in_array(json_last_error(), [JSON_ERROR_NONE, JSON_ERROR_UTF16])) exit("$name is no JSON\n");
}
echo json_encode($first);
"""
LONELY, HUNDRED, LARGE = 1238, 1239, 1240


def names_of(fs, sandbox) -> dict[str, list[str]]:
    return {
        users(ARCHIVE): [],
        users(LONELY): file_names(sandbox.user_ids(LONELY)),
        users(HUNDRED): file_names(sandbox.user_ids(HUNDRED)),
        users(FIELD): file_names(sandbox.user_ids(FIELD)),
        users(LARGE): file_names(sandbox.user_ids(LARGE)),
    }


@pytest.fixture
def fs(sandbox, mount):
    sandbox.change(
        {"add_department": LONELY, "name": "Lonely", "users": 1},
        {"add_department": HUNDRED, "name": "Hundred", "users": 100},
        {"add_department": LARGE, "name": "Large", "users": 10000},
    )
    return mount(sandbox, cache_ttl=1)


def test_php_lists_rewinds_and_reads(sandbox, fs):
    for path, names in names_of(fs, sandbox).items():
        listed = output("php", "-n", "-r", PHP, "--", fs / path, 3)
        shown = ",".join(f'"{name}"' for name in [".", "..", *names])
        assert listed == f"[{shown}]"


def refresh_until(fs, ended: threading.Event):
    while not ended.wait(0.5):
        fs.refresh()


def test_many_phps_at_once_while_the_account_is_read_anew(sandbox, fs):
    shown = ",".join(f'"{name}"' for name in [".", "..", *file_names(sandbox.user_ids(RESEARCH))])
    command = ["php", "-n", "-r", PHP, "--", str(fs / users(RESEARCH)), "20"]
    phps = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    ended = threading.Event()
    refresher = threading.Thread(target=refresh_until, args=(fs, ended))
    refresher.start()
    said = [php.communicate(timeout=120)[0] for php in phps]
    ended.set()
    refresher.join()
    assert said == [f"[{shown}]"] * 8


class Commander:
    """mc on a screen of tmux, with one column of names a panel."""

    def __init__(self, home, top):
        self.top = str(top)
        self.tmux = ["tmux", "-L", home.name, "-f", "/dev/null"]
        env = os.environ | {"HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "xterm"}
        command = f"mc --nosubshell --nomouse '{top}' '{top}'"
        size = ["-x", "160", "-y", "60"]
        assert run(*self.tmux, "new-session", "-d", *size, command, env=env).returncode == 0

    def screen(self) -> str:
        return output(*self.tmux, "capture-pane", "-p")

    def shows(self, *texts: str):
        wait_until(lambda: all(text in self.screen() for text in texts), 20)

    def press(self, *keys: str):
        output(*self.tmux, "send-keys", *keys)

    def stop(self):
        run(*self.tmux, "kill-server")
        wait_until(lambda: processes_naming(self.top) == [])


@pytest.fixture
def commander(fs, tmp_path):
    started = []

    def start(path) -> Commander:
        started.append(Commander(tmp_path, fs / path))
        return started[-1]

    yield start
    for commander in started:
        commander.stop()


@pytest.mark.parametrize("path", [users(ARCHIVE), users(FIELD), users(LARGE)])
def test_midnight_commander_shows_the_first_and_the_last(sandbox, fs, commander, path):
    names = names_of(fs, sandbox)[path]
    shown = commander(path)
    shown.shows("UP--DIR", *names[:3])
    shown.press("End")
    shown.shows(*names[-3:])


def test_midnight_commander_views_a_file_and_reads_a_directory_anew(sandbox, fs, commander):
    shown = commander("communities")
    shown.shows("123457.json")
    shown.press("End", "F3")
    shown.shows('"name": ')
    shown.press("F10")
    shown.shows("UP--DIR")
    sandbox.change({"remove_community": 123457})
    fs.refresh()
    shown.press("C-r")
    wait_until(lambda: "123457.json" not in shown.screen() and "123456.json" in shown.screen())
