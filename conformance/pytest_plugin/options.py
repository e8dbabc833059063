"""The options of a check: each of them on the command line, and under a like name in pytest's ini file.

``--stream-key-from`` is ``stream_key_from`` there, and a path is relative to the ini file. The command line wins.
Pytest loads this module in every run, so it imports nothing heavy.
"""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Options", "add_options"]


class _Kind(Enum):
    TEXT = auto()
    PATH = auto()
    TEXT_OR_FILE = auto()
    """Text, or ``@`` and a path."""
    NAME_OR_FILE = auto()
    """A name, or a path that ends with ``.toml``."""
    TEXTS = auto()
    """One or more of them: a line each in the ini file."""
    PATHS = auto()
    FLAG = auto()

    @property
    def may_repeat(self) -> bool:
        return self in (_Kind.TEXTS, _Kind.PATHS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    name: str
    metavar: str | None
    help: str
    kind: _Kind = _Kind.TEXT
    choices: tuple[str, ...] | None = None

    @property
    def ini_name(self) -> str:
        return f"stream_{self.name.replace('-', '_')}"

    @property
    def flag(self) -> str:
        # pytest owns --strict and --ignore, and its plugins own --profile; nobody owns --endpoint.
        return "--endpoint" if self.name == "endpoint" else f"--stream-{self.name}"


_OPTIONS = {
    option.name: option
    for option in (
        _Option(name="endpoint", metavar="URL", help="the /stream endpoint to check: an http(s) URL or owner/app"),
        _Option(name="path", metavar="PATH", help="the route of the stream in an app object (default: /stream)"),
        _Option(
            name="profile",
            metavar="NAME|FILE",
            kind=_Kind.NAME_OR_FILE,
            help="how the endpoint is judged (default: fal-image)",
        ),
        _Option(
            name="schema",
            metavar="FILE[#POINTER]",
            kind=_Kind.PATH,
            help="what every event must match: a JSON Schema or an OpenAPI document",
        ),
        _Option(name="payload", metavar="JSON|@FILE", kind=_Kind.TEXT_OR_FILE, help="input of the generation"),
        _Option(name="key-from", metavar="VARIABLE", help="send this environment variable as the key"),
        _Option(name="header", metavar="'NAME: VALUE'", kind=_Kind.TEXTS, help="a further request header"),
        _Option(name="select", metavar="IDS", help="only these rules or families, separated by commas"),
        _Option(name="ignore", metavar="IDS", help="all but these rules or families"),
        _Option(
            name="known-failures",
            metavar="FILE",
            kind=_Kind.PATH,
            help="rules that may fall short, with reason, owner and expiry",
        ),
        _Option(
            name="rules",
            metavar="SET",
            help="the rules that count, as they were then (default: latest); newer ones run unscored",
        ),
        _Option(
            name="failing-payload",
            metavar="JSON|@FILE",
            kind=_Kind.TEXT_OR_FILE,
            help="input that makes the model fail midway, for full depth",
        ),
        _Option(name="plain-url", metavar="URL|PATH", help="the route without a stream, for full depth"),
        _Option(
            name="cancel-url",
            metavar="URL|PATH",
            help="the route that cancels a stream by x-fal-request-id, for full depth",
        ),
        _Option(
            name="fetch-results",
            metavar=None,
            kind=_Kind.FLAG,
            help="fetch pictures behind http(s) URLs of the endpoint's host or fal's",
        ),
        _Option(name="fetch-from", metavar="HOST", kind=_Kind.TEXTS, help="fetch them from this host as well"),
        _Option(
            name="baseline",
            metavar="PATH",
            kind=_Kind.PATHS,
            help="compare times with these generations: a transcript, or a folder that --stream-save made",
        ),
        _Option(name="ca", metavar="FILE", kind=_Kind.PATH, help="trust these certificate authorities as well"),
        _Option(name="save", metavar="DIR", kind=_Kind.PATH, help="keep the transcripts in this folder"),
        _Option(name="depth", metavar=None, choices=("quick", "full"), help="how much to spend (default: quick)"),
        _Option(
            name="clients",
            metavar=None,
            choices=("model", "real"),
            help="let the real fal-js read the stream as well, where Node and @fal-ai/client are installed",
        ),
        _Option(name="repeat", metavar="K", help="record K generations (default: 1)"),
        _Option(name="warm-up", metavar=None, kind=_Kind.FLAG, help="run one generation first that is not judged"),
        _Option(name="strict", metavar=None, kind=_Kind.FLAG, help="SHOULD counts like MUST"),
    )
}


def add_options(parser: pytest.Parser) -> None:
    """Declare them to pytest."""
    group = parser.getgroup("fal stream conformance")
    for option in _OPTIONS.values():
        settings: dict[str, Any] = {"help": option.help, "default": None}
        ini: dict[str, Any] = {"help": option.help, "type": "string", "default": None}
        if option.kind is _Kind.FLAG:
            settings["action"] = "store_true"
            ini |= {"type": "bool", "default": False}
        elif option.choices is not None:
            settings["choices"] = option.choices
        else:
            settings["metavar"] = option.metavar
        if option.kind.may_repeat:
            settings["action"] = "append"
            ini |= {"help": f"{option.help}; one a line", "type": "linelist", "default": []}
        group.addoption(option.flag, **settings)
        parser.addini(option.ini_name, **ini)


class Options:
    """What a user asked for, on the command line or in the ini file."""

    def __init__(self, config: pytest.Config) -> None:
        """Nothing is read yet."""
        self._config = config
        self._folder = config.inipath.parent if config.inipath is not None else config.rootpath

    @property
    def typed_endpoint(self) -> str | None:
        """The endpoint of the command line alone, which wins over fixtures too."""
        endpoint: str | None = self._typed(_OPTIONS["endpoint"])
        return endpoint

    def text(self, name: str) -> str | None:
        """An option's text, or None.

        Raises:
            ValueError: It is not one of the option's choices; the text names them.
        """
        option = _OPTIONS[name]
        typed: str | None = self._typed(option)
        if typed is not None:
            return typed
        text: str | None = self._config.getini(option.ini_name) or None
        if text is not None and option.choices is not None and text not in option.choices:
            raise ValueError(f"{option.ini_name} is {text!r}, expected {' or '.join(option.choices)}")
        return self._anchored(text, option.kind) if text is not None else None

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of an option that may be repeated."""
        option = _OPTIONS[name]
        typed: list[str] | None = self._typed(option)
        if typed is not None:
            return tuple(typed)
        return tuple(self._anchored(text, option.kind) for text in self._config.getini(option.ini_name))

    def flag(self, name: str) -> bool:
        """Whether it is set."""
        option = _OPTIONS[name]
        return bool(self._typed(option) or self._config.getini(option.ini_name))

    def _typed(self, option: _Option) -> Any:
        return self._config.getoption(option.flag)

    def _anchored(self, text: str, kind: _Kind) -> str:
        is_path = kind in (_Kind.PATH, _Kind.PATHS) or (kind is _Kind.NAME_OR_FILE and text.endswith(".toml"))
        if kind is _Kind.TEXT_OR_FILE and text.startswith("@"):
            return f"@{self._folder / text[1:]}"
        return str(self._folder / Path(text)) if is_path else text
