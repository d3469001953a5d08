"""The command line of tools/simulate-fleet."""

import argparse
import re
from pathlib import Path

from day import Habits
from figures import FILE, Figures, read_figures
from fleet import Limits, Plan
from night import Speed
from prices import account_of
from sources import Sizes

MOST_MACHINES = 1_000_000
MOST_EVENTS = 5_000_000

# Sizes of a fleet for what goes from one machine to many.
STEPS = [1, 2, 5, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]
ABOUT = """Simulates a day of a fleet of machines that mount one account, and prints what it costs: by itself,
and behind a caching proxy. Each machine walks through everything and looks single users up."""


def number(least: float, most: float, kind=int):
    """A type for argparse: a number in these limits."""

    def parse(text: str):
        if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?" if kind is float else r"\d{1,12}", text):
            raise argparse.ArgumentTypeError(f"{text!r} is not a number")
        if not least <= kind(text) <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least:,} to {most:,}")
        return kind(text)

    return parse


def numbers(least: float, most: float):
    one = number(least, most)
    return lambda text: sorted({one(word.strip()) for word in text.split(",")})


def hours(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    if not match or not 0 <= int(match[1]) < int(match[2]) <= 24:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 8-18")
    return int(match[1]), int(match[2])


def time_of_day(text: str) -> float:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time like 02:00")
    return int(match[1]) * 3600.0 + int(match[2]) * 60


class Parser(argparse.ArgumentParser):
    def error(self, message: str):
        self.exit(2, f"{self.prog}: {message}; see tools/simulate-fleet --help\n")


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="simulate-fleet", description=ABOUT, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )

    def add(name: str, default, kind, metavar: str, told: str):
        made.add_argument(f"--{name}", default=default, type=kind, metavar=metavar, help=told)

    def switch(name: str, told: str):
        made.add_argument(f"--{name}", action="store_true", help=told)

    add("machines", "10,1000,100000", numbers(1, MOST_MACHINES), "N,...", "sizes of the fleet")
    add("ttl", "60,3600,86400", numbers(1, 31_536_000), "S,...",
        "seconds for which mounts (cache_ttl) and proxy keep an answer")  # fmt: skip
    add("departments", "200x25", str, "NxUSERS,...", "of the account")
    switch("one-list", "the mounts have the option one_list")
    add("per-page", "1000", number(2, 100_000), "N", "users on a page")
    add("walks", "1", number(0, 1000), "N", "walks a day and machine")
    add("lookups", "5", number(0, 10_000), "N", "users that are looked up, a day and machine")
    add("hours", "8-18", hours, "H-H", "of the day, when they are looked up")
    add("night", "02:00", time_of_day, "H:MM", "when all walk that do not walk at random")
    add("spread", "0", number(0, 43_200), "S", "seconds over which these walks begin")
    add("keys", "1", number(1, 10_000), "N", "keys, each for as many machines as the others")
    add("rate", "300", number(1, 100_000), "N", "calls a minute for a key")
    add("proxy-rate", "240", number(1, 100_000), "N", "calls a minute that the proxy lets through")
    add("proxy-burst", "60", number(0, 100_000), "N", "calls beyond that which it lets through at once")
    add("mount-rate", "300", number(1, 100_000), "N", "calls a minute that a mount makes: its option rate")
    add("organization-rate", "2400", number(1, 1_000_000), "N", "calls a minute for all keys")
    add("allowance", "20000", number(1, 10**12), "N", "calls of the subscription")
    add("days", "365", number(1, 3660), "N", "days for which these must last")
    add("timeout", "30", number(1, 3600), "S", "seconds that a mount waits for a call")
    add("bandwidth", "1000", number(1, 1_000_000), "N", "megabits a second that the proxy sends")
    add("seed", "1", number(0, 10**9), "N", "of what happens at random")
    add("figures", str(FILE), Path, "FILE", "measured figures to reckon with")
    add("plot", None, Path, "FILE", "draw the calls a day as SVG, and end")
    switch("limits", "print how many machines meet each limit, and end")
    switch("events", "print what the machines of the smallest fleet do, and end")
    switch("json", "print the results as JSON, and end")
    switch("measure", "measure by a mount of a sandbox, write the figures, and end")
    return made


def plan_of(options: argparse.Namespace, figures: Figures) -> Plan:
    """ValueError says what can't be simulated."""
    account = account_of(options.departments, options.per_page)
    if options.one_list:
        account = account.in_one_list()
    grows = STEPS if options.limits or options.plot else []
    events = max([*options.machines, *grows]) * (options.walks + options.lookups)
    if events > MOST_EVENTS:
        raise ValueError(f"{events:,} walks and look-ups a day are more than {MOST_EVENTS:,}")
    if options.keys > min(options.machines):
        raise ValueError(f"{options.keys} keys are more than {min(options.machines)} machines")
    return Plan(
        account=account,
        sizes=Sizes(account, figures.answer_bytes, figures.user_bytes),
        habits=Habits(options.walks, options.lookups, options.hours, options.seed),
        speed=Speed(
            latency=figures.latency_ms / 1000,
            step=figures.step,
            rate=options.rate,
            mount_rate=options.mount_rate,
            proxy_rate=options.proxy_rate,
            proxy_burst=options.proxy_burst,
            timeout=options.timeout,
            bandwidth=options.bandwidth * 1e6 / 8,
            requests=figures.proxy_requests,
        ),
        limits=Limits(options.allowance, options.days, options.organization_rate),
        night=options.night,
        spread=options.spread,
        keys=options.keys,
    )
