"""Client of the Layers partner API.

    from layers import Layers

    layers = Layers(api_key="lp_test_…", base_url="https://…")

Or, with `LAYERS_API_KEY` and `LAYERS_BASE_URL` in the environment, without an object: `import layers`, then
`layers.leased_accounts.request(…)`.
"""

import atexit
import logging
import threading
from typing import TYPE_CHECKING, Any, Optional

from ._client import Layers
from ._errors import (
    ApiError,
    BillingExhausted,
    Cancelled,
    Conflict,
    ConnectionError,
    ForbiddenScope,
    InternalError,
    InvalidArgument,
    KillSwitch,
    LayersError,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    TimeoutError,
    Unauthenticated,
    Unavailable,
    ValidationError,
    WebhookVerificationError,
)
from ._http import Headers, HttpRequest, HttpResponse, Transport
from ._pages import Page
from ._resources.leased_accounts import Niche
from ._response import RateLimit, Response
from ._version import __version__
from ._webhook_signatures import verify_webhook

__all__ = [
    "ApiError",
    "BillingExhausted",
    "Cancelled",
    "Conflict",
    "ConnectionError",
    "ForbiddenScope",
    "Headers",
    "HttpRequest",
    "HttpResponse",
    "InternalError",
    "InvalidArgument",
    "KillSwitch",
    "Layers",
    "LayersError",
    "MethodNotAllowed",
    "Niche",
    "NotFound",
    "Page",
    "PayloadTooLarge",
    "RateLimit",
    "RateLimited",
    "Response",
    "TimeoutError",
    "Transport",
    "Unauthenticated",
    "Unavailable",
    "ValidationError",
    "WebhookVerificationError",
    "__version__",
    "verify_webhook",
]

# Nothing is printed in a program that has not set up logging.
logging.getLogger("layers").addHandler(logging.NullHandler())

if TYPE_CHECKING:
    _typed = Layers()
    leased_accounts = _typed.leased_accounts
    projects = _typed.projects
    wallet = _typed.wallet
    events = _typed.events
    audit_log = _typed.audit_log
    calls = _typed.calls
    api_keys = _typed.api_keys
    webhook_endpoints = _typed.webhook_endpoints
    webhook_deliveries = _typed.webhook_deliveries
    sandbox = _typed.sandbox
    whoami = _typed.whoami
    with_options = _typed.with_options
    with_response = _typed.with_response

_OF_THE_CLIENT = frozenset(
    "leased_accounts projects wallet events audit_log calls api_keys webhook_endpoints webhook_deliveries sandbox"
    " whoami with_options with_response".split()
)
_lock = threading.Lock()
_default: Optional[Layers] = None


def __getattr__(name: str) -> Any:
    """The parts of a client of the environment's settings, which is made when the first of them is used."""
    if name not in _OF_THE_CLIENT:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    global _default
    with _lock:
        if _default is None:
            _default = Layers()
            atexit.register(_default.close)
    return getattr(_default, name)
