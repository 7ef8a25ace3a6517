"""`Unpack` for Python versions before 3.11 too, without a package: there it stands for the dict that is unpacked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Unpack
else:
    try:
        from typing import Unpack
    except ImportError:

        class Unpack:
            def __class_getitem__(cls, options: Any) -> Any:
                return options


__all__ = ["Unpack"]
