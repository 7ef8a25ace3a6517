"""The client."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from typing import Any, Mapping, Optional, cast

from ._errors import InvalidArgument
from ._http import Transport
from ._options import ReadOptions, SecretKey, Settings, to_base_url
from ._pool import ConnectionPool
from ._resources._core import Core
from ._resources.api_keys import ApiKeys, Sandbox
from ._resources.events import Events
from ._resources.introspection import AuditLog, Calls, Projects, WalletResource
from ._resources.leased_accounts import LeasedAccounts
from ._resources.webhooks import WebhookDeliveries, WebhookEndpoints
from ._typing import Unpack
from ._webhook_signatures import verify_webhook
from .answers import Whoami

DEFAULT_BASE_URL = "https://api.layers.com"


class Layers:
    """A client of the partner API. One can be shared by all threads; it keeps connections for the next call.

    @param api_key else the environment's `LAYERS_API_KEY`
    @param base_url of the service, without `/v1`; else the environment's `LAYERS_BASE_URL`, else `https://api.layers.com`
    @param timeout seconds for a call, over all its tries
    @param max_retries after the first try
    @param max_retry_delay seconds; an answer that asks to wait longer is raised at once
    @param logger else `logging.getLogger("layers")`; told of tries, never of bodies or keys
    @param transport in place of the network, for tests
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        base_url: Optional[str] = None,
        *,
        timeout: float = 60.0,
        max_retries: int = 8,
        max_retry_delay: float = 60.0,
        logger: Optional[logging.Logger] = None,
        transport: Optional[Transport] = None,
    ) -> None:
        key = api_key if api_key is not None else os.environ.get("LAYERS_API_KEY")
        url = base_url if base_url is not None else os.environ.get("LAYERS_BASE_URL") or DEFAULT_BASE_URL
        if not key:
            raise InvalidArgument("Give api_key or set LAYERS_API_KEY.")
        logger = logger or logging.getLogger("layers")
        self._use(
            Settings(
                base_url=to_base_url(url, logger),
                api_key=SecretKey(key),
                timeout=timeout,
                max_retries=max_retries,
                max_retry_delay=max_retry_delay,
                transport=transport or ConnectionPool(),
                logger=logger,
                headers={},
            )
        )

    def _use(self, settings: Settings) -> None:
        core = Core(settings)
        self._core = core
        self.leased_accounts = LeasedAccounts(core)
        self.projects = Projects(core)
        self.wallet = WalletResource(core)
        self.events = Events(core)
        self.audit_log = AuditLog(core)
        self.calls = Calls(core)
        self.api_keys = ApiKeys(core)
        self.webhook_endpoints = WebhookEndpoints(core)
        self.webhook_deliveries = WebhookDeliveries(core)
        self.sandbox = Sandbox(core)

    def whoami(self, **options: Unpack[ReadOptions]) -> Whoami:
        """The key and its organization."""
        return cast(Whoami, self._core.read("/v1/whoami", options))

    verify_webhook = staticmethod(verify_webhook)

    def with_options(
        self,
        *,
        api_key: Optional[str] = None,
        base_url: Optional[str] = None,
        logger: Optional[logging.Logger] = None,
        timeout: Optional[float] = None,
        max_retries: Optional[int] = None,
        max_retry_delay: Optional[float] = None,
        headers: Optional[Mapping[str, str]] = None,
    ) -> Layers:
        """A client that differs in what is given, over the same connections."""
        changes = {"timeout": timeout, "max_retries": max_retries, "max_retry_delay": max_retry_delay}
        known = {name: value for name, value in changes.items() if value is not None}
        settings = self._core.settings
        if api_key is not None:
            settings = replace(settings, api_key=SecretKey(api_key))
        if logger is not None:
            settings = replace(settings, logger=logger)
        if base_url is not None:
            settings = replace(settings, base_url=to_base_url(base_url, settings.logger))
        return self._with(replace(settings, **known, headers={**settings.headers, **(headers or {})}))

    @property
    def with_response(self) -> Any:
        """The same client, whose methods answer with a `Response`: `data`, `status`, `request_id`, `replayed`,
        `rate_limit` and `headers`."""
        return self._with(replace(self._core.settings, with_response=True))

    def _with(self, settings: Settings) -> Layers:
        client = object.__new__(type(self))
        client._use(settings)
        return client

    def close(self) -> None:
        """Closes the connections that are kept; a later call connects again."""
        close = getattr(self._core.settings.transport, "close", None)
        if close:
            close()

    def __enter__(self) -> Layers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        settings = self._core.settings
        return f"Layers(api_key={settings.api_key!r}, base_url={settings.base_url!r})"
