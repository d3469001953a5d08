"""Lets the answers of a service through one by one."""

import threading

from account import users
from tools import ENOUGH, wait_until


class Gates:
    """Holds the pages of a department's list, and answers that are named, until they may pass."""

    def __init__(self, service, department: int, *names: str):
        self.service, self.department = service, department
        self.pages = threading.Semaphore(0)
        self.others = {f"/{name}": threading.Event() for name in names}
        service.hold = self.hold

    def hold(self, path: str):
        if path == f"/{users(self.department)}":
            self.pages.acquire(timeout=ENOUGH)
        elif path in self.others:
            self.others[path].wait(ENOUGH)

    def asked(self) -> int:
        """How many pages are asked for by now."""
        return len(self.service.asked(self.department))

    def pass_page(self):
        """Returns when the next one is asked for."""
        before = self.asked()
        self.pages.release()
        wait_until(lambda: self.asked() > before)

    def open(self):
        self.pages.release(10000)
        for other in self.others.values():
            other.set()
