"""With one_list no backup loses anybody, however an account changes, and whatever its lists say.

Whom the mount has shown in a department, and who stayed there, is in the backup."""

import json
import os
import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest

from account import DEPARTMENTS, EVERYBODY, NO_DEPARTMENT, users
from keeping import FAILED, ids_in, most_calls
from manners import Person
from service import ALL, Service, failure
from tools import run

pytestmark = pytest.mark.slow

SIZES = {11: 0, 12: 1, 13: 7, 14: 25, 15: 60, 16: 3, NO_DEPARTMENT: 2}
OWN = [id for id in SIZES if id != NO_DEPARTMENT]
PAGE = 20
TTL, STALE = 60, 300
SAID = "one_list is not used any more"
STEPS = 25
VANISHED = 24  # rsync's exit status when a file was listed and is gone


def seeds() -> range:
    """QPFS_MODEL_SEEDS=FROM-TO plays others."""
    first, last = os.environ.get("QPFS_MODEL_SEEDS", "1-6").split("-")
    return range(int(first), int(last) + 1)


class World:
    """An account that changes at random, and a backup of what a mount shows of it."""

    def __init__(self, service: Service, mount, clock, copy, seed: int):
        self.service, self.account, self.clock, self.copy = service, service.account, clock, copy
        self.dice = random.Random(f"one_list {seed}")
        self.next_id = 1000
        self.epochs: Counter = Counter()  # how often each person came to a department
        self.lies: dict[int, str] = {}
        self.broken: dict[str, int] = {}  # statuses by path
        self.busy = 0.0  # the probability of a change between two calls
        self.stood: dict[int, tuple[int, int]] = {}  # where they stood at the last backup
        for department, count in SIZES.items():
            self.account.departments[department] = set()
            self.join(department, count)
        self.account.retell = self.retell
        service.before, service.instead = self.before, self.instead
        self.fs = mount(
            service,
            one_list=True,
            cache_ttl=TTL,
            stale_if_error=STALE,
            per_page=PAGE,
            parallel=self.dice.choice([1, 4]),
            timeout=5,
        )

    # -------- what the service says --------

    def retell(self, person: Person) -> Person | None:
        match self.lies.get(person.id):
            case "none":
                return replace(person, department=NO_DEPARTMENT)
            case "missing":
                return None
            case "elsewhere":
                return replace(person, department=OWN[person.id % len(OWN)])
            case "note":
                return replace(person, note="otherwise")
        return person

    def before(self, call):
        if call.path.endswith("/users") and self.dice.random() < self.busy:
            self.dice.choice([self.come, self.go, self.change_places])()

    def instead(self, call):
        status = self.broken.get(call.path)
        return failure(status) if status else None

    # -------- what happens --------

    def join(self, department: int, count: int = 1):
        ids = range(self.next_id, self.next_id + count)
        self.next_id += count
        self.account.join(department, *ids)
        self.epochs.update(ids)

    def anybody(self) -> int:
        return self.dice.choice(sorted(self.account.people))

    def come(self):
        self.join(self.dice.choice(list(SIZES)))

    def go(self):
        self.account.leave(self.anybody())

    def change_places(self):
        id = self.anybody()
        self.account.move(self.dice.choice(list(SIZES)), id)
        self.epochs[id] += 1

    def change(self):
        self.account.note(self.anybody(), str(self.dice.random()))

    def lie(self):
        """Of people whom the mount has shown where they are: of others it may be believed."""
        way = self.dice.choice(["none", "missing", "elsewhere", "note"])
        shown = [id for d in OWN for id in sorted(self.held(d) & self.account.ids(d))]
        self.lies |= {id: way for id in self.dice.sample(shown, min(len(shown), 3))}

    def tell_the_truth(self):
        self.lies.clear()

    def fail(self):
        """What would end one_list would end the test of it."""
        if self.dice.random() < 0.5:
            self.broken[f"/{EVERYBODY}"] = self.dice.choice([500, 503])
        else:
            self.broken[f"/{users(self.dice.choice(OWN))}"] = self.dice.choice([403, 404, 500, 503])

    def heal(self):
        self.broken.clear()

    def wait(self):
        self.clock.outlive(self.dice.choice([2, TTL, TTL, TTL + STALE]))

    def wait_a_little(self):
        self.clock.move(self.dice.choice([1.1, 5.1, 20]))

    def expire(self):
        self.fs.refresh()

    def get_busy(self):
        self.busy = self.dice.choice([0, 0, 0.1, 0.3])

    def look(self):
        department, id = self.dice.choice(OWN), self.anybody()
        with suppress(OSError):
            found = (self.fs / users(department) / f"{id}.json").read_bytes()
            assert json.loads(found)["userID"] == id

    def read_one(self):
        with suppress(OSError):
            os.listdir(self.fs / users(self.dice.choice(OWN)))

    # -------- the backup --------

    def held(self, department: int) -> set[int]:
        path = self.copy / str(department) / "users"
        return ids_in(path) if path.exists() else set()

    def standing(self) -> dict[int, tuple[int, int]]:
        """Where each person is, and for which time."""
        people = self.account.people.items()
        return {id: (person.department, self.epochs[id]) for id, person in people}

    def back_up(self) -> bool:
        held = {department: self.held(department) for department in OWN}
        ago, self.stood = self.stood, self.standing()
        done = run("rsync", "-a", "--delete", f"{self.fs / DEPARTMENTS}/", self.copy)
        assert done.returncode in [0, FAILED, VANISHED], done.stderr
        now = self.standing()
        for department in OWN:
            stayed = {
                id for id in held[department]
                if now.get(id) == ago.get(id) and now.get(id, (0,))[0] == department
            }
            lost = stayed - self.held(department)
            assert lost == set(), f"lost from {department}, {done.returncode}: {self.lies}"
        return done.returncode == 0

    def calls(self) -> tuple[int, int]:
        """Of the list of everybody, and of those of departments."""
        return len(self.service.asked(ALL)), sum(len(self.service.asked(id)) for id in OWN)

    def affordable(self) -> int:
        sizes = [len(self.account.ids(id)) for id in OWN] + [len(self.account.people)]
        return sum(most_calls(size, PAGE) for size in sizes)

    def settle(self):
        """Nothing happens any more: the backup is what the account holds."""
        self.lies.clear()
        self.broken.clear()
        self.busy = 0
        self.fs.refresh()
        self.service.reset()
        assert self.back_up()
        assert {id: self.held(id) for id in OWN} == {id: self.account.ids(id) for id in OWN}
        ended = len(self.fs.logged(SAID))
        assert ended <= 1
        whole, own = self.calls()
        assert own == 0 or whole + own <= self.affordable()
        assert not ended or whole == 0


