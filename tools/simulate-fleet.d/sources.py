"""What machines ask: the service itself, or a proxy that keeps its answers. Both count by the minute."""

from collections import defaultdict

from prices import Account

DAY = 86400
NEVER = float("-inf")


class Meter:
    """A sum by the minute."""

    def __init__(self):
        self.minutes: dict[int, float] = defaultdict(float)

    def add(self, at: float, amount: float):
        self.minutes[int(at // 60)] += amount

    def add_during(self, begin: float, end: float, amount: float):
        """Evenly over that time."""
        at = begin
        while at < end:
            until = min(end, (at // 60 + 1) * 60)
            self.add(at, amount * (until - at) / (end - begin))
            at = until

    @property
    def total(self) -> float:
        return sum(self.minutes.values())

    @property
    def busiest(self) -> float:
        return max(self.minutes.values(), default=0)


class Sizes:
    """Bytes of answers, with their headers."""

    def __init__(self, account: Account, answer_bytes: float, user_bytes: float):
        self.answer = answer_bytes
        self.user = user_bytes
        calls, users = account.prices, account.sizes
        self.lists = [answer_bytes * calls[d] + user_bytes * users[d] for d in range(len(calls))]
        self.all_lists = sum(self.lists)


class Service:
    """Each question is a call."""

    def __init__(self, account: Account):
        self.prices = account.prices
        self.all_prices = sum(self.prices)
        self.calls = Meter()

    def ask(self, key: tuple, at: float, calls: int, size: float) -> float:
        """Returns since when the answer is true."""
        self.calls.add(at, calls)
        return at

    def ask_lists(self, at: float, held: dict[int, float]) -> list[float] | float:
        """All lists of users but those that are held. Returns since when each is true."""
        self.calls.add(at, self.all_prices - sum(self.prices[d] for d in held))
        return at


class Proxy:
    """Keeps each answer for its TTL. Of many who ask for one at the same time, one makes the call."""

    def __init__(self, account: Account, sizes: Sizes, ttl: float):
        self.prices, self.sizes, self.ttl = account.prices, sizes, ttl
        self.all_prices = sum(self.prices)
        self.calls, self.requests, self.bytes = Meter(), Meter(), Meter()
        # Since when each answer is true: those of lists by department.
        self.others: dict[tuple, float] = {}
        self.lists = [NEVER] * len(self.prices)
        self.lists_until = NEVER  # all of them are held until then
        self.shown: list[float] = []  # the last that a walk was given, which many machines share

    def holds(self, key: tuple, at: float) -> bool:
        since = self.lists[key[1]] if key[0] == "list" else self.others.get(key, NEVER)
        return at < since + self.ttl

    def ask(self, key: tuple, at: float, calls: int, size: float) -> float:
        self.serve(at, calls, size)
        if key[0] == "list":
            return self._list(key[1], at)
        if not self.holds(key, at):
            self.calls.add(at, calls)
            self.others[key] = at
        return self.others[key]

    def ask_lists(self, at: float, held: dict[int, float]) -> list[float]:
        calls = self.all_prices - sum(self.prices[d] for d in held)
        self.serve(at, calls, self.sizes.all_lists - sum(self.sizes.lists[d] for d in held))
        if at >= self.lists_until:
            for d in range(len(self.lists)):
                if d not in held:
                    self._list(d, at)
            self.lists_until = min(self.lists) + self.ttl
        if self.shown != self.lists:
            self.shown = self.lists.copy()
        return self.shown

    def _list(self, d: int, at: float) -> float:
        if at >= self.lists[d] + self.ttl:
            self.calls.add(at, self.prices[d])
            self.lists[d] = at
        return self.lists[d]

    def serve(self, at: float, calls: int, size: float):
        """Counts what it sends."""
        self.requests.add(at, calls)
        self.bytes.add(at, size)

    def serve_during(self, begin: float, end: float, calls: int, size: float):
        self.requests.add_during(begin, end, calls)
        self.bytes.add_during(begin, end, size)
