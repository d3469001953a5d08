"""Random accounts, random changes and random faults, compared with a model by backups."""

import os
import random
import re
import time

import pytest

from mount import BAD, Mount
from link_names import expected_links
from model import Account, expected_tree, versions
from noise import NOISY, PATIENCE
from tools import run, tree

ROUNDS = int(os.environ.get("QPFS_ROUNDS", "40"))
SEED = int(os.environ.get("QPFS_SEED", str(random.SystemRandom().randrange(10**9))))
TTL = 1

FAULTS = [
    {"status": 500},
    {"status": 503},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"cut": 40},
    {"close": True},
]
PLACES = [
    {},
    {"path_prefix": "/organizations/2345678/departments/1235"},
    {"path": "/organizations/2345678/departments"},
    {"path": "/organizations/2345678"},
    {"path_prefix": "/micropanel/"},
]
FAULT_LINES = ["error: ", "warning: "]


def tolerate(fs: Mount):
    """Of what a fault writes into the log, expects what is there."""
    bad = [line for line in fs.log if BAD.search(line)]
    fs.expected = [p for p in FAULT_LINES if any(re.search(p, line) for line in bad)]


def files_of(top) -> dict[str, bytes | str]:
    """And links."""
    return {name: data for name, data in tree(top).items() if data is not None}


def shown(sandbox) -> dict[str, bytes | str]:
    return expected_tree(sandbox) | expected_links(sandbox)


class Rounds:
    def __init__(self, seed: int, serve, mount, backup):
        self.random = random.Random(seed)
        page = self.random.choice([7, 60, 1000])
        departments = self.random.randrange(20)
        self.sandbox = serve(
            *["--page-max", str(page), "--departments", str(departments)],
            *["--users-per", str(self.random.randrange(20))],
        )
        # 2,500 users are of use only where pages are large.
        if page < 1000:
            self.sandbox.change({"remove_department": 1236})
        self.account = Account(self.sandbox, seed + 1)
        self.start = mount
        self.fs = None
        self.kind = ""
        self.backup = backup
        self.held = []  # the accounts of which the mount may still know
        self.tally = dict.fromkeys(["exact", "unrefreshed", "faulty", "failed", "mounts"], 0)
        self.mount()

    def mount(self):
        if self.fs:
            tolerate(self.fs)
            self.fs.stop()
        stale = self.random.choice([0, 300])
        options = {"cache_ttl": TTL, "stale_if_error": stale, "timeout": 10 if NOISY else 2}
        self.fs = self.start(self.sandbox, **options)
        self.tally["mounts"] += 1

    def rsync(self) -> int:
        source = f"{self.fs.point}/"
        done = run("rsync", "-a", "--delete", "--modify-window=-1", source, self.backup)
        assert done.returncode in (0, 23, 24), (done.returncode, done.stderr)
        return done.returncode

    def play(self):
        before = shown(self.sandbox)
        self.held.append(before)
        for _ in range(self.random.randint(1, 3)):
            self.account.change()
        now = shown(self.sandbox)
        files = {name for name, data in now.items() if isinstance(data, bytes)}
        assert files == self.account.names(), "the model and the sandbox differ"
        self.held.append(now)
        self.kind = kind = self.random.choice(["sleep", "refresh", "refresh", "remount", "nothing", "fault"])
        if kind == "nothing":
            return self.unrefreshed()
        if kind == "fault":
            return self.faulty(now)
        if kind == "sleep":
            time.sleep(TTL + 0.1)
        elif kind == "refresh":
            self.fs.refresh()
        else:
            self.mount()
        return self.exact(now)

    def exact(self, now):
        assert self.rsync() == 0, self.fs.log[-5:]
        self.compare(now)
        self.held = [now]
        self.tally["exact"] += 1

    def compare(self, now):
        found = files_of(self.backup)
        assert set(found) == set(now)
        wrong = {name: (found[name], now[name]) for name in now if found[name] != now[name]}
        assert wrong == {}, self.kind
        directories = {name for name, data in tree(self.backup).items() if data is None}
        wanted = {str(os.path.dirname(name)) for name in now if "/users/" in name}
        assert wanted <= directories

    def check_nothing_lost(self, before):
        """What the backup had, and every account since then has, it must have still."""
        after = files_of(self.backup)
        constant = set.intersection(*[set(held) for held in self.held])
        assert (constant & set(before)) - set(after) == set()
        known = versions([*self.held, before])
        wrong = [name for name in after if after[name] not in known.get(name, ())]
        assert wrong == [], "these were never like this"

    def unrefreshed(self):
        """The mount may know any of the accounts since it was sure to know one."""
        before = files_of(self.backup) if self.backup.exists() else {}
        self.rsync()
        self.check_nothing_lost(before)
        self.tally["unrefreshed"] += 1

    def faulty(self, now):
        before = files_of(self.backup) if self.backup.exists() else {}
        rule = self.random.choice(FAULTS) | self.random.choice(PLACES)
        rule |= {"after": self.random.randrange(6), "times": self.random.choice([1, 2, 5, 50])}
        self.fs.refresh()
        if self.random.random() < 0.5:
            run("ls", "-R", self.fs.point)
            time.sleep(TTL + 0.1)
        self.sandbox.request("POST", "/control/faults", [rule])
        warnings = len(self.fs.logged("warning"))
        status = self.rsync()
        self.sandbox.heal()
        self.tally["faulty"] += 1
        self.tally["failed"] += status != 0
        self.check_nothing_lost(before)
        if status == 0 and len(self.fs.logged("warning")) == warnings:
            self.compare(now)
        self.recover(now)

    def recover(self, now):
        """What the fault left behind passes, within the time that the circuit may be open."""
        end = time.monotonic() + 12 + PATIENCE
        self.fs.refresh()
        while self.rsync() != 0:
            assert time.monotonic() < end, self.fs.log[-10:]
            time.sleep(0.5)
            self.fs.refresh()
        self.compare(now)
        self.held = [now]


@pytest.mark.timeout(120 + 15 * ROUNDS)
def test_backups_of_a_changing_account_are_what_the_model_says(serve, mount, tmp_path):
    seed, played, number = SEED, 0, 0
    while played < ROUNDS:
        print(f"QPFS_SEED={seed} QPFS_ROUNDS={ROUNDS - played}: the account")
        rounds = Rounds(seed, serve, mount, tmp_path / f"backup-{number}")
        for i in range(min(20, ROUNDS - played)):
            print(f"round {i}, {rounds.tally}")
            rounds.play()
        tolerate(rounds.fs)
        rounds.fs.stop()
        played, number, seed = played + 20, number + 1, seed + 1000
    assert number >= 1
