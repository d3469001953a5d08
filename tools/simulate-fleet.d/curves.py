"""The calls a day by the size of the fleet, as SVG for light and dark pages."""

import math
from html import escape

from fleet import Plan
from report import Result, duration

WIDTH, HEIGHT = 800, 470
LEFT, RIGHT, TOP, BOTTOM = 100, 162, 44, 48
TITLE = "Calls a day of a fleet that walks at the same time, by the number of machines"
STYLE = """<style>
.ink{fill:#1f2328}.dim{fill:#59636e}.grid{stroke:#d1d9e0;fill:none}.limit{stroke:#cf222e;stroke-dasharray:6 4}
.alone{stroke:#8c959f;stroke-dasharray:2 3}.line{fill:none;stroke-width:2}
.c0{stroke:#bc4c00}.c1{stroke:#8250df}.c2{stroke:#1a7f37}.warn{fill:#cf222e}
@media (prefers-color-scheme:dark){.ink{fill:#f0f6fc}.dim{fill:#9198a1}.grid{stroke:#3d444d}
.limit{stroke:#ff7b72}.c0{stroke:#f0883e}.c1{stroke:#d2a8ff}.c2{stroke:#56d364}.warn{fill:#ff7b72}}
</style>"""


class Scale:
    """Powers of ten from LEAST to MOST along so many pixels from BEGIN on."""

    def __init__(self, least: float, most: float, begin: float, end: float):
        self.powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
        self.begin, self.step = begin, (end - begin) / max(1, len(self.powers) - 1)

    def at(self, value: float) -> float:
        return self.begin + self.step * (math.log10(value) - self.powers[0])


def text(x: float, y: float, words: str, kind: str = "dim", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words, False)}</text>'


def curve(points: list[tuple[float, float]], x: Scale, y: Scale, kind: str) -> str:
    places = " ".join(f"{x.at(a):.1f},{y.at(b):.1f}" for a, b in points)
    return f'<polyline class="line {kind}" points="{places}"/>'


def level(name: str, value: float, x: Scale, y: Scale) -> list[str]:
    at, end = y.at(value), WIDTH - RIGHT
    line = f'<path class="limit" d="M{LEFT} {at:.1f}H{end}"/>'
    return [line, text(end + 8, at + 4, name, "warn")]


def grid(x: Scale, y: Scale) -> list[str]:
    parts = []
    for power in y.powers:
        at = y.at(10**power)
        parts.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(text(LEFT - 8, at + 4, f"{10**power:,}", anchor="end"))
    for power in x.powers:
        at = x.at(10**power)
        parts.append(f'<path class="grid" d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(text(at, HEIGHT - BOTTOM + 18, f"{10**power:,}", anchor="middle"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "machines", anchor="middle"))
    return parts


def spread_out(places: list[float], least: float = 15) -> list[float]:
    """Moves labels that would stand on each other apart."""
    moved: list[float] = []
    for place in sorted(places):
        moved.append(max(place, moved[-1] + least) if moved else place)
    return moved


def picture(results: list[Result], plan: Plan) -> str:
    ttls = sorted({result.ttl for result in results})
    calls = [outcome.calls for r in results for outcome in (r.alone, r.proxied) if outcome.calls > 0]
    a_day, rate = plan.limits.allowance / plan.limits.days, plan.speed.rate * 1440
    x = Scale(1, max(result.machines for result in results), LEFT, WIDTH - RIGHT)
    y = Scale(min([*calls, a_day]), max([*calls, rate]), HEIGHT - BOTTOM, TOP)
    parts = grid(x, y)
    parts += level(f"{plan.limits.allowance:,.0f} in {plan.limits.days:,.0f} days", a_day, x, y)
    parts += level(f"{plan.speed.rate:,.0f} a minute", rate, x, y)
    labels = []
    for i, ttl in enumerate(ttls):
        own = [result for result in results if result.ttl == ttl]
        for way in "alone", "proxied":
            points = [(r.machines, getattr(r, way).calls) for r in own if getattr(r, way).calls > 0]
            if not points:
                continue
            if way == "proxied" or i == 0:
                parts.append(curve(points, x, y, "alone" if way == "alone" else f"c{i % 3}"))
                name = f"proxy, {duration(ttl)}" if way == "proxied" else "no proxy"
                labels.append((y.at(points[-1][1]) + 4, name))
    labels.sort()
    for at, (_, name) in zip(spread_out([place for place, _ in labels]), labels):
        parts.append(text(WIDTH - RIGHT + 8, at, name, "ink"))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" font-family="system-ui,sans-serif" font-size="13">'
    )
    title = f"<title>{escape(TITLE)}</title>"
    return "\n".join([head, title, STYLE, text(8, 22, TITLE, "ink"), *parts, "</svg>", ""])
