"""A terminal's screen as SVG: dark in its frame, so that it can be read on white and on black."""

import re
from dataclasses import dataclass, replace
from html import escape

CELL, LINE, LEFT, TOP, BOTTOM = 8.4, 19, 16, 46, 16
INK, PAPER, EDGE = "#d0d7de", "#1b1f24", "#57606a"
BASIC = ["#6e7681", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#76e3ea", "#d0d7de"]
WORDS = re.compile(r"\S+(?: \S+)*")
SEQUENCE = re.compile(r"\x1b\[([\d;]*)m|\x1b\(B|[\x0e\x0f]")


@dataclass(frozen=True)
class Style:
    colour: str = INK
    bold: bool = False
    dim: bool = False
    reverse: bool = False


def _extended(codes: list[int]) -> str:
    """The colour that stands behind a 38, which is taken away from the codes."""
    if codes.pop(0) == 2:
        return "#" + "".join(f"{codes.pop(0):02x}" for _ in range(3))
    number = codes.pop(0)
    if number < 16:
        return BASIC[number % 8]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    levels = [0, 95, 135, 175, 215, 255]
    number -= 16
    return "#" + "".join(f"{levels[number // d % 6]:02x}" for d in (36, 6, 1))


def _apply(style: Style, text: str) -> Style:
    codes = [int(code or 0) for code in text.split(";")]
    while codes:
        code = codes.pop(0)
        if code == 0:
            style = Style()
        elif code in (1, 2, 7):
            style = replace(style, **{{1: "bold", 2: "dim", 7: "reverse"}[code]: True})
        elif code == 22:
            style = replace(style, bold=False, dim=False)
        elif code == 27:
            style = replace(style, reverse=False)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            style = replace(style, colour=BASIC[code % 10])
        elif code == 38:
            style = replace(style, colour=_extended(codes))
        elif code == 39:
            style = replace(style, colour=INK)
        elif code == 48:
            _extended(codes)
    return style


def runs(row: str) -> list[tuple[int, str, Style]]:
    """Column, text and style of each stretch of a row."""
    found, style, column, end = [], Style(), 0, 0
    for mark in [*SEQUENCE.finditer(row), None]:
        text = row[end : mark.start() if mark else len(row)]
        # SVG makes one space of several, so those only set words apart.
        words = [re.match("(?s).*", text)] if style.reverse else WORDS.finditer(text)
        found += [(column + word.start(), word[0], style) for word in words if word[0]]
        column += len(text)
        if mark:
            end = mark.end()
            style = _apply(style, mark[1]) if mark[1] is not None else style
    return found


def _run(column: int, text: str, style: Style, y: float) -> str:
    x, width = LEFT + column * CELL, len(text) * CELL
    colour, before = style.colour, ""
    if style.reverse:
        place = f'x="{x:.1f}" y="{y - 14:.0f}" width="{width:.1f}" height="{LINE}"'
        before, colour = f'<rect {place} fill="{INK}"/>', PAPER
    looks = (' font-weight="bold"' if style.bold else "") + (' opacity=".65"' if style.dim else "")
    fill = f' fill="{colour}"' if colour != INK else ""
    # The length keeps the columns in line, whatever font there is.
    length = f' textLength="{width:.1f}"' if len(text) > 1 else ""
    place = f'x="{x:.1f}" y="{y:.0f}"{length}{fill}{looks}'
    return f"{before}<text {place}>{escape(text, False)}</text>"


def _row(number: int, row: str) -> str:
    return "".join(_run(*run, TOP + 12 + number * LINE) for run in runs(row))


def _frames(frames: list[list[str]], still: int, seconds: float) -> list[str]:
    """What is the same in all is drawn once; the rest takes turns, or stands still as one frame."""
    height = max(map(len, frames))
    padded = [frame + [""] * (height - len(frame)) for frame in frames]
    same = [len({frame[n] for frame in padded}) == 1 for n in range(height)]
    parts = [_row(n, padded[0][n]) for n in range(height) if same[n]]
    if len(frames) == 1:
        return parts
    share = 100 / len(frames)
    rules = [".f{visibility:hidden}", f".f{still}{{visibility:visible}}"]
    moving = []
    for i in range(len(frames)):
        steps = "0%{visibility:hidden}" if i > 0 else ""
        steps += f"{i * share:.2f}%{{visibility:visible}}"
        steps += f"{(i + 1) * share:.2f}%{{visibility:hidden}}" if i + 1 < len(frames) else ""
        rules.append(f"@keyframes k{i}{{{steps}}}")
        moving.append(f".f{i}{{animation:k{i} {seconds * len(frames):g}s step-end infinite}}")
    rules.append("@media (prefers-reduced-motion:no-preference){" + "".join(moving) + "}")
    parts.insert(0, f"<style>{''.join(rules)}</style>")
    for i, frame in enumerate(padded):
        rows = "".join(_row(n, frame[n]) for n in range(height) if not same[n])
        parts.append(f'<g class="f f{i}">{rows}</g>')
    return parts


def picture(title: str, frames: list[list[str]], columns: int, still: int, seconds=1.0) -> str:
    width = round(2 * LEFT + columns * CELL)
    height = TOP + max(map(len, frames)) * LINE + BOTTOM
    fonts = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
    lights = "".join(
        f'<circle cx="{20 + 18 * i}" cy="18" r="5.5" fill="{colour}"/>'
        for i, colour in enumerate(["#ff5f57", "#febc2e", "#28c840"])
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="{fonts}" font-size="14" fill="{INK}">'
    )
    frame = (
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="9" fill="{PAPER}" '
        f'stroke="{EDGE}"/>{lights}<text x="{width / 2:.0f}" y="23" text-anchor="middle" '
        f'fill="#8c959f" font-size="13">{escape(title, False)}</text>'
    )
    parts = [head, f"<title>{escape(title, False)}</title>", frame]
    return "\n".join([*parts, *filter(None, _frames(frames, still, seconds)), "</svg>", ""])
