"""A backup by rsync of a department's users, and whether it holds everyone whom it must hold."""

import errno
import os
import re
from pathlib import Path

from account import users
from mount import Mount
from service import Service
from tools import run

FAILED = 23  # rsync's exit status when a part could not be read


def windows(total: int, size: int) -> int:
    """How many calls a list of so many costs that holds still, where each page begins one person
    before the end of the one before, or earlier."""
    end, count = size, 1
    while end < total:
        end = max((end - 1) // s * s + s for s in range(1, size + 1))
        count += 1
    return count


def may_cost(total: int, size: int) -> int:
    """What a list that holds still may cost at most, by the contract."""
    pages = -(-total // size)
    return int((1.15 if size <= 100 else 1.05) * pages + 1)


def most_calls(total: int, size: int) -> int:
    """With what changes may cost."""
    planned = windows(total, size)
    return planned + planned // 2 + 10


def ids_in(directory: Path) -> set[int]:
    return {int(name.removesuffix(".json")) for name in os.listdir(directory)}


class Backup:
    def __init__(self, service: Service, fs: Mount, copy: Path, department: int):
        self.service, self.fs, self.copy, self.department = service, fs, copy, department
        self.copy.mkdir(exist_ok=True)

    @property
    def account(self):
        return self.service.account

    @property
    def calls(self) -> int:
        return len(self.service.asked(self.department))

    def ids(self) -> set[int]:
        return ids_in(self.copy)

    def make(self, errors: tuple[int, ...] = (errno.EBADMSG,)) -> bool:
        """Whether rsync says that all is well; else it is one of these errors. It looks at nothing
        that was fetched before."""
        self.fs.refresh()
        self.service.reset()
        ever = set(self.account.before[self.department])
        held = self.ids()
        command = ["rsync", "-a", "--delete", f"{self.fs / users(self.department)}/", self.copy]
        done = run(*command)
        ever |= self.account.ids(self.department) | self.account.left
        if done.returncode == 0:
            assert self.account.stayed(self.department) - self.ids() == set(), "lost from a backup"
            assert self.ids() - ever == set(), "nobody ever saw these"
            return True
        assert (done.returncode, held - self.ids()) == (FAILED, set()), done.stderr
        [said] = [os.strerror(error) for error in errors if os.strerror(error) in done.stderr]
        self.fs.expect_log(re.escape(said))
        return False
