"""Events to pull, which need no public address."""

from __future__ import annotations

import threading
from typing import Iterator, Optional, cast

from .. import _clock
from .._options import ReadOptions
from .._pages import Page
from .._typing import Unpack
from ..answers import Event
from ._core import Core, Resource


class Events(Resource):
    def list(
        self,
        *,
        type: Optional[str] = None,
        project_id: Optional[str] = None,
        after: Optional[str] = None,
        limit: Optional[int] = None,
        **options: Unpack[ReadOptions],
    ) -> Page[Event]:
        """Oldest first, of 30 days. `next_cursor` is never None: give it as `after` to read on later.

        @param after a cursor with the same filters, or the id of an event; `latest` gives an empty page whose `next_cursor`
            is the end to go on from
        """
        query = {"type": type, "projectId": project_id, "after": after, "limit": limit}
        return cast("Page[Event]", self._core.list("/v1/events", options, query, cursor_name="after"))

    def iterate(
        self,
        *,
        type: Optional[str] = None,
        project_id: Optional[str] = None,
        after: Optional[str] = None,
        limit: Optional[int] = None,
        follow: bool = False,
        poll_seconds: float = 5.0,
        cancel: Optional[threading.Event] = None,
        **options: Unpack[ReadOptions],
    ) -> Iterator[Event]:
        """Event by event, none twice. Store the `id` of the last one that you have handled and give it as `after`.

        @param after as for `list`; with `latest` and `follow` those to come alone
        @param limit of each page
        @param follow goes on with what happens later, asking every `poll_seconds`, until `cancel` is set
        """
        plain = Events(Core(self._core.settings.without_response()))
        while True:
            page = plain.list(type=type, project_id=project_id, after=after, limit=limit, **options)
            for event in page.items:
                if cancel is not None and cancel.is_set():
                    return
                yield event
            after = page.next_cursor
            if page.has_next_page:
                continue
            if not follow:
                return
            if cancel is None:
                _clock.sleep(poll_seconds)
            elif cancel.wait(poll_seconds):
                return
