"""A secret, and transcripts in which it could be found."""

import string

from hypothesis import strategies as st

from conformance.core import (
    Chunk,
    Ending,
    Request,
    ResponseHead,
    StreamEnd,
    Transcript,
    write_transcript,
)

SECRET = "Zq9-1f:sha/pe+of=a\"key'9qZ"  # noqa: S105 - made up
ALPHANUMERIC = string.ascii_letters + string.digits
URL = "https://example.test/stream"


def transcript(**changes: object) -> Transcript:
    parts: dict[str, object] = {
        "probe": "generation",
        "request": Request(method="POST", url=URL, headers=(("accept", "text/event-stream"),), body=b"{}"),
        "head": ResponseHead(status=200, headers=(("content-type", "text/event-stream"),)),
        "end": StreamEnd(ending=Ending.COMPLETE, at_ns=10),
    }
    return Transcript(**{**parts, **changes})  # type: ignore[arg-type]


def authorized(secret: str = SECRET, **changes: object) -> Transcript:
    return transcript(request=Request(method="POST", url=URL, headers=(("Authorization", f"Key {secret}"),)), **changes)


def echoed(*pieces: bytes, secret: str = SECRET) -> Transcript:
    return authorized(secret, chunks=tuple(Chunk(at_ns=at, data=data) for at, data in enumerate(pieces, 1)))


def everything_in(kept: Transcript) -> str:
    """What a person or a program could read in the file, escapes undone."""
    lines = list(write_transcript(kept))
    heads = [kept.head, *(hop.head for hop in kept.redirects)]
    headers = [*kept.request.headers, *(pair for head in heads if head for pair in head.headers)]
    texts = [kept.request.url, kept.end.detail, *(hop.url for hop in kept.redirects)]
    bodies = [kept.request.body.decode("utf-8", "replace"), kept.body.decode("utf-8", "replace")]
    return "\n".join([*lines, *map(": ".join, headers), *texts, *bodies])


inner_texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
# Beginning and end are unlike anything else in a transcript, so that finding them means finding the secret.
secrets = inner_texts.map(lambda text: f"Zq9{text}9qZ")
