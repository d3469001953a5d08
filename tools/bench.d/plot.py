"""Bar charts as SVG, with colours that can be read on white and on black."""

import math
from dataclasses import dataclass
from html import escape

INK = "#7a808a"
COLOURS = ["#2f81f7", "#8c959f", "#c2842e", "#3f9e5b"]
WIDTH, LEFT, RIGHT = 720, 190, 90
BAR, GAP, TOP = 16, 4, 46


@dataclass(frozen=True)
class Bar:
    value: float
    text: str
    colour: int = 1  # 0 is for qpfs


@dataclass(frozen=True)
class Group:
    name: str
    bars: list[Bar]


def chart(title: str, groups: list[Group], legend: list[str] = (), logarithmic: bool = False) -> str:
    """Groups of bars from top to bottom. With a legend, its words name the colours in order."""
    values = [bar.value for group in groups for bar in group.bars]
    scale = _logarithmic(values) if logarithmic else _linear(values)
    parts = [_text(8, 20, title, weight="bold")]
    parts += _legend(legend)
    y = TOP if not legend else TOP + 10
    for group in groups:
        height = len(group.bars) * (BAR + 2)
        parts.append(_text(LEFT - 8, y + height / 2 + 3, group.name, anchor="end"))
        for bar in group.bars:
            width = scale(bar.value)
            parts.append(
                f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" '
                f'fill="{COLOURS[bar.colour]}"/>'
            )
            parts.append(_text(LEFT + width + 6, y + 12, bar.text))
            y += BAR + 2
        y += GAP + 6
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" '
        f'height="{y}" role="img" font-family="sans-serif" font-size="12">'
    )
    return "\n".join([head, f"<title>{escape(title)}</title>", *parts, "</svg>", ""])


def _linear(values: list[float]):
    most = max(values) or 1
    return lambda value: (WIDTH - LEFT - RIGHT) * value / most


def _logarithmic(values: list[float]):
    """From the power of ten below the least one."""
    least = math.floor(math.log10(min(value for value in values if value > 0))) - 0.3
    most = math.log10(max(values))
    room = WIDTH - LEFT - RIGHT
    return lambda value: room * (math.log10(value) - least) / (most - least) if value > 0 else 1


def _legend(words: list[str]) -> list[str]:
    parts, x = [], LEFT
    for colour, word in enumerate(words):
        parts.append(f'<rect x="{x}" y="31" width="10" height="10" rx="2" fill="{COLOURS[colour]}"/>')
        parts.append(_text(x + 15, 40, word))
        x += 35 + 8 * len(word)
    return parts


def _text(x: float, y: float, text: str, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )
