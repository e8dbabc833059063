"""Secrets in URLs, and URLs that cannot be read."""

from urllib.parse import urlsplit

import pytest

from conformance.core import (
    Request,
    ResponseHead,
    redact,
    redact_url,
)
from tests.conformance.core.secret_samples import authorized, transcript


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h/p?token=a&seed=7", "https://h/p?token=[redacted]&seed=7"),
        ("https://h/p?seed=7&sig=a%2Fb&x=%20y+z", "https://h/p?seed=7&sig=[redacted]&x=%20y+z"),
        ("https://h/p?token=a=b", "https://h/p?token=[redacted]"),
        ("https://h/p?token=", "https://h/p?token=[redacted]"),
        ("https://h/p?token", "https://h/p?token"),
        ("https://h/p?api%5Fkey=a", "https://h/p?api%5Fkey=[redacted]"),
        ("https://h/p?token=a&token=b", "https://h/p?token=[redacted]&token=[redacted]"),
        ("https://h/p#access_token=a&x=1", "https://h/p#access_token=[redacted]&x=1"),
        ("https://me:pw@h:8000/p", "https://redacted@h:8000/p"),
        ("https://me@h/p", "https://redacted@h/p"),
        ("https://me:p@w@[::1]:80/p", "https://redacted@[::1]:80/p"),
        ("//me:pw@h/p", "//redacted@h/p"),
        ("/p?key=a", "/p?key=[redacted]"),
        ("?key=a", "?key=[redacted]"),
        ("https://h/p?a=1&&b", "https://h/p?a=1&&b"),
        ("https://h/p?", "https://h/p?"),
        ("", ""),
        ("http://[half", "[redacted]"),
    ],
)
def test_a_url_is_redacted(url: str, expected: str) -> None:
    """User information and secret parameters go; the rest stays to the letter."""
    assert redact_url(url) == expected


@pytest.mark.parametrize("url", ["https://me:pw@h:8000/p?key=a", "https://me:pw@[::1]:8000/p"])
def test_a_redacted_url_is_still_a_url(url: str) -> None:
    """Whoever asks a redacted URL for its host and port gets them."""
    before, after = urlsplit(url), urlsplit(redact_url(url))
    assert (after.hostname, after.port, after.path) == (before.hostname, before.port, before.path)


def test_an_unreadable_location_does_not_stop_us() -> None:
    """What the endpoint writes cannot make redaction raise."""
    head = ResponseHead(status=307, headers=(("Location", "http://[half/?token=abcdef"),))
    kept = redact(authorized(head=head))
    assert kept.head == ResponseHead(status=307, headers=(("Location", "[redacted]"),))


def test_an_unreadable_url_of_ours_does_not_stop_us() -> None:
    """A URL that could not be asked is kept as nothing."""
    assert redact(transcript(request=Request(method="POST", url="http://[half"))).request.url == "[redacted]"
