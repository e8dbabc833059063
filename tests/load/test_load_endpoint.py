"""Reading endpoints, and who may see the key."""

import pytest

from load.endpoint import Endpoint
from load.errors import EndpointError


@pytest.mark.parametrize(
    ("text", "origin", "path"),
    [
        ("http://127.0.0.1:8000/stream", "http://127.0.0.1:8000", "/stream"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", "/stream"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000", "/stream"),
        ("HTTP://[::1]:8000/a/b?c=d", "http://[::1]:8000", "/a/b?c=d"),
        ("fal-ai/flux/dev", "https://fal.run", "/fal-ai/flux/dev/stream"),
        ("owner/app", "https://fal.run", "/owner/app/stream"),
    ],
)
def test_an_endpoint_is_split_for_locust(text, origin, path):
    """A URL or a fal id becomes the origin and the path."""
    endpoint = Endpoint.parse(text)
    assert (endpoint.origin, endpoint.path, endpoint.url) == (origin, path, origin + path)


def test_a_path_of_its_own_replaces_that_of_the_url():
    """Locust's --stream-path wins over the path in --host."""
    assert Endpoint.parse("http://127.0.0.1/a", path="b").url == "http://127.0.0.1/b"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "app",
        "127.0.0.1:8000/stream",
        "ftp://fal.run/x",
        "http://",
        "http://a:99999/",
        "http://a b/",
        "http://[::1/",
    ],
)
def test_a_text_that_is_no_endpoint_is_answered_with_the_forms_that_are(text):
    """The error quotes the text and names a URL and a fal id as examples."""
    with pytest.raises(EndpointError, match=r"is not an endpoint: .*127\.0\.0\.1:8000/stream.*'owner/app'"):
        Endpoint.parse(text)


def test_credentials_in_a_url_are_refused_unquoted():
    """A password in the URL is neither used nor repeated."""
    with pytest.raises(EndpointError) as raised:
        Endpoint.parse("https://user:hunter2@fal.run/owner/app/stream")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    ["https://fal.run/a/stream", "https://gateway.fal.run/a", "https://queue.fal.ai/a", "owner/app"],
)
def test_fal_hosts_may_see_the_key(text):
    """fal.run, its subdomains and those of fal.ai get FAL_KEY, over TLS."""
    assert Endpoint.parse(text).may_see_fal_key


@pytest.mark.parametrize(
    "text",
    ["http://fal.run/a", "https://notfal.run/a", "https://fal.run.evil.example/a", "https://evil.example/fal.run"],
)
def test_other_hosts_may_not_see_the_key(text):
    """A host that merely resembles fal's, or one without TLS, never gets FAL_KEY."""
    assert not Endpoint.parse(text).may_see_fal_key


def test_a_host_that_parsers_read_differently_is_refused():
    """A backslash, which some parsers take for a slash, cannot smuggle a suffix into the host."""
    with pytest.raises(EndpointError):
        Endpoint.parse("https://evil.example\\.fal.run/a")
