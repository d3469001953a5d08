"""The measured figures: a file with one to a line."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path

FILE = Path(__file__).with_name("figures")
HEAD = "# What tools/simulate-fleet reckons with; tools/simulate-fleet --measure writes it.\n"


@dataclass(frozen=True)
class Figures:
    source: str  # where they come from
    latency_ms: float  # of a call to the service
    walk_seconds: float  # of a walk through everything, and how many calls it made
    walk_calls: float
    answer_bytes: float  # of an answer with its headers, and of each user in it
    user_bytes: float
    proxy_requests: float  # a second, which nginx answers from what it keeps

    @property
    def step(self) -> float:
        """Seconds of a call in a walk beside those that the service takes."""
        return max(0.0, self.walk_seconds / self.walk_calls - self.latency_ms / 1000)


def read_figures(path: Path) -> Figures:
    """ValueError says what is wrong with the file."""
    found = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            name, equals, value = (part.strip() for part in line.partition("="))
            if not equals or name in found:
                raise ValueError(f"{path}:{number}: not one line like walk_calls = 206 for each figure")
            found[name] = value
    known = {field.name for field in fields(Figures)}
    if set(found) != known:
        wrong = ", ".join(sorted(set(found) ^ known))
        raise ValueError(f"{path}: these figures are missing or not known: {wrong}")
    try:
        numbers = {name: float(text) for name, text in found.items() if name != "source"}
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    if not all(0 < number < 1e12 for number in numbers.values()):
        raise ValueError(f"{path}: each figure must be a number above 0")
    return Figures(found["source"], **numbers)


def write_figures(path: Path, figures: Figures):
    lines = [f"{name} = {value}\n" for name, value in asdict(figures).items()]
    path.write_text(HEAD + "".join(lines))
