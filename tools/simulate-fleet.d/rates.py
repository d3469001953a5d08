"""What holds calls back: at the service, in a mount, and in a proxy."""

import math
from collections import deque

MINUTE = 60.0
BUCKET_MINUTE = 60.5  # a little more: src/api/bucket.c


class Window:
    """The service: so many calls in any minute."""

    def __init__(self, rate: int):
        self.rate = rate
        self.passed: deque[float] = deque()

    def wait(self, at: float) -> float:
        """Lets a call pass and returns 0; or says, as Retry-After does, when there is room."""
        while self.passed and self.passed[0] + MINUTE <= at:
            self.passed.popleft()
        if len(self.passed) < self.rate:
            self.passed.append(at)
            return 0.0
        return max(1.0, math.ceil(self.passed[0] + MINUTE - at))


class Bucket:
    """A mount with the option rate: as the service, but the last fifth is handed out evenly."""

    def __init__(self, rate: int):
        self.rate = rate
        self.taken: deque[float] = deque()

    def take(self, at: float) -> float:
        """Returns when a call leaves that could do so at AT."""
        while self.taken and self.taken[0] + BUCKET_MINUTE <= at:
            self.taken.popleft()
        left, last_fifth = self.rate - len(self.taken), self.rate // 5
        if left <= last_fifth:
            returned = self.taken[0] + BUCKET_MINUTE
            spaced = self.taken[-1] + BUCKET_MINUTE / last_fifth if left > 0 else returned
            at = max(at, min(spaced, returned))
        self.taken.append(at)
        return at


class Leak:
    """nginx's limit_req with delay=: so many leave at once, and the others at even distances."""

    def __init__(self, rate: int, at_once: int):
        self.distance = MINUTE / rate
        self.at_once = at_once * self.distance
        self.empty = 0.0  # when all that came so far would have left at even distances

    def take(self, at: float, calls: int) -> float:
        """Returns when the last of them leaves."""
        self.empty = max(at, self.empty) + calls * self.distance
        return max(at, self.empty - self.distance - self.at_once)
