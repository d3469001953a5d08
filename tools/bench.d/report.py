"""The page, and the same as lines for a terminal."""

import textwrap
from pathlib import Path

import plot
from rows import COMMANDS, REASONS, TITLES, Row
from service import ROOT

PAGE = ROOT / "docs/benchmarks.md"

INTRO = """# Benchmarks

*For users who ask how fast it is, and for maintainers.*

`tools/bench` writes this page. It installs what it needs, takes {minutes:.0f} minutes, and measures all in
one run on one machine. A time is a median. A ratio is the median of ratios, each of two
measurements that were taken one after the other. The least, the greatest and the number of pairs
stand in brackets. Everything is on loopback.

{machine}
- Command: `tools/bench`, on commit {commit}, build type `{build_type}` (as `meson install`)

{summary}
"""

SECTIONS = [
    (
        "Listing and starting",
        "The service answers each call after 50 ms. `curl -Z` fetches the same pages with as many calls in "
        "flight (8), and throws them away. The start is measured from `exec` to the first `ls` of the mount "
        "point, less one call as `curl` measures it. Eight users are eight `cat`, started at the same time in a "
        "new mount. `find` over many departments is held against its calls alone, with 8 at a time.",
        ["listing", "export", "departments", "start", "eight", "status"],
        None,
    ),
    (
        "A refresh",
        "The list of users is read, and read again when it is too old. Nothing has changed. What is measured is "
        "the processor time of qpfs until the first name comes, and for a third of a second more.",
        ["refresh"],
        None,
    ),
    (
        "The first read",
        "Each is mounted anew and listed once with `ls -f`. Then `grep -rlF` looks for what stands in one file, "
        "and must find it. For *ext4, cold* an image is mounted anew and all caches are dropped; tmpfs has no "
        "cold state. nginx serves the files to rclone and httpdirfs. Slow peers get fewer files, and qpfs the "
        "same few, so the ratio is between equals. *N × as fast* says how many times as long the other takes. "
        "httpdirfs waits a tenth of a second for each file. The picture shows each at its own number of files.",
        ["first"],
        "first",
    ),
    (
        "Again",
        "All of them were mounted, listed and read once before. Then each command runs several times, in turn. "
        "Names of rclone and httpdirfs are valid for an hour, as here, and httpdirfs has its cache on.",
        [*COMMANDS, "rsync"],
        "again",
    ),
    (
        "Calls",
        "A department of 2,000 users is listed, and each user read. The service counts the calls, or nginx's log "
        "does. Both scripts write each user into a file. One user is read by `cat` in a new mount of an account "
        "of 100,000. There everything is counted that comes after the mount is ready.",
        ["calls", "one"],
        "calls",
    ),
    (
        "Requests",
        "`ls -l` and `grep -r` run over a department. The table shows what a second walk adds to what the first "
        "one asked for.",
        ["requests"],
        None,
    ),
    (
        "Many small lists",
        "`find` walks over departments of 20 users. Memory is that of qpfs, less what it had before.",
        ["small lists"],
        None,
    ),
    (
        "Memory",
        "Memory is measured after a listing, against the bytes of JSON that were received.",
        ["memory"],
        "memory",
    ),
]

ALT = {
    "first": "Bars: microseconds a file for the first grep -r in each file system",
    "again": "Bars: time of each command on tmpfs, ext4 and qpfs",
    "calls": "Bars: number of HTTP calls for qpfs, two scripts, rclone and httpdirfs",
    "memory": "Bars: bytes of JSON and memory of qpfs for three sizes",
}


def figure(row: Row) -> str:
    if row.row in ("calls", "one", "requests"):
        return f"{row.figure:,}"
    if row.row == "start":
        return f"{row.figure:.0f} ms ({row.spread[0]:.0f}–{row.spread[1]:.0f}; {row.rounds})"
    if row.row == "status":
        return f"{row.figure:.1f} ms ({row.spread[0]:.1f}–{row.spread[1]:.1f}; {row.rounds})"
    if row.row == "small lists":
        return f"{row.figure:.2f} KB a file"
    if row.row == "memory":
        return f"{row.figure:.2f}"
    least, most = row.spread
    form = ",.0f" if row.figure >= 20 else ".2f"
    return f"{row.figure:{form}} × {row.better}".strip() + f" ({least:{form}}–{most:{form}}; {row.rounds})"


def verdict(row: Row) -> str:
    return {True: "reached", False: "**missed**", None: ""}[row.reached]


def target(row: Row) -> str:
    return row.target.text if row.target else ""


# A table's heads with the cells below them; right-aligned ones begin with a blank.
COLUMNS = {
    "what": lambda row: TITLES[row.row],
    "against": lambda row: row.against + (f" ({row.note})" if row.note else ""),
    " users": lambda row: f"{row.users:,}",
    " qpfs": lambda row: row.values[0],
    " the other": lambda row: row.values[1],
    " ratio or count": figure,
    "target": target,
    "": verdict,
}
AS_COUNTS = {
    "what": COLUMNS["what"],
    "who": COLUMNS["against"],
    " users": COLUMNS[" users"],
    " calls": figure,
    "target": target,
    "": verdict,
}
AS_REQUESTS = {
    "request": lambda row: row.against,
    " first walk": COLUMNS[" the other"],
    " the second adds": figure,
    "target": target,
    "": verdict,
}
AS_MEMORY = {
    " users": COLUMNS[" users"],
    " bytes of JSON": COLUMNS[" the other"],
    " qpfs (VmHWM)": lambda row: f"{row.values[0]}, {row.note}",
    " of 1.4 × JSON + 16 MiB": lambda row: f"{row.figure:.2f} ×",
    "target": target,
    "": verdict,
}


