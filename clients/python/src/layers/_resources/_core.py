"""What every method does with its arguments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping, Optional

from .._call import Call, perform, to_idempotency_key
from .._options import Settings
from .._pages import Page
from .._response import Response


class Core:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def read(self, path: str, options: Mapping[str, Any], query: Optional[Mapping[str, Any]] = None) -> Any:
        return self.unwrap(self.fetch(path, options, query or {}))

    def write(
        self, method: str, path: str, options: Mapping[str, Any], body: Optional[Mapping[str, Any]] = None
    ) -> Any:
        """@param body of which what is None is left out"""
        rest = dict(options)
        key = to_idempotency_key(rest.pop("idempotency_key", None))
        sent = None if body is None else without_none(body)
        return self.unwrap(perform(self.settings.for_call(rest), Call(method, path, {}, sent, key)))

    def list(
        self, path: str, options: Mapping[str, Any], query: Mapping[str, Any], cursor_name: str = "cursor"
    ) -> Any:
        return self.unwrap(self._fetch_page(path, options, query, cursor_name))

    def fetch(self, path: str, options: Mapping[str, Any], query: Mapping[str, Any]) -> Response:
        return perform(self.settings.for_call(options), Call("GET", path, query))

    def unwrap(self, response: Response) -> Any:
        return response if self.settings.with_response else response.data

    def _fetch_page(
        self, path: str, options: Mapping[str, Any], query: Mapping[str, Any], cursor_name: str
    ) -> Response:
        def fetch_next(cursor: str) -> Page[Any]:
            page: Page[Any] = self._fetch_page(path, options, {**query, cursor_name: cursor}, cursor_name).data
            return page

        response = self.fetch(path, options, query)
        return replace(response, data=Page(response.data, fetch_next))


def without_none(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


class Resource:
    def __init__(self, core: Core) -> None:
        self._core = core
