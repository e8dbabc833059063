"""Texts a user types, turned into values, or into one clear line about what is wrong with them."""

import json
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

from conformance.core import Headers, UsageError
from conformance.endpoint import is_fal_host
from conformance.payload import Json, parse_payload
from conformance.selection import Profile, load_profile, parse_profile

__all__ = [
    "check_authorities",
    "parse_headers",
    "parse_payload_argument",
    "parse_report_targets",
    "read_profile",
    "read_text",
]

# A wrong one would garble our own request, and the endpoint would be blamed.
_FRAMING = frozenset({"content-length", "transfer-encoding"})


def read_text(path: str, what: str) -> str:
    """The text of a file.

    Raises:
        UsageError: It cannot be read, or is not UTF-8.
    """
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"{what} {path!r} cannot be read: {reason}") from error


def check_authorities(path: str) -> None:
    """Make sure that a file holds certificate authorities.

    Raises:
        UsageError: It cannot be read, or holds none.
    """
    read_text(path, "the file of certificate authorities")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError as error:
        raise UsageError(f"the file of certificate authorities {path!r} holds no certificate in PEM") from error


def parse_payload_argument(text: str) -> dict[str, Json]:
    """A payload given as JSON, or as ``@FILE``.

    Raises:
        UsageError: The file cannot be read, the text is not JSON or not an object.
    """
    is_file = text.startswith("@")
    document = read_text(text[1:], "the payload file") if is_file else text
    where = f"the payload file {text[1:]!r}" if is_file else "the payload"
    payload = parse_payload(document)
    if payload.error is not None:
        raise UsageError(f"{where} is not JSON: {payload.error} (at character {payload.error_position})")
    if not isinstance(payload.value, dict):
        raise UsageError(f"{where} is not a JSON object: {json.dumps(payload.value)[:60]}")
    return payload.value


def parse_headers(lines: Iterable[str], *, url: str, key_from: str | None, environment: Mapping[str, str]) -> Headers:
    """Request headers from ``Name: value`` lines, and the key.

    ``FAL_KEY`` is sent as ``Authorization: Key …`` to fal's own hosts only; the variable that ``key_from``
    names is sent to any host. A header given by hand takes precedence.

    Raises:
        UsageError: A line is not a header, or the named variable is not set.
    """
    headers = tuple(_parse_header(line) for line in lines)
    if any(name.lower() == "authorization" for name, _ in headers):
        return headers
    if key_from is not None and not environment.get(key_from):
        raise UsageError(f"the environment variable {key_from!r} named by --key-from is not set")
    key = environment.get(key_from) if key_from is not None else None
    if key is None and is_fal_host(url):
        key = environment.get("FAL_KEY")
    return (*headers, ("Authorization", f"Key {key.strip()}")) if key else headers


def _parse_header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    name, value = name.strip(), value.strip()
    if name.lower() in _FRAMING:
        raise UsageError(f"--header {name!r} cannot be given: it is written from the body that is sent")
    is_token = name.isascii() and bool(name) and all(c.isalnum() or c in "!#$%&'*+-.^_`|~" for c in name)
    # The value may be a credential, so it is not repeated.
    if not colon or not is_token or any(ord(c) < 0x20 or ord(c) == 0x7F or 0xD800 <= ord(c) < 0xE000 for c in value):
        raise UsageError("a --header is not of the form 'Name: value'" + (f": {name!r}" if is_token else ""))
    return name, value


def read_profile(name_or_path: str) -> Profile:
    """A built-in profile by name, or one from a ``.toml`` file.

    Raises:
        ProfileError: There is none of that name, or the file is not a profile.
        UsageError: The file cannot be read.
    """
    if name_or_path.endswith(".toml"):
        return parse_profile(read_text(name_or_path, "the profile"), name=Path(name_or_path).stem)
    return load_profile(name_or_path)


def parse_report_targets(texts: Iterable[str], formats: Iterable[str]) -> dict[str, str]:
    """``FORMAT=PATH`` pairs by format.

    Raises:
        UsageError: One is not such a pair, or its format is unknown.
    """
    known = sorted(formats)
    targets: dict[str, str] = {}
    for text in texts:
        name, equals, path = text.partition("=")
        if not equals or not path or name not in known:
            raise UsageError(f"--report is {text!r}, expected FORMAT=PATH with one of {', '.join(known)}")
        targets[name] = path
    return targets
