"""The credential for fal hosts, which is sent to them and to nobody else."""

import re
from collections.abc import Mapping

from load.endpoint import Endpoint
from load.errors import FalKeyError

__all__ = ["fal_key_for"]

_SENDABLE = re.compile(r"[!-~]+")


def fal_key_for(endpoint: Endpoint, environment: Mapping[str, str]) -> str | None:
    """What to send the endpoint as ``Authorization: Key …``, or None.

    Raises:
        FalKeyError: ``FAL_KEY`` cannot be sent in a header. The text does not show it, as the HTTP client's would.
    """
    key = environment.get("FAL_KEY", "").strip()
    if not key or not endpoint.may_see_fal_key:
        return None
    if not _SENDABLE.fullmatch(key):
        raise FalKeyError("FAL_KEY holds a space or another character that no header may carry")
    return key
