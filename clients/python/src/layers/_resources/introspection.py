"""What the organization has: projects, the wallet, the audit log, its calls."""

from __future__ import annotations

from typing import Optional, cast

from .._call import Time
from .._options import ReadOptions
from .._pages import Page
from .._typing import Unpack
from ..answers import ApiCall, AuditEvent, Project, Wallet, WalletTransaction
from ._core import Resource


class Projects(Resource):
    def list(
        self, *, cursor: Optional[str] = None, limit: Optional[int] = None, **options: Unpack[ReadOptions]
    ) -> Page[Project]:
        query = {"cursor": cursor, "limit": limit}
        return cast("Page[Project]", self._core.list("/v1/projects", options, query))


class WalletResource(Resource):
    def get(self, **options: Unpack[ReadOptions]) -> Wallet:
        """What it holds and will not cover, in cents."""
        return cast(Wallet, self._core.read("/v1/wallet", options))

    def transactions(
        self,
        *,
        kind: Optional[str] = None,
        project_id: Optional[str] = None,
        since: Optional[Time] = None,
        until: Optional[Time] = None,
        cursor: Optional[str] = None,
        limit: Optional[int] = None,
        **options: Unpack[ReadOptions],
    ) -> Page[WalletTransaction]:
        """Newest first. @param kind as `lease_charge` @param until inclusive"""
        query = {
            "kind": kind,
            "projectId": project_id,
            "since": since,
            "until": until,
            "cursor": cursor,
            "limit": limit,
        }
        return cast("Page[WalletTransaction]", self._core.list("/v1/wallet/transactions", options, query))


class AuditLog(Resource):
    def list(
        self,
        *,
        event_type: Optional[str] = None,
        project_id: Optional[str] = None,
        api_key_id: Optional[str] = None,
        since: Optional[Time] = None,
        until: Optional[Time] = None,
        cursor: Optional[str] = None,
        limit: Optional[int] = None,
        **options: Unpack[ReadOptions],
    ) -> Page[AuditEvent]:
        """Newest first. To read on later, give `page["completeUntil"]` of the first page as `since`."""
        query = {
            "eventType": event_type,
            "projectId": project_id,
            "apiKeyId": api_key_id,
            "since": since,
            "until": until,
            "cursor": cursor,
            "limit": limit,
        }
        return cast("Page[AuditEvent]", self._core.list("/v1/audit-log", options, query))


class Calls(Resource):
    def list(
        self,
        *,
        api_key_id: Optional[str] = None,
        status: Optional[int] = None,
        code: Optional[str] = None,
        since: Optional[Time] = None,
        until: Optional[Time] = None,
        cursor: Optional[str] = None,
        limit: Optional[int] = None,
        **options: Unpack[ReadOptions],
    ) -> Page[ApiCall]:
        """The calls of the last 7 days, newest first. @param status of HTTP"""
        query = {
            "apiKeyId": api_key_id,
            "status": status,
            "code": code,
            "since": since,
            "until": until,
            "cursor": cursor,
            "limit": limit,
        }
        return cast("Page[ApiCall]", self._core.list("/v1/calls", options, query))
