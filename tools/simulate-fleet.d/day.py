"""What the machines of a fleet do in a day, in the order of time."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from machine import Machine, Mounts
from prices import Account
from sources import DAY


@dataclass(frozen=True)
class Habits:
    walks: int  # a day and machine; one of them begins in the night, if there is one
    lookups: int  # a day and machine on average, each of any user of the account
    hours: tuple[int, int]  # of the day, between which users are looked up
    seed: int


# When, which machine, and which user is looked up; None: a walk.
Event = tuple[float, int, int | None]


def events(
    habits: Habits,
    machines: int,
    account: Account,
    night: float | None,
    spread: float,
    with_night: bool = True,
) -> Iterator[Event]:
    """From NIGHT on each machine begins a walk within SPREAD seconds. Those of a day beside that,
    or all of them without a night, begin at random. Without WITH_NIGHT its walks are left out."""
    chance = random.Random(habits.seed).random
    begin, end = (hour * 3600 for hour in habits.hours)
    lookups = sorted(begin + (end - begin) * chance() for _ in range(machines * habits.lookups))
    walks, at_random, first = [], habits.walks, 0.0
    if night is not None and habits.walks > 0:
        at_random, first = habits.walks - 1, night + spread
        walks += [(night + spread * chance(), m) for m in range(machines) if with_night]
    walks += [(first + (DAY - first) * chance(), m) for m in range(machines) for _ in range(at_random)]
    walks.sort()
    users, next_walk = account.users, 0
    for at in lookups:
        while next_walk < len(walks) and walks[next_walk][0] <= at:
            yield (*walks[next_walk], None)
            next_walk += 1
        yield at, int(machines * chance()), int(users * chance())
    for at, machine in walks[next_walk:]:
        yield at, machine, None


def live(mounts: Mounts, account: Account, new_machine: Callable[[], Machine], day: Iterator[Event]):
    """Has each machine, which begins as a new one does, do what DAY says."""
    machines: dict[int, Machine] = {}
    departments = account.department_of()
    for at, number, user in day:
        if number not in machines:
            machines[number] = new_machine()
        if user is None:
            mounts.walk(machines[number], at)
        else:
            mounts.look_up(machines[number], departments[user], user, at)
