"""An answer together with what its headers tell."""

import re
from dataclasses import dataclass
from typing import Any, Optional

from ._http import Headers


@dataclass(frozen=True)
class RateLimit:
    """The budget of calls that this one was counted in."""

    limit: int
    remaining: int
    resets_at: int
    """Unix seconds."""
    endpoint_class: str


@dataclass(frozen=True)
class Response:
    """What `layers.with_response` answers with."""

    data: Any
    """What the method returns without `with_response`."""
    status: int
    headers: Headers

    @property
    def request_id(self) -> Optional[str]:
        """`X-Request-Id`: support finds the call by it."""
        return self.headers.get("X-Request-Id")

    @property
    def replayed(self) -> bool:
        """Whether this is the stored answer of an earlier call with the same Idempotency-Key or request id."""
        return self.headers.get("Idempotent-Replayed") == "true"

    @property
    def rate_limit(self) -> Optional[RateLimit]:
        """None for a key without limits."""
        numbers = [self.headers.get(f"X-RateLimit-{name}", "") for name in ("Limit", "Remaining", "Reset")]
        if not all(re.fullmatch("[0-9]{1,12}", number) for number in numbers):
            return None
        limit, remaining, resets_at = map(int, numbers)
        return RateLimit(limit, remaining, resets_at, self.headers.get("X-RateLimit-Endpoint-Class", ""))
