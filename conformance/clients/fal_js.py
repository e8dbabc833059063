"""A model of fal's JavaScript client, the npm package @fal-ai/client 1.10: ``fal.stream`` and its ``done()``.

It decodes each chunk by itself (TextDecoder without its stream mode), compares the media type letter by letter, hands
out the bytes of any other media type as if they were events, and resolves ``done()`` with the last event it got. Its
limit of 15 s without a message never strikes (all seen with the real package, which the tests compare with this model).
"""

from conformance.clients.event_source_parser import EventSourceParser
from conformance.clients.javascript import parse_as_javascript
from conformance.clients.reading import Reading, ReadingEnd
from conformance.core import Transcript
from conformance.stream.payload import Json

__all__ = ["read_with_fal_js"]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WITHOUT_BODY = (204, 205, 304)


def read_with_fal_js(answer: Transcript) -> Reading:
    """Read an answer as the listeners of ``fal.stream`` get it, up to the first error."""
    head = answer.head
    if head is None:
        raise LookupError("no response came")
    if not 200 <= head.status < 300:
        return Reading.raising("ValidationError" if head.status == 422 else f"ApiError: status {head.status}")
    if head.status in _WITHOUT_BODY:
        return Reading.raising("ApiError: Response body is empty.")
    if not (head.value("content-type") or "").strip().startswith("text/event-stream"):
        return _read_bytes(answer)
    return _read_events(answer)


def _read_bytes(answer: Transcript) -> Reading:
    pieces = tuple(f"{len(chunk.data)} bytes" for chunk in answer.chunks if chunk.data)
    # Where bytes break off, the error goes to nobody and done() is never settled.
    return Reading(events=pieces, end=ReadingEnd.FINISHED if answer.end.ending.is_clean else ReadingEnd.HANGS)


def _read_events(answer: Transcript) -> Reading:
    parser, events = EventSourceParser(), list[Json]()
    for chunk in answer.chunks:
        # Each call of decode() starts anew: a mark at its beginning is dropped, a cut character is lost.
        text = chunk.data.removeprefix(_BYTE_ORDER_MARK).decode("utf-8", "replace")
        for data in parser.feed(text):
            try:
                events.append(parse_as_javascript(data))
            except (ValueError, RecursionError):
                return Reading.raising("SyntaxError", events)
    return Reading.to_the_end(answer, events, broken="ApiError: terminated")
