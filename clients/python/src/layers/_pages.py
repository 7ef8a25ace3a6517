"""Lists, page by page."""

from typing import Any, Callable, Dict, Generic, Iterator, List, Mapping, Optional, TypeVar, cast

Item = TypeVar("Item")


class Page(Generic[Item]):
    """One page of a list. Iterating goes on over the pages after it, each of them fetched when it is reached.

    `page["nextCursor"]` and the other fields of the answer are read as of a mapping.
    """

    def __init__(self, data: Mapping[str, Any], fetch: Callable[[str], "Page[Item]"]) -> None:
        self.data: Dict[str, Any] = dict(data)
        self._fetch = fetch

    @property
    def items(self) -> List[Item]:
        """Those of this page alone."""
        return cast(List[Item], self.data.get("items", []))

    @property
    def next_cursor(self) -> Optional[str]:
        return cast(Optional[str], self.data.get("nextCursor"))

    @property
    def has_next_page(self) -> bool:
        # The cursor of events is never null.
        return self.next_cursor is not None and self.data.get("hasMore", True) is not False

    def next_page(self) -> Optional["Page[Item]"]:
        """None after the last one."""
        return self._fetch(cast(str, self.next_cursor)) if self.has_next_page else None

    def pages(self) -> Iterator["Page[Item]"]:
        """This page and those after it."""
        page: Optional[Page[Item]] = self
        while page is not None:
            yield page
            page = page.next_page()

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from page.items

    def __getitem__(self, field: str) -> Any:
        return self.data[field]

    def __repr__(self) -> str:
        return f"<Page of {len(self.items)} items, {'more follow' if self.has_next_page else 'the last one'}>"
