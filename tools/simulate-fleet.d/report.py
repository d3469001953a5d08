"""The results as tables of a document, and as JSON."""

import json
import math
from dataclasses import asdict, dataclass

from fleet import LIMITS, Outcome, Plan, first_that_fails, shares

# What a limit holds back comes to just below it.
MET = 0.99


@dataclass(frozen=True)
class Result:
    """What a fleet costs of one size and TTL."""

    machines: int
    ttl: int
    alone: Outcome  # each machine asks the service
    proxied: Outcome  # all ask the proxy, and walk at the same time
    at_random: Outcome | None  # the same, but each walks when it likes


def duration(seconds: float) -> str:
    for length, name in [(86400, "days"), (3600, "h"), (60, "min")]:
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {name}"
    return f"{max(seconds, 1):,.0f} s"


def count(number: float) -> str:
    return f"{number / 1e6:,.1f} million" if number >= 1e6 else f"{number:,.0f}"


def lasts(outcome: Outcome, plan: Plan) -> str:
    days = plan.limits.allowance / outcome.calls if outcome.calls else math.inf
    if days == math.inf:
        return "for ever"
    return "less than a day" if days < 1 else "1 day" if days < 2 else f"{math.floor(days):,} days"


def walked(outcome: Outcome, plan: Plan) -> str:
    if outcome.walk_seconds is None:
        return "–"
    if outcome.longest_wait > plan.speed.timeout:
        return "never: `timeout`"
    return duration(outcome.walk_seconds)


def limits_met(outcome: Outcome, plan: Plan) -> str:
    """Or else the one that is nearest."""
    used = shares(outcome, plan)
    names = sorted(used, key=used.get, reverse=True)
    met = [name for name in names if used[name] >= MET]
    told = [f"{LIMITS[name]}, {share_text(used[name])}" for name in met or names[:1]]
    return "; ".join(told) if met else f"none; {told[0]}"


def share_text(share: float) -> str:
    return f"{share:.0%}" if share < 10 else f"{count(share)} times"


# A head that begins with a blank is of a column that is aligned to the right.
COLUMNS = {
    " `cache_ttl`": lambda r, plan: f"{r.ttl:,}",
    " machines": lambda r, plan: f"{r.machines:,}",
    " alone: calls a day": lambda r, plan: count(r.alone.calls),
    " all have walked after": lambda r, plan: walked(r.alone, plan),
    " proxy: calls a day": lambda r, plan: count(r.proxied.calls),
    " walks at random": lambda r, plan: count(r.at_random.calls),
    " the allowance lasts": lambda r, plan: lasts(r.proxied, plan),
    " all have walked after ": lambda r, plan: walked(r.proxied, plan),
    " MB/s of the proxy": lambda r, plan: f"{r.proxied.bytes_second / 1e6:,.1f}",
    "limits met": lambda r, plan: limits_met(r.proxied, plan),
}


def as_table(heads: list[str], rows: list[list[str]]) -> str:
    marks = ["---:" if head.startswith(" ") else "---" for head in heads]
    lines = [[head.strip() for head in heads], marks, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def costs_table(results: list[Result], plan: Plan) -> str:
    rows = [[cell(result, plan) for cell in COLUMNS.values()] for result in results]
    return as_table(list(COLUMNS), rows)


def machines_at(name: str, outcomes: list[Outcome], plan: Plan) -> float | None:
    """How many machines use up a limit, between two sizes of the fleet that were simulated."""
    before, share_before = 0, 0.0
    for outcome in outcomes:
        share = shares(outcome, plan)[name]
        if share >= MET:
            if before == 0 or share_before <= 0:
                return outcome.machines
            way = math.log(MET / share_before) / math.log(share / share_before)
            return before * (outcome.machines / before) ** way
        before, share_before = outcome.machines, share
    return None


def machines_that_fail(results: list[Result], proxied: bool, plan: Plan) -> int | None:
    """Whether a call waits too long does not grow with the fleet, but comes at once."""
    before = 0
    for result in results:
        if shares(result.proxied if proxied else result.alone, plan)["timeout"] >= 1:
            return first_that_fails(plan, before, result.machines, result.ttl, proxied)
        before = result.machines
    return None


def limit_cell(name: str, results: list[Result], proxied: bool, plan: Plan) -> str:
    if name == "timeout":
        found = machines_that_fail(results, proxied, plan)
    else:
        found = machines_at(name, [r.proxied if proxied else r.alone for r in results], plan)
    return "–" if found is None else about(found)


def about(number: float) -> str:
    """With two digits, for more would not be true."""
    digits = max(0, math.floor(math.log10(number)) - 1)
    return f"{math.ceil(number / 10**digits) * 10**digits:,}"


def limits_table(results: list[Result], plan: Plan) -> str:
    """The results are of many sizes of the fleet, each larger than the one before."""
    ttls = sorted({result.ttl for result in results})
    heads = ["limit", *(f" alone, {ttl:,} s" for ttl in ttls), *(f" proxy, {ttl:,} s" for ttl in ttls)]
    by_ttl = {ttl: [result for result in results if result.ttl == ttl] for ttl in ttls}
    rows = [
        [LIMITS[name]]
        + [limit_cell(name, by_ttl[ttl], proxied, plan) for proxied in (False, True) for ttl in ttls]
        for name in LIMITS
    ]
    return as_table(heads, rows)


def as_json(results: list[Result], plan: Plan) -> str:
    def of(outcome: Outcome | None) -> dict | None:
        return outcome and asdict(outcome) | {"shares": shares(outcome, plan)}

    made = [
        {"machines": r.machines, "ttl": r.ttl}
        | {name: of(getattr(r, name)) for name in ["alone", "proxied", "at_random"]}
        for r in results
    ]
    return json.dumps(made, indent=1)