def table(rows: list[Row], columns: dict) -> str:
    lines = [[head.strip() for head in columns]]
    lines.append(["---:" if head.startswith(" ") else "---" for head in columns])
    lines += [[cell(row) for cell in columns.values()] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def as_text(rows: list[Row]) -> str:
    lines = [[head.strip() for head in COLUMNS]]
    lines += [[cell(row).strip("*") for cell in COLUMNS.values()] for row in rows]
    lines = [[cell.replace("`", "") for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines
    )


COLUMNS_OF = {"Calls": AS_COUNTS, "Requests": AS_REQUESTS, "Memory": AS_MEMORY}


def _of(rows: list[Row], names: list[str]) -> list[Row]:
    return [row for row in rows if row.row in names]


def _reasons(rows: list[Row]) -> str:
    """Why targets are missed; rows with one reason are named together."""
    missed = {}
    for row in rows:
        if row.reached is False:
            names = missed.setdefault(REASONS[row.row], {})
            names.setdefault(TITLES[row.row], []).append(row.against)
    return "\n".join(
        fold(f"- **Missed: {'; '.join(_missed(*item) for item in names.items())}.** {reason}")
        for reason, names in missed.items()
    )


def _missed(title: str, against: list[str]) -> str:
    others = [name for name in against if name not in ("qpfs", "JSON", "one call")]
    return title + (f" against {' and '.join(others)}" if others else "")


def summary(rows: list[Row]) -> str:
    judged = [row for row in rows if row.target]
    reached = sum(1 for row in judged if row.reached)
    return f"{reached} of {len(judged)} targets are reached. The reasons for the others stand below their tables."


def fold(text: str) -> str:
    """TEXT in lines of one width. Of an item of a list, the further lines are indented."""
    indent = "  " if text.startswith("- ") else ""
    return textwrap.fill(
        text, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def page(rows: list[Row], machine: str, **facts) -> str:
    machine = "\n".join(map(fold, machine.splitlines()))
    parts = [INTRO.format(summary=fold(summary(rows)), machine=machine, **facts)]
    for title, text, names, picture in SECTIONS:
        chosen = _of(rows, names)
        parts += [f"## {title}", fold(text)]
        if picture:
            parts.append(f"![{ALT[picture]}](benchmarks-{picture}.svg)")
        parts.append(table(chosen, COLUMNS_OF.get(title, COLUMNS)))
        if reasons := _reasons(chosen):
            parts.append(reasons)
    return "\n\n".join(part.strip() for part in parts) + "\n"


# -------- pictures --------


def _first_picture(rows: list[Row]) -> str:
    first = _of(rows, ["first"])
    times = [("qpfs", first[0].seconds[0] / first[0].users)]
    times += [(row.against, row.seconds[1] / row.users) for row in first]
    seen = dict(reversed(times))  # a peer's largest size stands first
    bars = [
        plot.Group(name, [plot.Bar(seen[name] * 1e6, f"{seen[name] * 1e6:,.1f} µs", name != "qpfs")])
        for name in sorted(seen, key=seen.get)
    ]
    return plot.chart("First grep -r: time for a file (logarithmic)", bars, logarithmic=True)


def _again_picture(rows: list[Row]) -> str:
    opponents = ["tmpfs", "ext4, warm"]
    groups = []
    for name in [*COMMANDS, "rsync"]:
        found = {row.against: row for row in _of(rows, [name]) if row.against in opponents}
        ours = next(iter(found.values())).seconds[0]
        times = [ours, *(found[o].seconds[1] if o in found else None for o in opponents)]
        bars = [plot.Bar(t * 1000, f"{t * 1000:.0f} ms", i) for i, t in enumerate(times) if t]
        groups.append(plot.Group(name, bars))
    return plot.chart("The second time and later", groups, ["qpfs", *opponents])


def _calls_picture(rows: list[Row]) -> str:
    groups = [
        plot.Group(row.against, [plot.Bar(row.figure, f"{row.figure:,}", row.against != "qpfs")])
        for row in _of(rows, ["calls"])
    ]
    return plot.chart("HTTP calls to list and read 2,000 users (logarithmic)", groups, logarithmic=True)


def _memory_picture(rows: list[Row]) -> str:
    groups = [
        plot.Group(
            f"{row.users:,} users",
            [plot.Bar(mib, f"{mib:,.0f} MiB", colour) for colour, mib in enumerate(row.seconds)],
        )
        for row in _of(rows, ["memory"])
    ]
    return plot.chart("Memory after a listing", groups, ["qpfs", "JSON received"])


def pictures(rows: list[Row]) -> dict[str, str]:
    return {
        "first": _first_picture(rows),
        "again": _again_picture(rows),
        "calls": _calls_picture(rows),
        "memory": _memory_picture(rows),
    }


def write(rows: list[Row], **facts):
    PAGE.write_text(page(rows, **facts))
    for name, svg in pictures(rows).items():
        Path(PAGE.with_name(f"benchmarks-{name}.svg")).write_text(svg)
