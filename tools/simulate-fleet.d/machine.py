"""A machine with a mount: what it holds, and what it asks for when somebody walks or looks a user up."""

from prices import COMMON, DEPARTMENTS, ME, Account
from sources import NEVER, Proxy, Service, Sizes

# What a proxy has had for long serves for so long at least: docs/network.md, F11.
LEAST = 1.0

# A list that takes more calls than this is not read on when its first page has told so, but its
# users are asked for alone: src/cache/singles.c.
READ_ON = 2


class Machine:
    __slots__ = ("common", "walked_at", "walk", "lists", "singles")

    def __init__(self):
        self.common = [NEVER] * len(COMMON)  # until when each is held
        self.walked_at = NEVER
        self.walk: list[float] | float = NEVER  # since when each list of the last walk is true
        # Until when those are held that were read one by one. The price of each is known.
        self.lists: dict[int, float] = {}
        # Of which department each is, when it was asked for, and until when it is held.
        self.singles: dict[int, tuple[int, float, float]] = {}


class Mounts:
    """What all machines have in common: the account, the option cache_ttl, and whom they ask."""

    def __init__(self, account: Account, sizes: Sizes, ttl: float, source: Service | Proxy):
        self.prices, self.sizes = account.prices, sizes
        self.ttl, self.source = ttl, source

    def until(self, since: float, at: float) -> float:
        return max(since + self.ttl, at + min(LEAST, self.ttl))

    def _common(self, machine: Machine, number: int, at: float):
        since = self.source.ask((COMMON[number],), at, 1, self.sizes.answer)
        machine.common[number] = self.until(since, at)

    def _list_until(self, machine: Machine, d: int) -> float:
        until = machine.lists.get(d, NEVER)
        if machine.walked_at == NEVER:
            return until
        walk = machine.walk if isinstance(machine.walk, float) else machine.walk[d]
        return max(until, self.until(walk, machine.walked_at))

    def walk(self, machine: Machine, at: float):
        """Reads everything."""
        for number, until in enumerate(machine.common):
            if at >= until:
                self._common(machine, number, at)
        if machine.walked_at > at - self.ttl:
            self._walk_again(machine, at)
            return
        machine.lists = {d: until for d, until in machine.lists.items() if until > at}
        machine.walk = self.source.ask_lists(at, machine.lists)
        machine.walked_at = at
        machine.singles.clear()

    def _walk_again(self, machine: Machine, at: float):
        """While some of what the last walk read may still serve."""
        for d in range(len(self.prices)):
            if at >= self._list_until(machine, d):
                self._read_list(machine, d, at)

    def look_up(self, machine: Machine, d: int, user: int, at: float):
        """One user of department D: docs/semantics.md, F9."""
        for number in ME, DEPARTMENTS:
            if at >= machine.common[number]:
                self._common(machine, number, at)
        if at < self._list_until(machine, d):
            return
        asked = 0
        for other, (of, when, until) in machine.singles.items():
            if other == user and at < until:
                return
            asked += of == d and at - when < self.ttl
        if self._is_asked_alone(machine, d, asked, at):
            since = self.source.ask(("user", user), at, 1, self.sizes.answer + self.sizes.user)
            machine.singles[user] = (d, at, self.until(since, at))
        else:
            self._read_list(machine, d, at)

    def _is_asked_alone(self, machine: Machine, d: int, asked: int, at: float) -> bool:
        """So many of that department were ASKED for within the TTL."""
        price = self.prices[d]
        if machine.walked_at == NEVER and d not in machine.lists:
            if asked == 0:
                return True
            if price > READ_ON:
                self.source.ask(("page", d), at, 1, self.sizes.lists[d] / price)
                machine.lists[d] = NEVER
        return asked + 1 < price

    def _read_list(self, machine: Machine, d: int, at: float):
        since = self.source.ask(("list", d), at, self.prices[d], self.sizes.lists[d])
        machine.lists[d] = self.until(since, at)
        for user in [user for user, (of, _, _) in machine.singles.items() if of == d]:
            del machine.singles[user]
