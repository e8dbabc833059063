"""How an endpoint is told to send previews, more of them, or none."""

from collections.abc import Mapping
from typing import Any

from load.errors import PayloadError

__all__ = ["DEFAULT_PREVIEW_PAYLOADS", "OFF", "preview_payloads"]

OFF = "off"
"""The way that the others are compared with."""

DEFAULT_PREVIEW_PAYLOADS = (
    '{"on": {}, "every step": {"preview_every_steps": 1, "min_preview_interval_seconds": 0}, '
    '"off": {"preview_every_steps": 100}}'
)
"""For the reference app: as it comes, all that it can, and none but that of the first step."""


def preview_payloads(value: Any) -> Mapping[str, Mapping[str, Any]]:
    """The ways by name, each with the fields that it changes.

    Raises:
        PayloadError: The value is not an object of two or more objects.
    """
    if not isinstance(value, dict) or not all(isinstance(fields, dict) for fields in value.values()):
        raise PayloadError(f"--preview-payloads is {value!r}, expected an object of objects, such as {{'off': {{}}}}")
    if len(value) < 2:
        raise PayloadError(f"--preview-payloads names {len(value)} ways, expected two or more to compare")
    return value
