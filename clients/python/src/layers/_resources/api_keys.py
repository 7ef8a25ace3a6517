"""Keys of the organization, and the sandbox's clock."""

from __future__ import annotations

from typing import Mapping, Optional, cast

from .._call import Time, to_path
from .._options import WriteOptions
from .._typing import Unpack
from ..answers import KilledKey, RotatedKey, SandboxTime, SandboxTopUp
from ._core import Resource


class ApiKeys(Resource):
    def rotate(
        self, api_key_id: str, *, grace_seconds: Optional[int] = None, **options: Unpack[WriteOptions]
    ) -> RotatedKey:
        """Another secret for the key, shown this once; go on with `layers.with_options(api_key=answer["secret"])`.

        @param grace_seconds for which the secret before works too. Give one when a key rotates itself: without
            it a lost answer cannot be asked for again
        """
        body: Optional[Mapping[str, int]] = None if grace_seconds is None else {"graceSeconds": grace_seconds}
        path = to_path("/v1/api-keys/{}/rotate", api_key_id)
        return cast(RotatedKey, self._core.write("POST", path, options, body))

    def kill(self, api_key_id: str, **options: Unpack[WriteOptions]) -> KilledKey:
        """Switches a key off from its next call on; only staff of Layers can resume it."""
        return cast(KilledKey, self._core.write("POST", to_path("/v1/api-keys/{}/kill", api_key_id), options))


class Sandbox(Resource):
    def move_clock(self, *, to: Time, **options: Unpack[WriteOptions]) -> SandboxTime:
        """Moves the sandbox forward and does what falls due on the way. Test keys alone."""
        return cast(SandboxTime, self._core.write("POST", "/v1/sandbox/clock", options, {"to": to}))

    def top_up(self, *, amount_cents: int, **options: Unpack[WriteOptions]) -> SandboxTopUp:
        """Puts play money into the sandbox's wallet; what is past due is paid from it within seconds. Test keys alone."""
        return cast(SandboxTopUp, self._core.write("POST", "/v1/sandbox/top-up", options, {"amountCents": amount_cents}))
