"""Which release of a client a reading stands for, and whether that one was compared with the client itself."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

from conformance.clients.survey import Client

__all__ = ["ClientVersion", "client_version"]

# fal's Python client is read with the installed library; the others are models.
_INSTALLED = {"fal_client": ("fal-client", "httpx-sse")}
_MODELS = {"fal-js": "@fal-ai/client", "openai-python": "openai"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientVersion:
    """Which release a reading stands for.

    Attributes:
        text: In words.
        unproven: What is newer or older than every release that was compared, in words; empty for nothing.
    """

    text: str
    unproven: str = ""


@cache
def client_version(client: Client) -> ClientVersion:
    """The releases behind a client of the survey."""
    name = client.name
    if client.version:
        return ClientVersion(text=client.version)
    if name in _MODELS:
        package = _MODELS[name]
        return ClientVersion(text=f"model of {package} {_proven()[package][-1]}")
    if name not in _INSTALLED:
        return ClientVersion(text="the standards")
    found = {package: _version(package) for package in _INSTALLED[name]}
    named = [f"{package} {number}" for package, number in found.items() if number is not None]
    unproven = [
        f"{package} {number} was never compared, only {', '.join(_proven()[package])}"
        for package, number in found.items()
        if number is not None and number not in _proven()[package]
    ]
    return ClientVersion(text=", ".join(named), unproven="; ".join(unproven))


@cache
def _proven() -> dict[str, list[str]]:
    proven: dict[str, list[str]] = tomllib.loads((files("conformance.clients") / "proven.toml").read_text("utf-8"))
    return proven


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
