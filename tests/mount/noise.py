"""$QPFS_FLAKY: a tenth of all answers fails, at random from that seed, and no test may notice."""

import math
import os
import zlib

SEED = os.environ.get("QPFS_FLAKY")
NOISY = SEED is not None
PROBABILITY = 0.1

# Seconds that tries for spoilt answers may take, where a test says how long something takes.
PATIENCE = 5 if NOISY else 0

# What another try makes up for within half a second.
QUICK = [{"status": 503}, {"cut": 20}]
# What takes longer, or holds other calls back as well.
SLOW = [
    {"stall": 0.5, "close": True},
    {"stall_body": {"at": 10, "seconds": 0.5}, "cut": 30},
    {"status": 503, "headers": {"Retry-After": "1"}},
    {"status": 429},
    {"status": 429, "headers": {"Retry-After": "0"}},
    {"status": 429, "headers": {"Retry-After": "1"}},
]


def noise_seed(test, number: int) -> int | None:
    """Of a test's sandbox; None if nothing is to fail at random."""
    if not NOISY or test.get_closest_marker("exact_service"):
        return None
    return zlib.crc32(f"{SEED}:{test.nodeid}:{number}".encode())


def noise(seed: int, timeout: int) -> dict:
    """As much of it as tries within that timeout make up for."""
    rules = QUICK if timeout < 5 else QUICK + SLOW
    most = 1 if timeout < 5 else 2 if timeout < 10 else 3
    return {"seed": seed, "probability": PROBABILITY, "most": most, "rules": rules}


def is_a_tenth_at_most(spoilt: int, answers: int) -> bool:
    """But for what chance explains."""
    deviation = math.sqrt(answers * PROBABILITY * (1 - PROBABILITY))
    return spoilt <= answers * PROBABILITY + 4 * deviation + 3
