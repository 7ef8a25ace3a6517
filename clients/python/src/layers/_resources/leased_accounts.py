"""Leased accounts and the requests for them."""

from __future__ import annotations

import threading
from typing import Callable, List, Mapping, Optional, TypedDict, cast

from .._call import Time, to_path
from .._options import ReadOptions, WriteOptions
from .._pages import Page
from .._typing import Unpack
from ..answers import LeasedAccount, LeaseRequest, LeaseRequestReceipt, Note, Release
from ._core import Resource
from ._waiting import wait_until_final


class _RequiredNiche(TypedDict):
    vertical: str


class Niche(_RequiredNiche, total=False):
    audience: str
    language: str
    """BCP 47, as `en` or `pt-BR`."""
    geo: List[str]
    """ISO 3166-1 alpha-2, as `US`."""


class LeasedAccounts(Resource):
    def request(
        self,
        *,
        project_id: str,
        count: int,
        niche: Niche,
        target: Optional[str] = None,
        note: Optional[str] = None,
        metadata: Optional[Mapping[str, str]] = None,
        request_id: Optional[str] = None,
        **options: Unpack[WriteOptions],
    ) -> LeaseRequestReceipt:
        """Asks for `count` accounts. Raises BillingExhausted where the wallet would not cover one of them.

        @param request_id of your own; the same one again gives the first answer, whatever the Idempotency-Key
        """
        body = {
            "projectId": project_id,
            "count": count,
            "niche": niche,
            "target": target,
            "note": note,
            "metadata": metadata,
            "requestId": request_id,
        }
        path = to_path("/v1/projects/{}/leased-accounts/request", project_id)
        return cast(LeaseRequestReceipt, self._core.write("POST", path, options, body))

    def get_request(
        self, request_id: str, *, project_id: Optional[str] = None, **options: Unpack[ReadOptions]
    ) -> LeaseRequest:
        """@param project_id NotFound for a request of another project"""
        return cast(LeaseRequest, self._core.read(_to_request_path(project_id, request_id), options))

    def get_lease_request(self, request_id: str, **options: Unpack[ReadOptions]) -> LeaseRequest:
        """The request, of whichever project it is."""
        return self.get_request(request_id, **options)

    def list_requests(
        self,
        *,
        project_id: Optional[str] = None,
        status: Optional[str] = None,
        updated_since: Optional[Time] = None,
        metadata: Optional[Mapping[str, str]] = None,
        order: Optional[str] = None,
        cursor: Optional[str] = None,
        limit: Optional[int] = None,
        **options: Unpack[ReadOptions],
    ) -> Page[LeaseRequest]:
        """Newest first; `order="updatedAt"` the oldest change first.

        @param updated_since `page["asOf"]` of the first page of the walk before
        @param metadata one pair that the requests hold
        """
        query = {
            "status": status,
            "updatedSince": updated_since,
            "metadata": metadata,
            "order": order,
            "cursor": cursor,
            "limit": limit,
        }
        path = _to_list_path(project_id, "leased-accounts/requests")
        return cast("Page[LeaseRequest]", self._core.list(path, options, query))

    def list(
        self,
        *,
        project_id: Optional[str] = None,
        status: Optional[str] = None,
        cursor: Optional[str] = None,
        limit: Optional[int] = None,
        **options: Unpack[ReadOptions],
    ) -> Page[LeasedAccount]:
        """Newest assigned first. @param status `assigned` (the default) or `disconnected`"""
        query = {"status": status, "cursor": cursor, "limit": limit}
        path = _to_list_path(project_id, "leased-accounts")
        return cast("Page[LeasedAccount]", self._core.list(path, options, query))

    def release(
        self, social_account_id: str, *, reason: Optional[str] = None, **options: Unpack[WriteOptions]
    ) -> Release:
        """Gives the account back at once; nothing is refunded. Raises NotFound once it is released."""
        path = to_path("/v1/leased-accounts/{}", social_account_id)
        return cast(Release, self._core.write("DELETE", path, options, _to_reason(reason)))

    def add_note(
        self, request_id: str, *, body: str, project_id: Optional[str] = None, **options: Unpack[WriteOptions]
    ) -> Note:
        """Tells staff something about an open request. Raises Conflict for a final one."""
        path = f"{_to_request_path(project_id, request_id)}/notes"
        return cast(Note, self._core.write("POST", path, options, {"body": body}))

    def cancel(
        self,
        request_id: str,
        *,
        reason: Optional[str] = None,
        project_id: Optional[str] = None,
        **options: Unpack[WriteOptions],
    ) -> LeaseRequest:
        """What is assigned already stays leased. Raises Conflict for a request that is final."""
        path = f"{_to_request_path(project_id, request_id)}/cancel"
        return cast(LeaseRequest, self._core.write("POST", path, options, _to_reason(reason)))

    def wait_for_request(
        self,
        request_id: str,
        *,
        project_id: Optional[str] = None,
        on_progress: Optional[Callable[[LeaseRequest], object]] = None,
        timeout: Optional[float] = None,
        cancel: Optional[threading.Event] = None,
    ) -> LeaseRequest:
        """Polls until the request is `assigned`, `partial` or `rejected`: after 5 s, then ever slower, up to 5 minutes.

        Goes on where a poll cannot be answered for a while. Raises TimeoutError, or Cancelled once `cancel` is set.

        @param on_progress called with the request when it is first read and whenever it has changed
        @param timeout seconds; without it, for as long as it takes
        """
        path = _to_request_path(project_id, request_id)
        return cast(LeaseRequest, wait_until_final(self._core, path, on_progress, timeout, cancel))


def _to_list_path(project_id: Optional[str], rest: str) -> str:
    return f"/v1/{rest}" if project_id is None else to_path(f"/v1/projects/{{}}/{rest}", project_id)


def _to_request_path(project_id: Optional[str], request_id: str) -> str:
    return f"{_to_list_path(project_id, 'leased-accounts/requests')}{to_path('/{}', request_id)}"


def _to_reason(reason: Optional[str]) -> Optional[Mapping[str, str]]:
    return None if reason is None else {"reason": reason}
