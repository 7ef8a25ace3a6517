"""HTTP requests and responses, and what carries them."""

from dataclasses import dataclass, field
from typing import Callable, Dict, Iterable, Iterator, Mapping, Optional, Tuple


class Headers(Mapping[str, str]):
    """Names in any case; a header that came several times is joined by commas."""

    def __init__(self, pairs: Iterable[Tuple[str, str]] = ()) -> None:
        self._values: Dict[str, str] = {}
        for name, value in pairs:
            known = self._values.get(name.lower())
            self._values[name.lower()] = value if known is None else f"{known}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"


@dataclass(frozen=True)
class HttpRequest:
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    """With the key in `Authorization`."""
    body: Optional[bytes] = field(default=None, repr=False)


@dataclass(frozen=True)
class HttpResponse:
    status: int
    headers: Headers
    body: bytes = field(repr=False)


Transport = Callable[[HttpRequest, float], HttpResponse]
"""Sends a request and reads the whole response within so many seconds.

Raises `layers.ConnectionError` or `layers.TimeoutError`. It is called from several threads at once.
"""
