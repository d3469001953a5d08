"""The walks of all machines when they begin at the same time, as fast as they can go."""

import heapq
from dataclasses import dataclass

from machine import Machine
from prices import COMMON, Account
from rates import Bucket, Leak, Window
from sources import Proxy, Sizes

MOST_GROUPS = 600


@dataclass(frozen=True)
class Speed:
    """What takes time, and how much of it."""

    latency: float  # seconds, of a call at the service
    step: float  # seconds that a mount and the walking program take for a call beside that
    rate: int  # calls a minute that the service answers to a key
    mount_rate: int  # calls a minute that a mount makes
    proxy_rate: int  # calls a minute that the proxy lets through to the service, and so many more
    proxy_burst: int  # at once
    timeout: float  # seconds that a mount waits for a call
    bandwidth: float  # bytes a second that the proxy sends
    requests: float  # a second, that the proxy answers from what it keeps


@dataclass(frozen=True)
class Walked:
    seconds: float  # until the last machine was done, or the first call failed
    longest_wait: float  # of a machine, for one call; beyond the timeout it failed


def walk_at_service(account: Account, machines: int, begin: float, spread: float, speed: Speed) -> Walked:
    """Call by call, until one fails: what the service refuses is asked for when it says."""
    window, buckets = Window(speed.rate), {}
    left = [account.walk_calls] * machines
    queue = [(begin + spread * i / machines, i, False, 0.0) for i in range(machines)]
    longest, at = speed.latency, begin
    while queue and longest <= speed.timeout:
        at, machine, is_sent, waited = heapq.heappop(queue)
        if not is_sent:
            if machine not in buckets:
                buckets[machine] = Bucket(speed.mount_rate)
            heapq.heappush(queue, (buckets[machine].take(at), machine, True, 0.0))
        elif wait := window.wait(at):
            longest = max(longest, waited + wait)
            heapq.heappush(queue, (at + wait, machine, True, waited + wait))
        else:
            left[machine] -= 1
            if left[machine] > 0:
                heapq.heappush(queue, (at + speed.latency + speed.step, machine, False, 0.0))
    return Walked(at + speed.latency + speed.step - begin, longest)


def walk_at_proxy(
    proxy: Proxy, account: Account, sizes: Sizes, machines: int, begin: float, spread: float, speed: Speed
) -> Walked:
    """Step by step. Machines that begin at the same moment go on as one group."""
    steps = [((name,), 1, sizes.answer) for name in COMMON]
    steps += [(("list", d), price, sizes.lists[d]) for d, price in enumerate(account.prices)]
    groups = max(1, min(machines, MOST_GROUPS, int(spread)))
    members = [machines * (i + 1) // groups - machines * i // groups for i in range(groups)]
    buckets = [Bucket(speed.mount_rate) for _ in range(groups)]
    queue = [(begin + spread * i / groups, i, 0, False) for i in range(groups)]
    to_service, ready, busy, longest, end = Leak(speed.proxy_rate, speed.proxy_burst), {}, begin, 0.0, begin
    while queue:
        at, group, step, is_sent = heapq.heappop(queue)
        key, calls, size = steps[step]
        if not is_sent:
            leaves = max(buckets[group].take(at) for _ in range(calls))
            heapq.heappush(queue, (leaves, group, step, True))
            continue
        if not proxy.holds(key, at):
            ready[key] = to_service.take(at, calls) + speed.latency
        begun, others = max(busy, at), members[group] - 1
        busy = begun + members[group] * max(calls / speed.requests, size / speed.bandwidth)
        proxy.ask(key, at, calls, size)
        proxy.serve_during(begun, busy, others * calls, others * size)
        answered = max(busy, ready[key])
        longest, end = max(longest, answered - at), answered + speed.step * calls
        if step + 1 < len(steps):
            heapq.heappush(queue, (end, group, step + 1, False))
    return Walked(end - begin, longest)


def machine_after(proxy: Proxy, begin: float, ttl: float, walk: list[float]) -> Machine:
    """One that has walked then, and shares what it holds of lists with the others."""
    machine = Machine()
    machine.common = [proxy.others[(name,)] + ttl for name in COMMON]
    machine.walked_at, machine.walk = begin, walk
    return machine
