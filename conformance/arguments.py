"""Texts a user types, turned into values, or into one clear line about what is wrong with them."""

import json
import re
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

from conformance.core import Headers, UsageError
from conformance.probing.endpoint import is_fal_host
from conformance.profiles.profile import Auth, Profile
from conformance.profiles.profile_file import load_profile, parse_profile
from conformance.stream.payload import Json, parse_payload
from conformance.stream.schema import EventSchema, parse_event_schema

__all__ = [
    "STANDARD_OUTPUT",
    "check_authorities",
    "parse_headers",
    "parse_hosts",
    "parse_payload_argument",
    "parse_report_targets",
    "read_event_schema",
    "read_profile",
    "read_text",
]

STANDARD_OUTPUT = "-"
"""Where a report goes whose path is this."""

# A name, an IPv4 address, or an IPv6 address; a port, a path and a scheme are none.
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|[0-9a-f:.]*::?[0-9a-f:.]*")

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


def parse_headers(
    lines: Iterable[str], *, url: str, key_from: str | None, environment: Mapping[str, str], auth: Auth | None = None
) -> Headers:
    """Request headers from ``Name: value`` lines, and the key.

    ``FAL_KEY`` is sent as ``Authorization: Key …`` to fal's own hosts only; the variable that ``key_from``
    names is sent to any host. A header given by hand takes precedence.

    Args:
        lines: The headers given by hand.
        url: Where they are sent.
        key_from: The variable that holds the key, or None.
        environment: The environment's variables.
        auth: How the profile sends a key; as fal does by default.

    Raises:
        UsageError: A line is not a header, the named variable is not set, or a key is missing or not to be sent.
    """
    sent_as = auth or Auth()
    headers = tuple(_parse_header(line) for line in lines)
    if any(name.lower() in ("authorization", sent_as.header.lower()) for name, _ in headers):
        return headers
    key = _key(url, key_from, environment, sent_as)
    if key is None and sent_as.is_required:
        raise UsageError(
            "the profile says that a key is required: name the variable that holds it, --key-from VARIABLE"
        )
    return headers if key is None else (*headers, sent_as.header_for(key))


def _key(url: str, key_from: str | None, environment: Mapping[str, str], sent_as: Auth) -> str | None:
    if key_from is not None and sent_as.scheme is None:
        raise UsageError('--key-from names a key, and the profile sends none: its [auth] says scheme = "none"')
    key = environment.get(key_from, "").strip() if key_from is not None else ""
    if key_from is not None and not key:
        raise UsageError(f"the environment variable {key_from!r} named by --key-from is not set")
    if not key and is_fal_host(url) and (sent_as.scheme, sent_as.header) == (Auth().scheme, Auth().header):
        key = environment.get("FAL_KEY", "").strip()
    return key or None


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


def parse_hosts(texts: Iterable[str]) -> frozenset[str]:
    """Names of hosts, lower case.

    Raises:
        UsageError: One is something else, such as a URL.
    """
    hosts = set()
    for text in texts:
        host = text.strip().strip("[]").lower()
        if not _HOST.fullmatch(host):
            raise UsageError(f"--fetch-from is {text!r}, expected a host such as cdn.example.com")
        hosts.add(host)
    return frozenset(hosts)


def read_profile(name_or_path: str) -> Profile:
    """A built-in profile by name, or one from a ``.toml`` file.

    Raises:
        ProfileError: There is none of that name, or the file is not a profile.
        UsageError: The file cannot be read.
    """
    if name_or_path.endswith(".toml"):
        return parse_profile(read_text(name_or_path, "the profile"), name=Path(name_or_path).stem)
    return load_profile(name_or_path)


def read_event_schema(argument: str) -> EventSchema:
    """A schema from ``FILE``, or from a place within it, ``FILE#/POINTER``.

    Raises:
        UsageError: The file cannot be read, or holds no such schema.
    """
    path, mark, pointer = argument.partition("#/")
    text = read_text(path, "the schema")
    return parse_event_schema(text, name=f"the schema {path!r}", pointer=f"/{pointer}" if mark else "")


def parse_report_targets(texts: Iterable[str], formats: Iterable[str]) -> dict[str, str]:
    """``FORMAT=PATH`` pairs by format; the path ``-`` is standard output.

    Raises:
        UsageError: One is not such a pair, its format is unknown, or two of them are for standard output.
    """
    known = sorted(formats)
    targets: dict[str, str] = {}
    for text in texts:
        name, equals, path = text.partition("=")
        if not equals or not path or name not in known:
            raise UsageError(f"--report is {text!r}, expected FORMAT=PATH with one of {', '.join(known)}")
        targets[name] = path
    shown = [name for name, path in targets.items() if path == STANDARD_OUTPUT]
    if len(shown) > 1:
        raise UsageError(f"--report {'=- and '.join(shown)}=- would be mixed: standard output takes one of them")
    return targets
