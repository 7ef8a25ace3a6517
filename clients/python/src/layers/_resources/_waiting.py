"""Waits for a lease request."""

from __future__ import annotations

import random
import threading
from typing import Any, Callable, Dict, Optional

from .. import _clock
from .._clock import Deadline
from .._errors import ApiError, Cancelled, LayersError, TimeoutError
from .._options import require_seconds
from ._core import Core

FINAL_STATUSES = frozenset(["assigned", "partial", "rejected"])
"""No others: a status that is new is one on the way."""
FIRST_PAUSE_SECONDS = 5.0
MAX_PAUSE_SECONDS = 300.0
LAST_READ_SECONDS = 2.0
"""The last read is that long before the end, so that there is time for its answer."""


def wait_until_final(
    core: Core,
    path: str,
    on_progress: Optional[Callable[[Any], object]],
    timeout: Optional[float],
    cancel: Optional[threading.Event],
) -> Any:
    if timeout is not None:
        require_seconds("timeout", timeout)
    deadline = Deadline(float("inf") if timeout is None else timeout)
    pause = FIRST_PAUSE_SECONDS
    seen: Any = None
    if cancel is not None and cancel.is_set():
        raise Cancelled("The waiting was cancelled.")
    while True:
        failure: Optional[LayersError] = None
        asked = 0.0
        try:
            options: Dict[str, Any] = {"timeout": min(core.settings.timeout, max(deadline.remaining(), 0.001))}
            response = core.fetch(path, options, {})
        except LayersError as error:
            if not error.retryable:
                raise
            asked = (isinstance(error, ApiError) and error.retry_after) or 0.0
            failure = error
        else:
            request = response.data
            if on_progress is not None and request != seen:
                on_progress(request)
            seen = request
            if request.get("status") in FINAL_STATUSES:
                return core.unwrap(response)
        remaining = deadline.remaining()
        if remaining <= LAST_READ_SECONDS:
            _sleep(max(remaining, 0), cancel)
            raise _to_timeout(seen, timeout) from failure
        if failure is not None:
            core.settings.logger.warning("Waiting for a request: %s, polling goes on", type(failure).__name__)
        # Up to a tenth less, so that those who asked together do not go on together.
        wanted = max(pause * random.uniform(0.9, 1), asked)
        _sleep(min(wanted, remaining - LAST_READ_SECONDS), cancel)
        # A machine that slept wakes up later.
        if deadline.remaining() <= 0:
            raise _to_timeout(seen, timeout) from failure
        pause = min(pause * 1.5, MAX_PAUSE_SECONDS)


def _to_timeout(seen: Any, timeout: Optional[float]) -> TimeoutError:
    if seen is None:
        return TimeoutError(f"The request could not be read within {timeout:g} s.")
    return TimeoutError(
        f"The request {seen.get('requestId')} is still {seen.get('status')} after {timeout:g} s:"
        f" {seen.get('assignedCount')} of {seen.get('count')} assigned."
    )


def _sleep(seconds: float, cancel: Optional[threading.Event]) -> None:
    """Raises Cancelled once `cancel` is set."""
    if cancel is None:
        _clock.sleep(seconds)
    elif cancel.wait(seconds):
        raise Cancelled("The waiting was cancelled.")
