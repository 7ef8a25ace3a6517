"""The settings of a client and the options of one call."""

import logging
import re
from dataclasses import dataclass, field, replace
from typing import Any, Dict, Mapping, TypedDict
from urllib.parse import urlsplit

from ._errors import InvalidArgument
from ._http import Transport


class ReadOptions(TypedDict, total=False):
    """What every method takes as further keywords."""

    timeout: float
    """Seconds for the whole call, over all tries."""
    max_retries: int
    headers: Mapping[str, str]


class WriteOptions(ReadOptions, total=False):
    idempotency_key: str
    """A UUID or ULID; one is made for each write without it."""


class SecretKey:
    """A key that shows no secret where it is printed, logged or pickled by mistake."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not isinstance(text, str) or not re.fullmatch(r"[\x21-\x7e]+", text):
            raise InvalidArgument("The API key is not a whole one: it has no blanks and no other characters than a key has. Give the one that was shown to you.")
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        known = re.match(r"lp_[a-z]+_[0-9A-HJKMNP-TV-Z]{16}(?=_)", self._text)
        return f"{known.group() if known else ''}…"

    def __reduce__(self) -> Any:
        raise TypeError("An API key cannot be pickled.")


@dataclass(frozen=True)
class Settings:
    base_url: str
    api_key: SecretKey
    timeout: float
    max_retries: int
    max_retry_delay: float
    transport: Transport = field(repr=False)
    logger: logging.Logger = field(repr=False)
    headers: Mapping[str, str]
    with_response: bool = False

    def __post_init__(self) -> None:
        require_seconds("timeout", self.timeout)
        require_seconds("max_retry_delay", self.max_retry_delay)
        require_count("max_retries", self.max_retries)
        for name, value in self.headers.items():
            require_header(name, value)

    def for_call(self, options: Mapping[str, Any]) -> "Settings":
        changes: Dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        unknown = sorted(set(changes) - {"timeout", "max_retries", "headers"})
        if unknown:
            raise TypeError(f"unexpected keyword argument {unknown[0]!r}")
        if "headers" in changes:
            changes["headers"] = {**self.headers, **changes["headers"]}
        return replace(self, **changes)

    def without_response(self) -> "Settings":
        return replace(self, with_response=False)


def require_seconds(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise InvalidArgument(f"{name} has to be a number of seconds above 0.")


def require_count(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidArgument(f"{name} has to be a whole number of at least 0.")


RESERVED_HEADERS = frozenset(
    "authorization host connection content-length content-type transfer-encoding idempotency-key expect"
    " accept-encoding".split()
)


def require_header(name: Any, value: Any) -> None:
    """Raises InvalidArgument, which does not repeat the value."""
    if not isinstance(name, str) or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        raise InvalidArgument("The name of a header is not one.")
    if name.lower() in RESERVED_HEADERS:
        raise InvalidArgument(f"The header {name} is set by the client.")
    require_header_value(name, value)


def require_header_value(name: str, value: Any) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[\t\x20-\x7e\xa0-\xff]*", value):
        raise InvalidArgument(f"The value of {name} cannot be sent in a header.")


def to_base_url(text: str, logger: logging.Logger) -> str:
    """Without a slash at its end. Raises InvalidArgument."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except (ValueError, AttributeError):
        raise InvalidArgument("base_url is not a URL.") from None
    if parts.scheme not in ("https", "http") or not host or not re.fullmatch(r"[\x21-\x7e]+", text):
        raise InvalidArgument("base_url has to be an https:// or http:// URL.")
    if "@" in parts.netloc or parts.query or parts.fragment or "?" in text or "#" in text:
        raise InvalidArgument("base_url has to have neither credentials nor a query.")
    if re.search("/v1/*$", parts.path):
        raise InvalidArgument("base_url has to be without /v1.")
    if parts.scheme == "http" and not re.fullmatch(r"localhost|127\.[0-9.]+|::1", host):
        logger.warning("The key is sent to %s unencrypted: base_url is http://.", host)
    return text.rstrip("/")
