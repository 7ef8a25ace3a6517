"""Verifies that a webhook is from Layers."""

import hashlib
import hmac
import json
import re
from typing import Any, Iterable, Mapping, Optional, Sequence, Tuple, Union, cast

from . import _clock
from .answers import Event
from ._errors import InvalidArgument, WebhookVerificationError

SIGNATURE_HEADER = "x-layers-signature"


def verify_webhook(
    raw_body: Union[bytes, str],
    headers: Union[Mapping[str, Any], Iterable[Tuple[str, Any]]],
    secrets: Union[str, Sequence[str]],
    tolerance_seconds: float = 300,
) -> Event:
    """The event of a webhook, once its signature by one of the secrets and its time are right.

    Give the body byte for byte as it came, not parsed and written again, and during a rotation both secrets.
    Raises WebhookVerificationError; answer such a call with 400. Raises InvalidArgument, which is a TypeError too, for what
    is no raw body, headers or secrets.
    """
    keys = _to_keys(secrets)
    if isinstance(raw_body, str):
        body = raw_body.encode()
    elif isinstance(raw_body, (bytes, bytearray, memoryview)):
        body = bytes(raw_body)
    else:
        raise InvalidArgument(
            f"raw_body has to be the bytes of the body as they came, not a {type(raw_body).__name__} that was made of it:"
            " the signature is of those bytes."
        )
    sent_at, signatures = _read_signature(_find_signature(headers))
    if not abs(_clock.wall() - int(sent_at)) <= tolerance_seconds:
        raise WebhookVerificationError("The webhook was signed too long ago, or the clock of this machine is wrong.")
    signed = sent_at.encode() + b"." + body
    expected = [hmac.new(key, signed, hashlib.sha256).hexdigest().encode() for key in keys]
    # Every pair is compared, so that the time tells nothing.
    matches = [hmac.compare_digest(given, own) for given in signatures for own in expected]
    if not any(matches):
        raise WebhookVerificationError("The signature of the webhook does not match.")
    try:
        event = json.loads(body.decode())
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise WebhookVerificationError("The body of the webhook is not an event.")
    return cast(Event, event)


def _to_keys(secrets: Union[str, Sequence[str]]) -> Sequence[bytes]:
    given = [secrets] if isinstance(secrets, str) else list(secrets or [])
    # With an empty secret anybody could sign.
    if not given or not all(isinstance(secret, str) and secret for secret in given):
        raise InvalidArgument("secrets has to be the signing secret of the endpoint, or several.")
    return [secret.encode() for secret in given]


def _find_signature(headers: Union[Mapping[str, Any], Iterable[Tuple[str, Any]]]) -> str:
    # The headers of some frameworks have the methods of a mapping without being one.
    items = getattr(headers, "items", None)
    if items is None and not isinstance(headers, Iterable):
        raise InvalidArgument("headers has to be the headers of the webhook.")
    pairs = cast(Iterable[Tuple[Any, Any]], items() if items else headers)
    found = [_to_text(value) for name, value in pairs if _to_text(name).lower().replace("_", "-") in _SPELLINGS]
    if len(found) != 1:
        raise WebhookVerificationError(f"The webhook has {len(found)} headers X-Layers-Signature instead of one.")
    return found[0]


_SPELLINGS = (SIGNATURE_HEADER, f"http-{SIGNATURE_HEADER}")
"""The second as WSGI's environ has it."""


def _to_text(value: Any) -> str:
    """ASGI has headers as bytes."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _read_signature(header: str) -> Tuple[str, Sequence[bytes]]:
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    sent_at: Optional[str] = times[0] if len(times) == 1 else None
    if sent_at is None or not re.fullmatch("[0-9]{1,12}", sent_at):
        raise WebhookVerificationError("The signature of the webhook has no time.")
    return sent_at, [value.encode() for name, _, value in parts if name == "v1"]
