"""Time, in one place so that tests can replace it."""

import time
from typing import Union


def monotonic() -> float:
    return time.monotonic()


def wall() -> float:
    """Unix seconds."""
    return time.time()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


class Deadline:
    """A moment that a call must not go beyond."""

    def __init__(self, seconds: Union[int, float]) -> None:
        self._at = monotonic() + seconds

    def remaining(self) -> float:
        """Seconds; zero or less once it has passed."""
        return self._at - monotonic()
