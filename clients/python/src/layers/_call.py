"""One call of the API: what is sent, the tries, and what came back."""

import email.utils
import json
import random
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union, cast
from urllib.parse import quote, urlencode

from . import _clock
from ._clock import Deadline
from ._errors import (
    ERRORS_BY_CODE,
    PASSING_STATUSES,
    ApiError,
    ConnectionError,
    InvalidArgument,
    LayersError,
    TimeoutError,
)
from ._http import Headers, HttpRequest, HttpResponse
from ._options import Settings, require_header_value
from ._response import Response
from ._version import __version__

TRY_SECONDS = 20.0
"""For one try: the service answers within 5 s, so a silent connection is given up long before the call is."""
FIRST_BACKOFF_SECONDS = 0.5
MAX_BACKOFF_SECONDS = 8.0

Time = Union[str, datetime]
"""ISO 8601 with `Z`, or a datetime with a time zone."""


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: Mapping[str, Any]
    body: Optional[Mapping[str, Any]] = None
    idempotency_key: Optional[str] = None
    """Of a write."""


def to_path(template: str, *ids: str) -> str:
    """Fills each `{}` with an id, percent-encoded. Raises InvalidArgument for what would name another path."""
    for one in ids:
        if not isinstance(one, str) or one in ("", ".", ".."):
            raise InvalidArgument("An id has to be text, and neither empty nor dots.")
    try:
        return template.format(*(quote(one, safe="") for one in ids))
    except UnicodeEncodeError:
        raise InvalidArgument("An id cannot be sent in a URL.") from None


def to_idempotency_key(given: Any) -> str:
    key = str(uuid.uuid4() if given is None else given)
    require_header_value("Idempotency-Key", key)
    return key


def perform(settings: Settings, call: Call) -> Response:
    """Repeats what may pass by itself, with the same Idempotency-Key, within the time of the call.

    Raises the error of the last try.
    """
    deadline = Deadline(settings.timeout)
    request = _to_request(settings, call)
    attempt = 0
    while True:
        try:
            return _try_once(settings, call, request, deadline)
        except LayersError as error:
            error.idempotency_key = call.idempotency_key
            delay = _find_delay(settings, error, attempt, deadline)
            if delay is None:
                raise
            reason = f"{error.status} {error.code}" if isinstance(error, ApiError) else type(error).__name__
            settings.logger.warning(
                "%s %s: %s, trying again in %.1f s", call.method, call.path, reason, delay
            )
        attempt += 1
        _clock.sleep(delay)


def _to_request(settings: Settings, call: Call) -> HttpRequest:
    headers: Dict[str, str] = {
        "Accept": "application/json",
        "User-Agent": f"layers-partner-python/{__version__}",
        **settings.headers,
        "Authorization": f"Bearer {settings.api_key.reveal()}",
    }
    if call.idempotency_key is not None:
        headers["Idempotency-Key"] = call.idempotency_key
    body = None
    if call.body is not None:
        headers["Content-Type"] = "application/json"
        try:
            body = json.dumps(call.body, default=_to_json, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidArgument(f"The body cannot be sent as JSON ({type(error).__name__}).") from None
    query = _to_query(call.query)
    return HttpRequest(call.method, settings.base_url + call.path + (query and f"?{query}"), headers, body)


def _to_query(parameters: Mapping[str, Any]) -> str:
    pairs: List[Tuple[str, Any]] = []
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            pairs += [(f"{name}[{key}]", item) for key, item in cast(Mapping[str, Any], value).items()]
        elif value is not None:
            pairs.append((name, _to_json(value) if isinstance(value, datetime) else value))
    try:
        return urlencode(pairs)
    except UnicodeEncodeError:
        raise InvalidArgument("A filter cannot be sent in a URL.") from None


def _to_json(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} is no JSON")
    if value.utcoffset() is None:
        raise InvalidArgument("A datetime has to have a time zone.")
    return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _try_once(settings: Settings, call: Call, request: HttpRequest, deadline: Deadline) -> Response:
    remaining = deadline.remaining()
    if remaining <= 0:
        raise TimeoutError("The time for the call ran out.")
    began = _clock.monotonic()
    received = settings.transport(request, min(remaining, TRY_SECONDS))
    settings.logger.debug(
        "%s %s: %d in %.0f ms, %s",
        call.method,
        call.path,
        received.status,
        (_clock.monotonic() - began) * 1000,
        received.headers.get("X-Request-Id"),
    )
    content = _read_json(received)
    if not 200 <= received.status < 300:
        raise _to_error(received, content)
    if not isinstance(content, dict):
        raise ApiError("The answer is not from the API.", status=received.status)
    return Response(content, received.status, received.headers)


def _read_json(received: HttpResponse) -> Any:
    """None where the answer is no JSON and does not say that it is, or refuses for good. Raises ConnectionError for half an answer."""
    is_json = "json" in received.headers.get("Content-Type", "")
    if not is_json and received.body:
        return None
    try:
        return json.loads(received.body.decode())
    except (ValueError, RecursionError):
        if received.status < 300 or (is_json and received.body and received.status in PASSING_STATUSES):
            raise ConnectionError("The answer was cut short.") from None
        return None


def _to_error(received: HttpResponse, content: Any) -> ApiError:
    error = _to_object(_to_object(content).get("error"))
    code = error.get("code")
    code = code if isinstance(code, str) else None
    message = error.get("message")
    request_id = error.get("requestId")
    return ERRORS_BY_CODE.get(code or "", ApiError)(
        message if isinstance(message, str) else "The answer is not from the API.",
        status=received.status,
        code=code,
        request_id=request_id if isinstance(request_id, str) else received.headers.get("X-Request-Id"),
        details=_to_object(error.get("details")),
        retry_after=_read_retry_after(received.headers),
    )


def _to_object(value: Any) -> Dict[str, Any]:
    """Empty where it is none."""
    return cast(Dict[str, Any], value) if isinstance(value, dict) else {}


def _read_retry_after(headers: Headers) -> Optional[float]:
    """Seconds from now; a date is compared with the one of the answer, since our clock may be wrong."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", value):
        return float(value)
    until = _read_date(value)
    if until is None:
        return None
    now = _read_date(headers.get("Date", ""))
    return max(0.0, until - (_clock.wall() if now is None else now))


def _read_date(value: str) -> Optional[float]:
    try:
        return email.utils.parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _find_delay(settings: Settings, error: LayersError, attempt: int, deadline: Deadline) -> Optional[float]:
    """Seconds to wait before the next try; None where there is none."""
    if not error.retryable or attempt >= settings.max_retries:
        return None
    # Random from zero on ("full jitter"), so that clients which failed together do not come back together.
    jitter = random.uniform(0, min(MAX_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2**attempt))
    asked = error.retry_after if isinstance(error, ApiError) else None
    if asked is not None and asked > settings.max_retry_delay:
        return None
    delay = min((asked or 0.0) + jitter, settings.max_retry_delay)
    return delay if delay < deadline.remaining() else None
