"""A shell in a terminal of a fixed size: types, waits, and looks at the screen."""

import shlex
import subprocess
import time
from collections.abc import Callable

from place import as_user

PROMPT = "$"


class Terminal:
    def __init__(self, columns: int, rows: int):
        self.socket = f"qpfs-pictures-{id(self)}"
        size = ["-x", str(columns), "-y", str(rows)]
        shell = shlex.join(as_user("bash", "--norc", "--noprofile"))
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, shell)
        self._tmux("set", "-g", "status", "off")
        self._tmux("resize-window", *size)
        self.wait(lambda lines: lines[-1:] == [PROMPT])

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-u", "-L", self.socket, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def screen(self, colours: bool = True) -> list[str]:
        """The rows down to the last that is not empty, with escape sequences for their colours."""
        lines = self._tmux("capture-pane", "-p", *(["-e"] if colours else [])).splitlines()
        while lines and not lines[-1].strip():
            lines.pop()
        return lines

    def wait(self, condition: Callable[[list[str]], bool], seconds: float = 30):
        end = time.monotonic() + seconds
        while not condition([line.rstrip() for line in self.screen(colours=False)]):
            if time.monotonic() > end:
                raise TimeoutError("\n".join(self.screen(colours=False)))
            time.sleep(0.05)

    def type(self, command: str):
        self._tmux("send-keys", "-l", command)
        self._tmux("send-keys", "Enter")

    def press(self, key: str):
        self._tmux("send-keys", key)

    def run(self, command: str):
        """Returns when the shell asks for the next command."""
        before = self.prompts()
        self.type(command)
        self.wait(lambda lines: lines[-1:] == [PROMPT] and self.prompts() > before)

    def prompts(self) -> int:
        return sum(line.startswith(PROMPT) for line in self.screen(colours=False))

    def prepare(self, command: str):
        """Runs it and leaves an empty screen."""
        self.run(command)
        self.type("clear")
        self.wait(lambda lines: lines == [PROMPT])

    def close(self):
        self._tmux("kill-server")
