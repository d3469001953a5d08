"""The walks of all machines when they begin at the same time, as fast as they can go."""

import heapq
import math
from dataclasses import dataclass

from machine import Machine
from prices import COMMON, Account
from sources import Proxy, Sizes

MOST_GROUPS = 600
WEEK = 7 * 24 * 60  # in minutes


@dataclass(frozen=True)
class Speed:
    """What takes time, and how much of it."""

    latency: float  # seconds, of a call at the service
    step: float  # seconds that a mount and the walking program take for a call beside that
    rate: float  # calls a minute that the service answers to a key
    bandwidth: float  # bytes a second that the proxy sends
    requests: float  # a second, that the proxy answers from what it keeps


@dataclass(frozen=True)
class Walked:
    seconds: float  # until the last machine was done; a week: it takes longer
    longest_wait: float  # of a machine, for one call


class Limiter:
    """nginx's limit_req: calls leave at even distances, and those that come earlier wait."""

    def __init__(self, rate: float):
        self.distance = 60 / rate
        self.next = 0.0

    def passes(self, at: float, calls: int) -> float:
        """When the last of them leaves."""
        self.next = max(at, self.next) + calls * self.distance
        return self.next - self.distance


def walk_at_service(account: Account, machines: int, spread: float, speed: Speed) -> Walked:
    """Minute by minute. Each machine has one call in flight, and waits for its turn among all."""
    calls = account.walk_calls
    alone = calls * (speed.latency + speed.step)
    begun, waiting, longest, minute = 0, 0.0, speed.latency, 0
    while begun < machines or waiting > 0:
        begins = machines if spread == 0 else min(machines, math.ceil(machines * 60 * (minute + 1) / spread))
        waiting += (begins - begun) * calls
        begun, minute = begins, minute + 1
        if waiting > speed.rate:
            longest = max(longest, math.ceil((waiting - speed.rate) / calls) * 60 / speed.rate)
        waiting = max(0.0, waiting - speed.rate)
        if minute > WEEK:
            break
    return Walked(max(spread + alone, (minute - 1) * 60), longest)


def walk_at_proxy(
    proxy: Proxy, account: Account, sizes: Sizes, machines: int, begin: float, spread: float, speed: Speed
) -> Walked:
    """Step by step. Machines that begin at the same moment go on as one group."""
    steps = [((name,), 1, sizes.answer) for name in COMMON]
    steps += [(("list", d), price, sizes.lists[d]) for d, price in enumerate(account.prices)]
    groups = max(1, min(machines, MOST_GROUPS, int(spread)))
    members = [machines * (i + 1) // groups - machines * i // groups for i in range(groups)]
    queue = [(begin + spread * i / groups, i, 0) for i in range(groups)]
    limiter, ready, busy, longest, end = Limiter(speed.rate), {}, begin, 0.0, begin
    while queue:
        at, group, step = heapq.heappop(queue)
        key, calls, size = steps[step]
        if not proxy.holds(key, at):
            ready[key] = limiter.passes(at, calls) + speed.latency
        begun, others = max(busy, at), members[group] - 1
        busy = begun + members[group] * max(calls / speed.requests, size / speed.bandwidth)
        proxy.ask(key, at, calls, size)
        proxy.serve_during(begun, busy, others * calls, others * size)
        answered = max(busy, ready[key])
        longest, end = max(longest, answered - at), answered + speed.step * calls
        if step + 1 < len(steps):
            heapq.heappush(queue, (end, group, step + 1))
    return Walked(end - begin, longest)


def machine_after(proxy: Proxy, begin: float, ttl: float, walk: list[float]) -> Machine:
    """One that has walked then, and shares what it holds of lists with the others."""
    machine = Machine()
    machine.common = [proxy.others[(name,)] + ttl for name in COMMON]
    machine.walked_at, machine.walk = begin, walk
    return machine
