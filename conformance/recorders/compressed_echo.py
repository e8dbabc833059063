"""A credential that comes back inside a compressed body.

Masking looks at bytes as they were sent, and cannot see into gzip. A body that holds a credential once its content
coding is removed is therefore kept without the coding, masked, and its Content-Encoding field with it.
"""

from collections.abc import Iterable
from dataclasses import replace

from conformance.core import ResponseHead, Transcript, redact
from conformance.stream.evidence import Evidence

__all__ = ["redact_all"]


def redact_all(transcript: Transcript, secrets: Iterable[str]) -> Transcript:
    """A copy of the transcript that holds none of the secrets, in whatever coding its body came."""
    known = tuple(secrets)
    plain = redact(transcript, known)
    evidence = Evidence(transcript)
    if evidence.stream is transcript or transcript.head is None:
        return plain
    uncoded = redact(replace(transcript, chunks=evidence.stream.chunks), known)
    if uncoded.masked_secrets == plain.masked_secrets or uncoded.head is None:
        return plain
    return replace(uncoded, head=_without_coding(uncoded.head))


def _without_coding(head: ResponseHead) -> ResponseHead:
    kept = tuple(pair for pair in head.headers if pair[0].lower() != "content-encoding")
    return replace(head, headers=kept)
