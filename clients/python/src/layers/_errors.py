"""What can go wrong, one class per code of the API."""

import builtins
from typing import Any, Dict, List, Mapping, Optional, Tuple, Type, cast

PASSING_STATUSES = frozenset((429, 502, 503, 504))
"""Of answers that may be others a little later, whoever gave them."""


class LayersError(Exception):
    """Every error of this package.

    `idempotency_key` is the key of the failed write, and None for a read: where it is unknown whether the
    write was done, repeating the call with this key does it once.
    """

    idempotency_key: Optional[str] = None
    retryable: bool = False
    """Whether the same call may succeed a little later."""

    def __reduce__(self) -> Tuple[Any, ...]:
        return (_restore, (type(self), self.args, dict(self.__dict__)))


def _restore(kind: Type[LayersError], args: Tuple[Any, ...], state: Dict[str, Any]) -> LayersError:
    """Unpickles an error without its constructor, whose arguments are keywords."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidArgument(LayersError, ValueError, TypeError):
    """An argument that cannot be sent, or that is of another type. Nothing was sent."""


class ConnectionError(LayersError, builtins.ConnectionError):
    """No answer came, or only a part of one. A write may have been done."""

    retryable = True


class TimeoutError(ConnectionError, builtins.TimeoutError):
    """The time for the call ran out. A write may have been done."""

    retryable = True


class Cancelled(LayersError):
    """The event given as `cancel` was set while waiting."""


class WebhookVerificationError(LayersError):
    """A webhook that was not signed by Layers with one of the secrets, or too long ago."""


class ApiError(LayersError):
    """An answer that is an error; the class of every code that this version does not know.

    `code` is None where the answer did not come from the API, but from a proxy before it.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: Optional[str] = None,
        request_id: Optional[str] = None,
        details: Optional[Mapping[str, Any]] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.request_id = request_id
        """`X-Request-Id` of the answer; support finds the call by it."""
        self.details: Mapping[str, Any] = details or {}
        self.retry_after = retry_after
        """Seconds that `Retry-After` asks to wait, if it came."""
        # A proxy's 503 has no code; KILL_SWITCH is a 503 that does not pass.
        unavailable = status == 503 and code in (None, "UNAVAILABLE")
        self.retryable = unavailable or (status != 503 and status in PASSING_STATUSES)

    def __str__(self) -> str:
        suffix = f" [{self.request_id}]" if self.request_id else ""
        return f"{self.status} {self.code or 'without a code'}: {self.message}{suffix}"


class Unauthenticated(ApiError):
    """401: the key is missing, malformed, unknown or revoked."""


class BillingExhausted(ApiError):
    """402: the wallet would not cover one assignment. The request is not queued."""

    @property
    def balance_cents(self) -> Optional[int]:
        return cast(Optional[int], self.details.get("balanceCents"))

    @property
    def required_cents(self) -> Optional[int]:
        return cast(Optional[int], self.details.get("requiredCents"))


class ForbiddenScope(ApiError):
    """403: the key lacks a scope."""

    @property
    def required_scope(self) -> Optional[str]:
        return cast(Optional[str], self.details.get("requiredScope"))


class NotFound(ApiError):
    """404: it does not exist, or is another organization's."""


class MethodNotAllowed(ApiError):
    """405: the path does not have this method."""


class Conflict(ApiError):
    """409: an Idempotency-Key or request id used for something else, or a state that does not allow it."""

    @property
    def reason(self) -> Optional[str]:
        return cast(Optional[str], self.details.get("reason"))


class PayloadTooLarge(ApiError):
    """413: the body is over 64 KiB."""


class ValidationError(ApiError):
    """422: something in the request is invalid; `fields` lists everything at once."""

    @property
    def fields(self) -> List[Mapping[str, str]]:
        """Each `{"path": …, "message": …}`."""
        return cast(List[Mapping[str, str]], self.details.get("fields", []))


class RateLimited(ApiError):
    """429: a budget of calls is used up; `retry_after` is in seconds."""

    @property
    def limit(self) -> Optional[str]:
        """`minute` or `day`."""
        return cast(Optional[str], self.details.get("limit"))


class InternalError(ApiError):
    """500: a fault of the service."""


class KillSwitch(ApiError):
    """503: the key was switched off or the organization suspended. Repeating does not help."""

    @property
    def scope(self) -> Optional[str]:
        """`key` or `organization`."""
        return cast(Optional[str], self.details.get("scope"))


class Unavailable(ApiError):
    """503: the service is out of reach of its database. A write was done wholly or not at all."""


ERRORS_BY_CODE: Mapping[str, Type[ApiError]] = {
    "UNAUTHENTICATED": Unauthenticated,
    "BILLING_EXHAUSTED": BillingExhausted,
    "FORBIDDEN_SCOPE": ForbiddenScope,
    "NOT_FOUND": NotFound,
    "METHOD_NOT_ALLOWED": MethodNotAllowed,
    "CONFLICT": Conflict,
    "IDEMPOTENCY_CONFLICT": Conflict,
    "PAYLOAD_TOO_LARGE": PayloadTooLarge,
    "VALIDATION": ValidationError,
    "RATE_LIMITED": RateLimited,
    "INTERNAL": InternalError,
    "KILL_SWITCH": KillSwitch,
    "UNAVAILABLE": Unavailable,
}
