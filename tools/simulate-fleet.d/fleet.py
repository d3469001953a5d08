"""A fleet's day from end to end: calls, the time that walks take, and the limits that it meets."""

import math
from dataclasses import dataclass, replace
from functools import partial

from day import Habits, events, live
from machine import Machine, Mounts
from night import Speed, machine_after, walk_at_proxy, walk_at_service
from prices import Account
from sources import Proxy, Service, Sizes

# Without a proxy no machine knows of the others: of a larger fleet so many are simulated, and each
# of them stands for several.
MOST_ALONE = 1000


@dataclass(frozen=True)
class Limits:
    allowance: float  # calls, and for how many days they have to last
    days: float
    organization_rate: float  # calls a minute, over all keys


@dataclass(frozen=True)
class Plan:
    """All but the number of machines and the TTL."""

    account: Account
    sizes: Sizes
    habits: Habits
    speed: Speed
    limits: Limits
    night: float | None  # when the walks begin, in seconds of the day; None: each at random
    spread: float  # seconds, over which they begin
    keys: int  # among which the machines are divided evenly


@dataclass(frozen=True)
class Outcome:
    machines: int
    calls: float  # a day
    busiest: float  # calls that are asked for in a minute, before a rate holds them back
    walk_seconds: float | None  # until all have walked; None: they walk at random
    longest_wait: float
    bytes_second: float  # of the proxy, in its busiest minute
    requests_second: float


LIMITS = {
    "allowance": "allowance",
    "key": "the key's rate",
    "organization": "the organization's rate",
    "timeout": "`timeout`",
    "requests": "the proxy's requests",
    "bandwidth": "the proxy's bandwidth",
}


def shares(outcome: Outcome, plan: Plan) -> dict[str, float]:
    """How much of each limit is used: 1 is all of it."""
    limits, speed = plan.limits, plan.speed
    return {
        "allowance": outcome.calls * limits.days / limits.allowance,
        "key": outcome.busiest / plan.keys / speed.rate,
        "organization": outcome.busiest / limits.organization_rate,
        "timeout": outcome.longest_wait / speed.timeout,
        "requests": outcome.requests_second / speed.requests,
        "bandwidth": outcome.bytes_second / speed.bandwidth,
    }


def simulate(plan: Plan, machines: int, ttl: float, proxied: bool) -> Outcome:
    """Each key's machines do the same, so one key's are simulated."""
    own = math.ceil(machines / plan.keys)
    run = _behind_proxy if proxied else _alone
    return run(plan, machines, own, ttl)


def first_that_fails(plan: Plan, before: int, failing: int, ttl: float, proxied: bool) -> int:
    """The least number of machines whose walks of the night fail, between two that are known."""
    walks_alone = replace(plan, habits=replace(plan.habits, lookups=0))
    while failing - before > 1:
        middle = (before + failing) // 2
        if shares(simulate(walks_alone, middle, ttl, proxied), plan)["timeout"] >= 1:
            failing = middle
        else:
            before = middle
    return failing


def share_of(speed: Speed, keys: int) -> Speed:
    """Each key has a rate of its own, and all share the proxy."""
    return replace(speed, bandwidth=speed.bandwidth / keys, requests=speed.requests / keys)


def _alone(plan: Plan, machines: int, own: int, ttl: float) -> Outcome:
    few = min(own, MOST_ALONE)
    service = Service(plan.account)
    mounts = Mounts(plan.account, plan.sizes, ttl, service)
    live(mounts, plan.account, Machine, events(plan.habits, few, plan.account, plan.night, plan.spread))
    walked = None
    if plan.night is not None and plan.habits.walks:
        walked = walk_at_service(plan.account, own, plan.night, plan.spread, plan.speed)
    factor = machines / few
    return Outcome(
        machines,
        service.calls.total * factor,
        service.calls.busiest * factor,
        walked.seconds if walked else None,
        walked.longest_wait if walked else 0,
        0,
        0,
    )


def _behind_proxy(plan: Plan, machines: int, own: int, ttl: float) -> Outcome:
    account, sizes = plan.account, plan.sizes
    proxy = Proxy(account, sizes, ttl)
    walked, new_machine = None, Machine
    if plan.night is not None and plan.habits.walks:
        speed = share_of(plan.speed, plan.keys)
        walked = walk_at_proxy(proxy, account, sizes, own, plan.night, plan.spread, speed)
        new_machine = partial(machine_after, proxy, plan.night, ttl, proxy.lists.copy())
    day = events(plan.habits, own, account, plan.night, plan.spread, walked is None)
    live(Mounts(account, sizes, ttl, proxy), account, new_machine, day)
    factor = machines / own
    return Outcome(
        machines,
        proxy.calls.total * factor,
        proxy.calls.busiest * factor,
        walked.seconds if walked else None,
        walked.longest_wait if walked else 0,
        proxy.bytes.busiest * factor / 60,
        proxy.requests.busiest * factor / 60,
    )
