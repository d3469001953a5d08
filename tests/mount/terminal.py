"""A program on a terminal, as tmux shows it."""

import shlex

from tools import output, processes_naming, run, wait_until


class Terminal:
    """WIDTH and HEIGHT in characters; VARIABLES go to the program, which runs below a shell."""

    def __init__(self, home, *command, width=100, height=24, variables=None):
        self.program = "\0".join(map(str, command))
        self.tmux = ["tmux", "-L", home.name + f"-{id(self):x}", "-f", "/dev/null"]
        words = [f"{name}={value}" for name, value in (variables or {}).items()]
        line = shlex.join(["env", *words, *map(str, command)])
        size = ["-x", str(width), "-y", str(height)]
        self.script = f"{line}; echo status $?; exec sleep 600"
        assert run(*self.tmux, "new-session", "-d", *size, self.script).returncode == 0

    def screen(self, *flags: str) -> str:
        return output(*self.tmux, "capture-pane", "-p", *flags)

    def shows(self, *texts: str):
        wait_until(lambda: all(text in self.screen() for text in texts))

    def press(self, *keys: str):
        output(*self.tmux, "send-keys", *keys)

    def resize(self, width: int, height: int):
        output(*self.tmux, "resize-window", "-x", str(width), "-y", str(height))

    def cursor_is_shown(self) -> bool:
        return output(*self.tmux, "display-message", "-p", "#{cursor_flag}") == "1\n"

    def stop(self):
        """The program and its shell may outlive the terminal for a moment."""
        run(*self.tmux, "kill-server")
        for text in self.script, self.program:
            wait_until(lambda: processes_naming(text) == [])
