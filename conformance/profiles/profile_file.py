"""Profiles as they are written, in TOML. Nothing here reads a file but the built-in ones: callers hand in text."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from conformance.catalogue import Basis
from conformance.clients.survey import CLIENTS
from conformance.core import ProfileError
from conformance.core.redaction import is_secret_name
from conformance.probing.endpoint import Method
from conformance.profiles.profile import Auth, Profile
from conformance.profiles.toml_table import TomlTable, parse_toml
from conformance.stream.bare_picture import Encoding
from conformance.stream.conventions import Conventions, DataKind, EndMarker, EventRole, FinalMarker
from conformance.stream.payload import Json
from conformance.stream.place import Place

__all__ = ["built_in_profiles", "load_profile", "parse_profile"]

_KEYS = ("summary", "extends", "method", "bases", "payload", "auth", "conventions", "rules", "not_applicable")
_AUTH_KEYS = ("scheme", "header", "required")
_CONVENTION_KEYS = (
    "data", "carries_pictures", "picture_names", "preview", "final", "encoding", "format_member", "final_marker",
    "end_marker", "event_names", "name_member", "ids_required", "clients",
)  # fmt: skip
# Of these, what a profile says is added to what it extends; the others are replaced whole.
_ADDED = ("auth", "conventions", "rules", "not_applicable")


def built_in_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the package."""
    folder = files("conformance.profiles")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name[-5:] == ".toml"))


def load_profile(name: str) -> Profile:
    """A built-in profile.

    Raises:
        ProfileError: There is none of that name; the text lists those there are.
    """
    return _profile(_built_in(name), name)


def parse_profile(text: str, *, name: str) -> Profile:
    """Read a profile from TOML.

    Raises:
        ProfileError: It is not TOML, extends an unknown one, has unknown keys, or a value of the wrong type.
    """
    return _profile(_whole(parse_toml(text, f"profile {name!r}"), name), name)


def _built_in(name: str) -> dict[str, Any]:
    if name not in built_in_profiles():
        raise ProfileError(f"unknown profile {name!r}: use {', '.join(built_in_profiles())}, or a path to a .toml file")
    text = (files("conformance.profiles") / f"{name}.toml").read_text("utf-8")
    return _whole(parse_toml(text, f"profile {name!r}"), name)


def _whole(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The document together with what it extends."""
    extended = TomlTable(document, f"profile {name!r}", _KEYS).text("extends")
    if extended is None:
        return document
    base = _built_in(extended)
    merged = {key: _added(base[key], document[key], key) for key in _ADDED if key in base and key in document}
    return {**base, **document, **merged}


def _added(base: dict[str, Any], table: Any, key: str) -> Any:
    if not isinstance(table, dict):
        return table  # refused where it is read
    if key == "rules":
        table = {id_: _added(base.get(id_, {}), options, "") for id_, options in table.items()}
    return {**base, **table}


def _profile(document: dict[str, Any], name: str) -> Profile:
    table = TomlTable(document, f"profile {name!r}", _KEYS)
    excluded = table.table("not_applicable")
    return Profile(
        name=name,
        summary=table.text("summary") or "",
        method=table.choice("method", Method.POST),
        payload=_payload(table),
        auth=_auth(table.table("auth", _AUTH_KEYS)),
        conventions=_conventions(table.table("conventions", _CONVENTION_KEYS)),
        bases=tuple(table.chosen("bases", word, Basis) for word in table.texts("bases")),
        options=table.table("rules").values,
        not_applicable={id_: excluded.text(id_) or "" for id_ in excluded.values},
    )


def _payload(table: TomlTable) -> Mapping[str, Json]:
    payload = table.table("payload").values
    try:
        json.dumps(payload, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise table.refusal("payload", f"values that JSON can hold ({error})") from error
    return payload


def _auth(table: TomlTable) -> Auth:
    header = table.text("header") or "Authorization"
    if not is_secret_name(header):
        # Its value would be written into transcripts.
        raise table.refusal("header", "a name that is known to hold a secret, such as Authorization or X-Api-Key")
    scheme = table.values.get("scheme", "Key")
    if not isinstance(scheme, str) or not all("!" <= character <= "~" for character in scheme):
        raise table.refusal("scheme", 'a word such as "Key" or "Bearer", "" for the key alone, or "none"')
    required = table.flag("required", False)
    if required and scheme == "none":
        raise table.refusal("required", 'false beside scheme = "none"')
    return Auth(scheme=None if scheme == "none" else scheme, header=header, is_required=required)


def _conventions(table: TomlTable) -> Conventions:
    defaults, roles = Conventions(), table.table("event_names")
    conventions = Conventions(
        data=table.choice("data", defaults.data),
        carries_pictures=table.flag("carries_pictures", True),
        picture_names=frozenset(table.texts("picture_names")) or defaults.picture_names,
        previews=_places(table, "preview"),
        finals=_places(table, "final"),
        encoding=table.choice("encoding", defaults.encoding),
        format_member=table.text("format_member"),
        final_marker=_final_marker(table),
        end_marker=_end_marker(table),
        event_roles={name: roles.chosen(name, word, EventRole) for name, word in roles.values.items()},
        name_member=table.text("name_member"),
        requires_ids=table.flag("ids_required", False),
        clients=_clients(table, defaults.clients),
    )
    if bool(conventions.previews) != bool(conventions.finals):
        raise table.refusal("final" if conventions.previews else "preview", "a list of paths beside the other one")
    if not conventions.previews and conventions.encoding is not Encoding.MEDIA_OBJECT:
        raise table.refusal("encoding", "'preview' and 'final' beside it: such pictures cannot be searched for")
    if conventions.data is DataKind.TEXT and conventions.final_marker is not None:
        raise table.refusal("final_marker", 'none beside data = "text", which has no members')
    return conventions


def _clients(table: TomlTable, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The clients that are named; without a word fal's own, which know neither text nor an end marker."""
    named = table.texts("clients")
    unknown = [name for name in named if name not in CLIENTS]
    if unknown:
        raise table.refusal("clients", f"names among {', '.join(CLIENTS)}")
    is_fals = table.values.get("data") != DataKind.TEXT.value and not table.values.get("end_marker")
    return named if "clients" in table.values or not is_fals else usual


def _places(table: TomlTable, key: str) -> tuple[Place, ...]:
    try:
        return tuple(Place(path) for path in table.texts(key))
    except ValueError as error:
        raise table.refusal(key, f"paths: {error}") from error


def _final_marker(table: TomlTable) -> FinalMarker | None:
    marker = table.table("final_marker", ("name", "value"))
    name = marker.text("name")
    if not marker.values:
        return None
    if name is None or "value" not in marker.values:
        raise table.refusal("final_marker", 'the form { name = "type", value = "final" }')
    return FinalMarker(name=name, value=marker.values["value"])


def _end_marker(table: TomlTable) -> EndMarker | None:
    marker = table.table("end_marker", ("data", "event", "required"))
    data, event = marker.text("data"), marker.text("event")
    if not marker.values:
        return None
    if data is None and event is None:
        raise table.refusal("end_marker", 'the form { data = "[DONE]" } or { event = "done" }')
    return EndMarker(data=data, event=event, is_required=marker.flag("required", True))
