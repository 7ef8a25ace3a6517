"""Waits for a lease request."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional

from .. import _clock
from .._clock import Deadline
from .._errors import ApiError, Cancelled, LayersError, TimeoutError
from .._options import require_seconds

if TYPE_CHECKING:
    from ._core import Core

FINAL_STATUSES = frozenset(["assigned", "partial", "rejected"])
"""No others: a status that is new is one on the way."""
FIRST_PAUSE_SECONDS = 5.0
MAX_PAUSE_SECONDS = 300.0


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
    while True:
        if cancel is not None and cancel.is_set():
            raise Cancelled("The waiting was cancelled.")
        remaining = deadline.remaining()
        if remaining <= 0:
            raise TimeoutError("The request is not final yet.")
        asked = 0.0
        try:
            options: Dict[str, Any] = {"timeout": min(core.settings.timeout, remaining)}
            response = core.fetch(path, options, {})
        except LayersError as error:
            if not error.retryable:
                raise
            asked = (isinstance(error, ApiError) and error.retry_after) or 0.0
            core.settings.logger.warning("Waiting for a request: %s, polling goes on", type(error).__name__)
        else:
            request = response.data
            if on_progress is not None and request != seen:
                on_progress(request)
            seen = request
            if request.get("status") in FINAL_STATUSES:
                return core.unwrap(response)
        # Up to a tenth less, so that those who asked together do not go on together.
        _sleep(min(max(pause * random.uniform(0.9, 1), asked), max(deadline.remaining(), 0)), cancel)
        pause = min(pause * 1.5, MAX_PAUSE_SECONDS)


def _sleep(seconds: float, cancel: Optional[threading.Event]) -> None:
    if cancel is None:
        _clock.sleep(seconds)
    else:
        cancel.wait(seconds)
