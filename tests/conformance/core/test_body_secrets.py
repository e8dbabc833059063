"""Credentials within a request's body: found under telling names and in URLs, and nothing else is taken for one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.core import redact
from conformance.core.body_secrets import body_secrets, url_secrets
from conformance.core.redaction import is_secret_name
from conformance.core.transcript import Chunk, Ending, Request, ResponseHead, StreamEnd, Transcript

SECRET = "hf_Zq9aVf3Mx8jNiS2"  # noqa: S105 - made up


def found(value: Any) -> list[str]:
    return list(body_secrets(json.dumps(value).encode(), is_secret_name))


@pytest.mark.parametrize(
    "payload",
    [
        {"hf_token": SECRET},
        {"hfToken": SECRET},
        {"openaiApiKey": SECRET},
        {"password": SECRET},
        {"loras": [{"path": "a/b", "auth": {"api_key": SECRET}}]},
        {"access_tokens": ["", SECRET]},
        {"image_url": f"https://a.example/x.png?w=1&sig={SECRET}"},
        {"image_url": f"https://{SECRET}@a.example/x.png"},
    ],
    ids=json.dumps,
)
def test_credential_is_found(payload: dict[str, Any]) -> None:
    """By the name it stands under, at any depth, or by the name of a URL's parameter."""
    assert found(payload) == [SECRET]


@pytest.mark.parametrize(
    "payload",
    [
        {"prompt": "a red disc, token by token", "seed": 7},
        {"max_tokens": 100, "token": "sks", "key": "C# minor in four sharps"},
        {"session": None, "signature": True, "secrets": []},
        {"image_url": "https://a.example/x.png?w=1&h=2"},
        {"hf_token": "", "prompt": SECRET},
    ],
    ids=json.dumps,
)
def test_input_is_not_taken_for_a_credential(payload: dict[str, Any]) -> None:
    """Short words, sentences and numbers stay, whatever they are called, and so does what has another name."""
    assert found(payload) == []


def test_broken_json_is_searched_as_well() -> None:
    """Probes send bodies that are cut off on purpose."""
    body = b'{"api_key": "' + SECRET.encode() + b'", "prompt": "cut off he'
    assert list(body_secrets(body, is_secret_name)) == [SECRET]


@given(body=st.binary() | st.text(st.sampled_from('{}[]":\\u0d8 tokenabcdefgh/')).map(str.encode))
def test_any_body_can_be_searched(body: bytes) -> None:
    """Whatever is found can be masked: it is text that exists in UTF-8."""
    assert all(item.encode("utf-8", "surrogateescape") for item in body_secrets(body, is_secret_name))


@given(value=st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_document_can_be_searched(value: Any) -> None:
    """Lone surrogates, control characters and quotes within strings included."""
    assert all(isinstance(item, str) for item in found({"token": value}))


@given(url=st.text())
def test_any_text_can_be_searched_as_a_url(url: str) -> None:
    """What is no URL has no credential."""
    assert all(isinstance(item, str) for item in url_secrets(url, is_secret_name))


def test_echo_of_the_own_payload_is_masked() -> None:
    """In the request and in what came back, byte for byte, so that offsets stay true."""
    body = json.dumps({"prompt": "a red disc", "hf_token": SECRET}).encode()
    exchange = Transcript(
        probe="generation",
        request=Request(method="POST", url="https://example.test/stream", headers=(), body=body),
        head=ResponseHead(status=200, headers=()),
        chunks=(Chunk(at_ns=1, data=b"data: " + body[:40]), Chunk(at_ns=2, data=body[40:] + b"\n\n")),
        end=StreamEnd(ending=Ending.COMPLETE, at_ns=3),
    )
    kept = redact(exchange)
    assert SECRET.encode() not in kept.request.body + kept.body
    assert [len(chunk.data) for chunk in kept.chunks] == [len(chunk.data) for chunk in exchange.chunks]
    assert b"a red disc" in kept.body
