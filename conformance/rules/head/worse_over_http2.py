"""H19: the stream is the same over HTTP/2."""

from collections.abc import Iterator, Sequence

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.samples import SSE_HEADERS, event, good_events, stream
from conformance.signs.delivery import DeliveryOptions, held_back, is_cut
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_HEADERS = SSE_HEADERS[:-1]
_ENDS = {
    Ending.RESET: "the stream was reset instead of ended",
    Ending.TIMED_OUT: "no END_STREAM came",
    Ending.TRUNCATED: "the connection was closed before END_STREAM",
    Ending.PROTOCOL_ERROR: "what came was no HTTP/2",
}


def _over_http2(*pieces: bytes, **changes: object) -> Transcript:
    changed = {"headers": _HEADERS, "http_version": "HTTP/2", "probe": "http2_generation", **changes}
    return stream(*(pieces or good_events()), **changed)  # type: ignore[arg-type]


def _late_by_one() -> list[bytes]:
    tails = [piece[-100:] for piece in good_events()]
    heads = [piece[:-100] for piece in good_events()]
    return [late + early for late, early in zip([b"", *tails], [*heads, b""], strict=True)]


@rule(
    id="H19",
    name="worse-over-http2",
    requirement="Over HTTP/2 the stream comes as early, as whole and to the same end as over HTTP/1.1.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://www.rfc-editor.org/rfc/rfc9113#section-8.1",
    rationale="Browsers speak HTTP/2 wherever it is offered, while the official Python and Node clients do not, and "
    "proxies have another path, with other buffers, for each: a page can fail where every script works. Which previews "
    "are sent may differ from run to run and is not compared. A server that chooses HTTP/1.1 gives nothing to compare, "
    "and a fault that both have is another rule's. That official clients are spared makes it a warning.",
    consequence="In the browser the previews come all at once at the end, or the page reports a network error after "
    "the last of them, although fal_client and `curl --http1.1` show a perfect stream.",
    fix="Turn buffering off for the proxy's HTTP/2 side too, and let the server end the stream with END_STREAM instead "
    "of RST_STREAM; `curl --http2 -N` shows what browsers get.",
    requires=("H01", "H07", "C04"),
    options=DeliveryOptions(),
    passes=lambda: (
        sample("the same stream", stream(*good_events()), _over_http2()),
        sample("fewer previews at another pace", stream(*good_events(6)), _over_http2(*good_events(3), every_ms=700)),
        sample("the server chose HTTP/1.1", stream(*good_events()), stream(*good_events(), probe="http2_generation")),
        sample("HTTP/2 in both", _over_http2(probe="generation"), _over_http2()),
        sample("a cached answer", stream(*good_events()), _over_http2(first_ms=300, every_ms=0)),
        sample(
            "429, which is about load",
            stream(*good_events()),
            _over_http2(b"{}", status=429, headers=(("content-type", "application/json"),)),
        ),
        sample(
            "a failure that has nothing to do with HTTP/2",
            stream(*good_events()),
            _over_http2(*good_events()[:2], event({"error": {"type": "oom", "message": "out of memory"}})),
        ),
        sample(
            "a stream that is late by one over HTTP/1.1 too, which is C07's",
            stream(*_late_by_one()),
            _over_http2(*_late_by_one()),
            sets_off=("C07",),
        ),
    ),
    fails=lambda: (
        sample("everything at once at the end", stream(*good_events()), _over_http2(first_ms=3000, every_ms=0)),
        sample("each event's end kept until the next", stream(*good_events()), _over_http2(*_late_by_one())),
        sample("RST_STREAM at the end", stream(*good_events()), _over_http2(ending=Ending.RESET)),
        sample("RST_STREAM midway", stream(*good_events()), _over_http2(*good_events()[:2], ending=Ending.RESET)),
        sample("no END_STREAM", stream(*good_events()), _over_http2(ending=Ending.TIMED_OUT, end_after_ms=60_000)),
        sample("no event at all", stream(*good_events()), _over_http2(b": nothing\n\n")),
        sample("previews without the result", stream(*good_events()), _over_http2(*good_events()[:-1])),
        sample(
            "a clean end in the middle of an event",
            stream(*good_events()),
            _over_http2(*good_events()[:-1], good_events()[-1][:-40]),
        ),
        sample(
            "502 from a proxy that cannot",
            stream(*good_events()),
            _over_http2(b"Bad Gateway", status=502, headers=(("content-type", "text/html"),)),
        ),
        sample(
            "a page instead of the stream",
            stream(*good_events()),
            _over_http2(b"<html>", headers=(("content-type", "text/html"),)),
        ),
    ),
)
def check(generations: Sequence[Evidence], http2_generation: Evidence, options: DeliveryOptions) -> Iterator[Finding]:
    """Look at the answer, at its end, at what it brought, and then at when that came."""
    generation = _comparable(generations, http2_generation)
    fault = _refused(http2_generation) or _badly_ended(http2_generation) or _incomplete(http2_generation, generation)
    if fault is not None:
        yield http2_generation.finding(f"over HTTP/2, {fault}", at_ns=http2_generation.transcript.end.at_ns)
        return
    yield from held_back(http2_generation, generation, how="over HTTP/2", options=options)


def _comparable(generations: Sequence[Evidence], over_http2: Evidence) -> Evidence:
    version, status = over_http2.response.http_version, over_http2.response.status
    if version.startswith("HTTP/1"):
        raise NotApplicable(f"the server chose {version} although HTTP/2 was on offer")
    if status in (429, 503):
        raise NotApplicable(f"the status is {status}, which is about load")
    over_http1 = [item for item in generations if item.response.http_version.startswith("HTTP/1")]
    if not over_http1:
        raise NotApplicable(f"no generation came over HTTP/1.1 to compare with, all {len(generations)} over {version}")
    if over_http2.transcript.end.ending.is_ours:
        raise NotApplicable("we hung up before the end of http2_generation")
    if over_http2.error_events:
        raise NotApplicable("the generation itself failed and said so")
    return over_http1[0]


def _refused(over_http2: Evidence) -> str | None:
    status = over_http2.response.status
    if status == 200 and over_http2.is_event_stream:
        return None
    return f"the answer is {status} {over_http2.media_type!r}, expected the stream that comes over HTTP/1.1"


def _badly_ended(over_http2: Evidence) -> str | None:
    end = over_http2.transcript.end
    if end.ending not in _ENDS:
        return None
    detail = f" ({end.detail})" if end.detail else ""
    return f"{_ENDS[end.ending]}{detail} after {len(over_http2.events)} event(s), expected END_STREAM"


def _incomplete(over_http2: Evidence, generation: Evidence) -> str | None:
    if not over_http2.events:
        return f"the stream ended without one whole event, expected {len(generation.events)} or so"
    if is_cut(over_http2) and not is_cut(generation):
        return "the stream ended in the middle of an event, expected the blank line behind it"
    is_marked = bool(generation.marked_finals), bool(over_http2.marked_finals)
    if is_marked == (True, False):
        return f"{len(over_http2.events)} event(s) came and none is final, expected the final event"
    return None
