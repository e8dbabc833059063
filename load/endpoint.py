"""Which URL gets the load, and whether it may see ``FAL_KEY``."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from load.errors import EndpointError

__all__ = ["DEFAULT_PATH", "DEFAULT_WAIT_SECONDS", "Endpoint"]

DEFAULT_PATH = "/stream"
DEFAULT_WAIT_SECONDS = 120.0
"""How long an endpoint may keep silent: one that scales to zero loads its model for a minute or two."""

_FAL_ID = re.compile(r"[A-Za-z0-9][\w-]*(/[\w.-]+)+")
# Stricter than URLs are: a host that two parsers could read differently must not decide who gets the key.
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?|[0-9a-f:.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where the POST goes, in the two parts that Locust wants.

    Attributes:
        origin: Scheme, host and port: ``https://fal.run``. Locust calls this the host.
        path: Path and query: ``/owner/app/stream``.
    """

    origin: str
    path: str

    @classmethod
    def parse(cls, text: str, *, path: str | None = None) -> "Endpoint":
        """Read a URL, or a fal id ``owner/app``, which means ``https://fal.run/owner/app/stream``.

        Args:
            text: The URL or id. A URL without a path gets ``/stream``.
            path: Used in place of the text's own path.

        Raises:
            EndpointError: The text names no endpoint; its text says which forms do.
        """
        if _FAL_ID.fullmatch(text):
            text = f"https://fal.run/{text}{DEFAULT_PATH}"
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError as error:
            raise _not_an_endpoint(text, str(error)) from error
        if parts.scheme not in ("http", "https"):
            raise _not_an_endpoint(text, "it has no http or https scheme")
        if parts.username is not None:
            raise EndpointError("the endpoint's URL holds a user name or password; leave it out")
        host = parts.hostname or ""
        if not _HOST.fullmatch(host):
            raise _not_an_endpoint(text, f"its host is {host!r}")
        bracketed = f"[{host}]" if ":" in host else host
        own_path = parts.path if parts.path not in ("", "/") else DEFAULT_PATH
        own_query = f"?{parts.query}" if parts.query else ""
        return cls(
            origin=f"{parts.scheme}://{bracketed}" + ("" if port is None else f":{port}"),
            path=_with_slash(path) if path else own_path + own_query,
        )

    @property
    def url(self) -> str:
        """The whole URL."""
        return self.origin + self.path

    @property
    def is_loopback(self) -> bool:
        """Whether the URL names this machine by its loopback address."""
        host = urlsplit(self.origin).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def may_see_fal_key(self) -> bool:
        """Whether this is a fal host, reached over TLS: ``fal.run``, ``*.fal.run`` or ``*.fal.ai``."""
        parts = urlsplit(self.origin)
        host = parts.hostname or ""
        return parts.scheme == "https" and (host == "fal.run" or host.endswith((".fal.run", ".fal.ai")))


def _with_slash(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _not_an_endpoint(text: str, reason: str) -> EndpointError:
    return EndpointError(
        f"{text!r} is not an endpoint: {reason}. Expected a URL such as 'http://127.0.0.1:8000/stream', "
        "or a fal id such as 'owner/app'"
    )
