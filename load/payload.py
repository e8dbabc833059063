"""The JSON that every stream of a run sends."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from load.errors import PayloadError

__all__ = ["DEFAULT_PAYLOAD", "absolute_payload", "payload_with", "read_payload"]

DEFAULT_PAYLOAD = '{"prompt": "a lighthouse at dusk"}'


def read_payload(text: str) -> Any:
    """The value that ``text`` means: JSON, or ``@FILE`` for JSON in a file.

    Raises:
        PayloadError: It is not JSON, or the file cannot be read.
    """
    where = "the payload"
    if text.startswith("@"):
        where = f"the payload file {text[1:]!r}"
        try:
            text = Path(text[1:]).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise PayloadError(f"{where} cannot be read: {error}") from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"{where} is not JSON: {error}") from error


def payload_with(payload: Any, overrides: Mapping[str, Any]) -> Any:
    """The payload with some of its fields replaced, or joined by others.

    Raises:
        PayloadError: The payload is no JSON object, so that it has no fields.
    """
    if not overrides:
        return payload
    if not isinstance(payload, dict):
        raise PayloadError(f"the payload is {json.dumps(payload)}, expected a JSON object whose fields can be replaced")
    return {**payload, **overrides}


def absolute_payload(text: str) -> str:
    """The same payload, spelled so that it means the same in another working directory."""
    return f"@{Path(text[1:]).absolute()}" if text.startswith("@") else text
