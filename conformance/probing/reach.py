"""Where requests may go whose address the endpoint chose, and not the user.

Whoever fetches what a stranger names can be sent to any server that he can reach himself (OWASP's "server-side request
forgery"): to a cloud's metadata service, or to a router. So only some hosts are asked, wherever a redirect leads, and
none at a private address unless the endpoint is at one too.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from conformance.core import redact_url
from conformance.probing.endpoint import is_fal_host

__all__ = ["Reach"]

# Where fal keeps the files of its apps; v3.fal.media today.
_FILE_HOST = "fal.media"
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_SHOWN_CHARACTERS = 80
_MOST_CHARACTERS = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be asked.

    Attributes:
        endpoint_url: The endpoint; its host may be asked, at any port.
        further_hosts: Hosts that the user named.
        endpoint_address: The IP address at which the endpoint answered; None where it is not known.
    """

    endpoint_url: str
    further_hosts: frozenset[str] = frozenset()
    endpoint_address: str | None = None

    def refusal(self, url: str) -> str | None:
        """Why a URL may not be asked, or None."""
        parts = _split(url)
        if parts is None:
            shown = redact_url(url)[:_SHOWN_CHARACTERS]
            return f"{shown!r} is no http(s) URL of up to {_MOST_CHARACTERS} ASCII characters"
        host = (parts.hostname or "").lower()
        is_fals = is_fal_host(url) or f".{host}".endswith(f".{_FILE_HOST}")
        if is_fals or host in self.further_hosts or _is_same(host, self._endpoint_host):
            return None
        shown = host[:_SHOWN_CHARACTERS]
        return f"{shown} is neither the endpoint's host nor one of fal's (--fetch-from {shown} allows it)"

    def address_refusal(self, host: str, address: str) -> str | None:
        """Why a host may not be asked at one of its IP addresses, or None."""
        asked = ip_address(address)
        if asked.is_global:
            return None
        endpoint = ip_address(self.endpoint_address) if self.endpoint_address is not None else None
        # The link-local range holds metadata services: being at home is no reason to be let in there.
        if endpoint is not None and not endpoint.is_global and endpoint.is_link_local == asked.is_link_local:
            return None
        return f"{host} is at the private address {address}, where the endpoint is not"

    @property
    def _endpoint_host(self) -> str:
        return (urlsplit(self.endpoint_url).hostname or "").lower()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        return None
    is_plain = len(url) <= _MOST_CHARACTERS and url.isascii() and not any(character.isspace() for character in url)
    return parts if is_valid and is_plain else None


def _is_same(host: str, other: str) -> bool:
    return host == other or {host, other} <= _LOOPBACK_NAMES
