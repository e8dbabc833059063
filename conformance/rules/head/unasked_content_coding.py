"""H13: a reader that accepts no content coding gets none."""

import zlib
from collections.abc import Iterator
from dataclasses import replace

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Headers, Transcript
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


def _compressed(coding: str, window_bits: int) -> Transcript:
    compress = zlib.compressobj(wbits=window_bits)
    pieces = [compress.compress(piece) + compress.flush(zlib.Z_SYNC_FLUSH) for piece in good_events()]
    pieces[-1] += compress.flush()
    return stream(*pieces, headers=(*SSE_HEADERS, ("content-encoding", coding)))


def _asked(transcript: Transcript, *headers: tuple[str, str]) -> Transcript:
    return replace(transcript, request=replace(transcript.request, headers=headers))


def _accepted(headers: Headers) -> str | None:
    values = [value for name, value in headers if name.lower() == "accept-encoding"]
    return ", ".join(values).strip().lower() if values else None


@rule(
    id="H13",
    name="unasked-content-coding",
    requirement="The body has no content coding when the request accepts only identity.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3",
    rationale="A request with `Accept-Encoding: identity` accepts the plain body alone, and RFC 9110 says that a "
    "server should then send it plain. A request without the field permits any coding, and where the user asked for "
    "one nothing is judged.",
    consequence="Plain readers such as curl and simple SSE libraries show binary rubbish instead of previews.",
    fix="Let the compressing middleware read Accept-Encoding, or exclude text/event-stream from it.",
    requires=("H01",),
    passes=lambda: (
        sample("plain", stream(*good_events())),
        sample("identity said aloud", stream(*good_events(), headers=(*SSE_HEADERS, ("content-encoding", "identity")))),
        sample("no Accept-Encoding permits anything", _asked(_compressed("gzip", 31))),
        sample("gzip was asked for", _asked(_compressed("gzip", 31), ("Accept-Encoding", "gzip, deflate"))),
    ),
    fails=lambda: (
        sample("always gzip", _compressed("gzip", 31)),
        sample("always deflate, in another case", _compressed("Deflate", 15)),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare the request's Accept-Encoding with the response's Content-Encoding."""
    accepted = _accepted(generation.transcript.request.headers)
    if accepted not in ("identity", ""):
        said = "it had no Accept-Encoding" if accepted is None else f"Accept-Encoding was {accepted!r}"
        raise NotApplicable(f"the request accepted more than identity: {said}")
    unasked = [coding for coding in generation.codings if coding != "identity"]
    if unasked:
        damage = f"; {generation.coding_error}" if generation.coding_error else ""
        yield generation.finding(
            f"Content-Encoding is {', '.join(unasked)!r} for a request that accepts {accepted!r}, expected none{damage}"
        )
