"""Webhook endpoints and what was sent to them."""

from __future__ import annotations

from typing import Mapping, Optional, Sequence, cast

from .._call import Time, to_path
from .._options import ReadOptions, WriteOptions
from .._pages import Page
from .._typing import Unpack
from ..answers import (
    CreatedEndpoint,
    DeletedEndpoint,
    Delivery,
    RangeReceipt,
    ReplayReceipt,
    RotatedSecret,
    TestReceipt,
    WebhookEndpoint,
)
from ._core import Resource


class WebhookEndpoints(Resource):
    def create(
        self,
        *,
        url: str,
        events: Sequence[str],
        description: Optional[str] = None,
        project_id: Optional[str] = None,
        metadata: Optional[Mapping[str, str]] = None,
        scope: Optional[str] = None,
        **options: Unpack[WriteOptions],
    ) -> CreatedEndpoint:
        """The answer's `signingSecret` is shown this once; `verify_webhook` needs it."""
        body = {
            "url": url,
            "events": events,
            "description": description,
            "projectId": project_id,
            "metadata": metadata,
            "scope": scope,
        }
        return cast(CreatedEndpoint, self._core.write("POST", "/v1/webhook-endpoints", options, body))

    def list(
        self, *, cursor: Optional[str] = None, limit: Optional[int] = None, **options: Unpack[ReadOptions]
    ) -> Page[WebhookEndpoint]:
        query = {"cursor": cursor, "limit": limit}
        return cast("Page[WebhookEndpoint]", self._core.list("/v1/webhook-endpoints", options, query))

    def get(self, endpoint_id: str, **options: Unpack[ReadOptions]) -> WebhookEndpoint:
        return cast(WebhookEndpoint, self._core.read(_to_endpoint_path(endpoint_id), options))

    def update(
        self,
        endpoint_id: str,
        *,
        url: Optional[str] = None,
        events: Optional[Sequence[str]] = None,
        description: Optional[str] = None,
        metadata: Optional[Mapping[str, str]] = None,
        status: Optional[str] = None,
        **options: Unpack[WriteOptions],
    ) -> WebhookEndpoint:
        """Changes what is given. @param status `active` or `paused`"""
        body = {"url": url, "events": events, "description": description, "metadata": metadata, "status": status}
        return cast(
            WebhookEndpoint, self._core.write("PATCH", _to_endpoint_path(endpoint_id), options, body)
        )

    def delete(self, endpoint_id: str, **options: Unpack[WriteOptions]) -> DeletedEndpoint:
        return cast(DeletedEndpoint, self._core.write("DELETE", _to_endpoint_path(endpoint_id), options))

    def rotate_secret(self, endpoint_id: str, **options: Unpack[WriteOptions]) -> RotatedSecret:
        """Both secrets sign for 24 hours: give both to `verify_webhook` until then."""
        path = f"{_to_endpoint_path(endpoint_id)}/rotate-secret"
        return cast(RotatedSecret, self._core.write("POST", path, options))

    def test(self, endpoint_id: str, **options: Unpack[WriteOptions]) -> TestReceipt:
        """Sends a `test.ping`."""
        return cast(TestReceipt, self._core.write("POST", f"{_to_endpoint_path(endpoint_id)}/test", options))

    def deliveries(
        self,
        endpoint_id: str,
        *,
        event_type: Optional[str] = None,
        status: Optional[str] = None,
        cursor: Optional[str] = None,
        limit: Optional[int] = None,
        **options: Unpack[ReadOptions],
    ) -> Page[Delivery]:
        """Newest first, of the last 30 days."""
        query = {"eventType": event_type, "status": status, "cursor": cursor, "limit": limit}
        path = f"{_to_endpoint_path(endpoint_id)}/deliveries"
        return cast("Page[Delivery]", self._core.list(path, options, query))

    def replay(
        self, endpoint_id: str, *, since: Time, until: Time, **options: Unpack[WriteOptions]
    ) -> RangeReceipt:
        """Sends what was scheduled in that time again, `until` inclusive."""
        path = f"{_to_endpoint_path(endpoint_id)}/replay"
        return cast(RangeReceipt, self._core.write("POST", path, options, {"since": since, "until": until}))


class WebhookDeliveries(Resource):
    def replay(self, delivery_id: str, **options: Unpack[WriteOptions]) -> ReplayReceipt:
        """Sends it again, as an event with an id of its own."""
        path = to_path("/v1/webhook-deliveries/{}/replay", delivery_id)
        return cast(ReplayReceipt, self._core.write("POST", path, options))


def _to_endpoint_path(endpoint_id: str) -> str:
    return to_path("/v1/webhook-endpoints/{}", endpoint_id)
