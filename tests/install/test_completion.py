"""Completion, typed into real shells on a terminal."""

import re
import shlex
import time
from pathlib import Path

import pytest

from account import USER
from tools import output, run

SHELLS = {
    "bash": (
        ".bashrc",
        ". /usr/share/bash-completion/bash_completion\nPS1='ready> '\n",
        "bash --noprofile --rcfile .bashrc -i",
    ),
    "zsh": (
        ".zshrc",
        "fpath=({root}/share/zsh/site-functions $fpath)\n"
        "autoload -Uz compinit\ncompinit -u\nPS1='ready> '\n",
        "zsh -i",
    ),
    "fish": (
        ".config/fish/config.fish",
        "function fish_prompt; echo -n 'ready> '; end\nset -g fish_greeting\n"
        "set -g fish_autosuggestion_enabled 0\n",
        "fish -i",
    ),
}


class Terminal:
    """A shell on a terminal, which has found qpfs and its completion where they are installed."""

    def __init__(self, shell: str, root: Path, home: Path, environment: dict):
        self.tmux = ["tmux", "-S", str(home / "tmux"), "-f", "/dev/null"]
        name, text, command = SHELLS[shell]
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("{root}", str(root)))
        variables = {
            "HOME": str(home),
            "ZDOTDIR": str(home),
            "PATH": f"{root}/bin:{environment['PATH']}",
            "XDG_DATA_DIRS": f"{root}/share:/usr/share",
            "LC_ALL": "C.UTF-8",
        }
        env = ["env", "-i", *(f"{key}={value}" for key, value in variables.items()), "TERM=screen"]
        start = shlex.join(["cd", str(home)]) + " && exec " + shlex.join(env) + " " + command
        output(*self.tmux, "new-session", "-d", "-x", "150", "-y", "45", start)
        self.wait_for(r"^ready>")

    def screen(self) -> str:
        return output(*self.tmux, "capture-pane", "-p", "-J")

    def wait_for(self, pattern: str) -> str:
        deadline = time.monotonic() + 60
        while not re.search(pattern, screen := self.screen(), re.MULTILINE):
            assert time.monotonic() < deadline, f"no {pattern} on:\n{screen}"
            time.sleep(0.05)
        return screen

    def type(self, text: str, *keys: str):
        output(*self.tmux, "send-keys", "-l", "--", text)
        self.wait_for(re.escape(text) + r"\s*$")
        output(*self.tmux, "send-keys", *keys)

    def stop(self):
        run(*self.tmux, "kill-server")


@pytest.fixture(params=SHELLS)
def terminal(request, root, environment, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    for name in ["own files", "mounts"]:
        (home / name).mkdir()
    (home / "own files/the-key").touch()
    (home / "key-of-jane").touch()
    terminal = Terminal(request.param, root, home, environment)
    yield terminal
    terminal.stop()


# What is typed, and what stands there after a Tab.
COMPLETIONS = {
    "qpfs -o cach": "qpfs -o cache_ttl(=|$)",
    "qpfs -o cache_ttl=60,en": "qpfs -o cache_ttl=60,env(=|$)",
    "qpfs -o cache_ttl=60,env=e": "qpfs -o cache_ttl=60,env=eu",
    "qpfs -o env=eu,delay_connect,api_k": "qpfs -o env=eu,delay_connect,api_key_file(=|$)",
    "qpfs -o env=eu,api_key_file=key-": "qpfs -o env=eu,api_key_file=key-of-jane",
    "qpfs -o env=eu,api_key_file=~/key-": "qpfs -o env=eu,api_key_file=~/key-of-jane",
    "qpfs -o cacert=own": r"qpfs -o cacert=own\\ files/",
    "qpfs -o allow_other=y": "qpfs -o allow_other=yes",
    "qpfs -oenv=e": "qpfs -oenv=eu",
    "qpfs --che": "qpfs --check",
    "qpfs --demo mou": "qpfs --demo mounts/",
}


def test_a_tab_completes_what_is_typed(terminal):
    for typed, completed in COMPLETIONS.items():
        terminal.type(typed, "Tab")
        terminal.wait_for(f"^ready> {completed}")
        output(*terminal.tmux, "send-keys", "C-u", "C-l")
        terminal.wait_for(r"\A\s*ready>\s*\Z")


def test_two_tabs_show_what_there_is(terminal):
    terminal.type("qpfs -o env=eu,cac", "Tab", "Tab")
    screen = terminal.wait_for("cache_ttl")
    assert re.search(r"\bcacert\b", screen)
    assert "parallel" not in screen


def test_data_centres_are_shown(terminal):
    terminal.type("qpfs -o env=", "Tab", "Tab")
    screen = terminal.wait_for(r"\bksa\b")
    assert {"com", "eu", "ca", "sg", "au", "ae", "sa"} <= set(re.findall(r"\w+", screen))


def test_of_all_directories_a_status_is_offered_mounts_alone(terminal, mount, sandbox):
    point = mount(sandbox, user_id=USER).point
    for name in ["a", "b"]:
        (point.parent / f"{point.name}-{name}").mkdir(exist_ok=True)
    terminal.type(f"qpfs --status {str(point)[:-1]}", "Tab")
    terminal.wait_for(rf"^ready> qpfs --status {point}/?\s*$")
