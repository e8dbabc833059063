"""Where envelopes are kept: the user's cache folder, one file a machine and reader."""

import json
import platform
import re
from pathlib import Path

from platformdirs import user_cache_path

from load.envelope import Envelope

__all__ = ["machine_name", "read_envelope", "write_envelope"]

_APPLICATION = "fal-stream-load"


def machine_name() -> str:
    """Operating system, architecture and name of this machine."""
    return f"{platform.system()} {platform.machine()} {platform.node()}".strip()


def read_envelope(reader: str) -> Envelope | None:
    """The envelope of this machine and reader, or None when there is none that can be read."""
    try:
        return Envelope.from_json(json.loads(_path(machine_name(), reader).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def write_envelope(envelope: Envelope) -> Path:
    """Keep an envelope in place of an older one, and return its file.

    Raises:
        OSError: It could not be written.
    """
    path = _path(envelope.machine, envelope.reader)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(envelope.as_json(), indent=2) + "\n", encoding="utf-8")
    return path


def _path(machine: str, reader: str) -> Path:
    name = re.sub(r"[^A-Za-z0-9]+", "-", f"{machine} {reader}").strip("-").lower()
    return user_cache_path(_APPLICATION) / f"envelope-{name}.json"
