"""A page of metrics in Prometheus' text format, fetched within bounds."""

import socket
from urllib.parse import urlsplit

import gevent
from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPParseError

from load.errors import UsageError
from load.server_side.prometheus_text import values_of

__all__ = ["PageUnreadableError", "PrometheusPage"]

MAX_PAGE_BYTES = 4 * 1024 * 1024
MAX_SECONDS = 5.0


class PageUnreadableError(Exception):
    """The page did not come, or is none; the text says why."""


class PrometheusPage:
    """Where a server shows its metrics.

    Attributes:
        url: The page's address.
    """

    def __init__(self, url: str) -> None:
        """Nothing is asked yet.

        Raises:
            UsageError: It is no URL that a GET can be sent to.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                f"{url!r} is not the address of a metrics page; expected one such as http://host:9090/metrics"
            )
        if parts.username is not None:
            raise UsageError("the address of the metrics page holds a user name or password; leave it out")
        self.url = url
        self._target = parts.path or "/"
        if parts.query:
            self._target += f"?{parts.query}"
        self._client = HTTPClient.from_url(
            url, connection_timeout=MAX_SECONDS, network_timeout=MAX_SECONDS, concurrency=1
        )

    def values(self) -> tuple[tuple[str, float], ...]:
        """Ask once; no credential is sent, and no redirect is followed.

        Raises:
            PageUnreadableError: It did not come within five seconds and four megabytes, or is no such page.
        """
        try:
            with gevent.Timeout(MAX_SECONDS):
                return values_of(self._text())
        except gevent.Timeout as error:
            raise PageUnreadableError(f"no answer within {MAX_SECONDS:g} s") from error
        except (OSError, HTTPParseError, socket.gaierror) as error:
            raise PageUnreadableError(str(error) or type(error).__name__) from error
        except ValueError as error:
            raise PageUnreadableError(f"not in Prometheus' text format: {error}") from error

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _text(self) -> str:
        response = self._client.get(self._target, headers={"Accept": "text/plain", "Accept-Encoding": "identity"})
        try:
            if response.status_code != 200:
                raise PageUnreadableError(f"the answer is {response.status_code}")
            data = response.read(MAX_PAGE_BYTES + 1)
            if len(data) > MAX_PAGE_BYTES:
                raise PageUnreadableError(f"the page is larger than {MAX_PAGE_BYTES} bytes")
            return bytes(data).decode("utf-8")
        finally:
            response.release()