HAPPENS = {
    World.come: 2, World.go: 3, World.change_places: 4, World.change: 2,
    World.fail: 2, World.heal: 3, World.wait: 5, World.wait_a_little: 3,
    World.expire: 1, World.get_busy: 1, World.look: 6, World.read_one: 2, World.back_up: 6,
}
# The list of everybody is true in every other world: one that lies is found out, and then over.
LIES = {World.lie: 4, World.tell_the_truth: 1}


# semantics: O2
@pytest.mark.parametrize("seed", seeds())
def test_nobody_is_lost_at_random(service, mount, clock, tmp_path, seed):
    copy = tmp_path / "copy"
    copy.mkdir()
    world = World(service, mount, clock, copy, seed)
    happens = HAPPENS | (LIES if seed % 2 else {})
    assert world.back_up()
    trail = []
    try:
        for _ in range(STEPS):
            [step] = world.dice.choices(list(happens), happens.values())
            trail.append(step.__name__)
            service.reset()
            step(world)
            assert sum(world.calls()) <= 2 * world.affordable(), trail
        trail.append("settle")
        world.settle()
    except AssertionError:
        print(trail, world.lies, world.broken, "\n".join(world.fs.log[-30:]))
        raise
    world.fs.expected = ["."] if world.fs.logged("error|warning") else []
