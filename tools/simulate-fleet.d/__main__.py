"""Simulates fleets of each size with each TTL, and prints what they cost."""

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import curves
import options
import report
from day import events
from figures import read_figures
from fleet import Plan, simulate
from options import STEPS
from report import Result

def results_of(plan: Plan, sizes: list[int], ttls: list[int], at_random: bool) -> list[Result]:
    """AT_RANDOM: also what it costs if each machine walks when it likes."""
    pairs = [(machines, ttl) for ttl in ttls for machines in sizes]
    ways = [(plan, False), (plan, True)] + ([(replace(plan, night=None), True)] if at_random else [])
    jobs = [(way, machines, ttl, proxied) for machines, ttl in pairs for way, proxied in ways]
    with ProcessPoolExecutor(min(len(jobs), os.cpu_count() or 1)) as pool:
        outcomes = pool.map(simulate, *zip(*jobs))
        return [
            Result(*pair, next(outcomes), next(outcomes), next(outcomes) if at_random else None)
            for pair in pairs
        ]


def draw(path: Path, plan: Plan, ttls: list[int]):
    path.write_text(curves.picture(results_of(plan, STEPS, ttls, at_random=False), plan))


def print_events(plan: Plan, machines: int):
    """Users are counted through all departments."""
    for at, machine, user in events(plan.habits, machines, plan.account, plan.night, plan.spread):
        print(f"{at:.1f} {machine} {'walk' if user is None else f'look-up {user}'}")


def main():
    parser = options.parser()
    given = parser.parse_args()
    if given.measure:
        import measure  # which needs the tests of the mount

        measure.measure(given.figures)
        return
    try:
        plan = options.plan_of(given, read_figures(given.figures))
        if given.plot:
            given.plot.touch()
    except (ValueError, OSError) as error:
        parser.error(str(error))
    if given.events:
        print_events(plan, given.machines[0])
    elif given.plot:
        draw(given.plot, plan, given.ttl)
    elif given.limits:
        print(report.limits_table(results_of(plan, STEPS, given.ttl, at_random=False), plan))
    else:
        results = results_of(plan, given.machines, given.ttl, at_random=True)
        print(report.as_json(results, plan) if given.json else report.costs_table(results, plan))


if __name__ == "__main__":
    main()
