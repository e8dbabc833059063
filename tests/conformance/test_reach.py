"""Where the checker lets itself be sent by an endpoint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.probing.reach import Reach

PUBLIC = Reach(endpoint_url="https://app.example.com/stream", endpoint_address="93.184.215.14")
LOCAL = Reach(endpoint_url="http://127.0.0.1:8000/stream", endpoint_address="127.0.0.1")
NAMED = Reach(endpoint_url=PUBLIC.endpoint_url, further_hosts=frozenset({"cdn.example.com", "::7"}))


@pytest.mark.parametrize(
    ("reach", "url"),
    [
        (PUBLIC, "https://app.example.com/files/1.png"),
        (PUBLIC, "http://APP.example.com:9000/1.png?signature=x"),
        (PUBLIC, "https://v3.fal.media/files/koala/1.png"),
        (PUBLIC, "https://fal.media/1.png"),
        (PUBLIC, "https://rest.fal.ai/1.png"),
        (NAMED, "https://cdn.example.com/1.png"),
        (NAMED, "http://[::7]:80/1.png"),
        (LOCAL, "http://localhost:9000/1.png"),
        (LOCAL, "http://[::1]/1.png"),
    ],
)
def test_hosts_within_reach(reach: Reach, url: str) -> None:
    """The endpoint's own host at any port, fal's, those the user named; loopback has three names."""
    assert reach.refusal(url) is None


@pytest.mark.parametrize(
    ("reach", "url"),
    [
        (PUBLIC, "http://169.254.169.254/latest/meta-data/"),
        (PUBLIC, "http://localhost:6379/"),
        (PUBLIC, "https://example.com/1.png"),
        (PUBLIC, "https://evil-fal.media/1.png"),
        (PUBLIC, "https://fal.media.evil.example/1.png"),
        (PUBLIC, "https://app.example.com@evil.example/1.png"),
        (PUBLIC, "http://rest.fal.ai.evil.example/"),
        (NAMED, "https://sub.cdn.example.com/1.png"),
        (LOCAL, "http://192.168.0.1/"),
    ],
)
def test_hosts_out_of_reach(reach: Reach, url: str) -> None:
    """Any other host is refused by name, with the option that would allow it."""
    assert "is neither the endpoint's host nor one of fal's (--fetch-from " in (reach.refusal(url) or "")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://app.example.com/1",
        "https://app.example.com:99999/",
        "https://app.example.com/ü",
        "https://app.example.com/a b",
        "https://app.example.com/\r\nX: y",
        "https://[",
        "https://app.example.com/" + "a" * 9000,
    ],
)
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    """Nothing that could garble a request line, and nothing but http."""
    assert "is no http(s) URL" in (PUBLIC.refusal(url) or "")


@pytest.mark.parametrize(
    ("endpoint_address", "address", "is_refused"),
    [
        ("93.184.215.14", "93.184.215.15", False),
        ("93.184.215.14", "127.0.0.1", True),
        ("93.184.215.14", "10.0.0.1", True),
        ("93.184.215.14", "100.64.0.1", True),
        ("93.184.215.14", "169.254.169.254", True),
        ("93.184.215.14", "::1", True),
        ("93.184.215.14", "::ffff:127.0.0.1", True),
        ("93.184.215.14", "fe80::1%eth0", True),
        ("127.0.0.1", "::1", False),
        ("127.0.0.1", "172.17.0.2", False),
        ("10.0.0.1", "169.254.169.254", True),
        ("10.0.0.1", "93.184.215.14", False),
        (None, "127.0.0.1", True),
    ],
)
def test_private_addresses_only_at_home(endpoint_address: str | None, address: str, is_refused: bool) -> None:
    """A name may lead anywhere; a private address is asked only where the endpoint has one too."""
    reach = Reach(endpoint_url="http://app.example.com/stream", endpoint_address=endpoint_address)
    refusal = reach.address_refusal("app.example.com", address)
    assert (refusal is not None) == is_refused
    assert refusal in (None, f"app.example.com is at the private address {address}, where the endpoint is not")


@given(st.ip_addresses())
def test_a_public_endpoint_never_sends_us_home(address: object) -> None:
    """Whatever is asked on behalf of a public endpoint is a public address."""
    assert (PUBLIC.address_refusal("host", str(address)) is None) == getattr(address, "is_global")  # noqa: B009


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    """No URL makes it fail, and no text without a scheme is let through."""
    assert "://" in text or PUBLIC.refusal(text) is not None
