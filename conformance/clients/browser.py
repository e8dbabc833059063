"""A browser page: the HTML Standard's own event stream parser behind the Fetch Standard's reading of Content-Type."""

from conformance.clients.javascript import parse_as_javascript
from conformance.clients.reading import Reading
from conformance.core import EventStreamDecoder, ResponseHead, Transcript
from conformance.stream.payload import Json

__all__ = ["read_with_browser", "web_media_type"]


def read_with_browser(answer: Transcript) -> Reading:
    """Read an answer as an ``EventSource`` would whose page parses the data as JSON.

    Source: HTML, 9.2.3 (another status than 200, or another media type, fails the connection) and 9.2.6.
    """
    head = answer.head
    if head is None:
        raise LookupError("no response came")
    if head.status != 200:
        return Reading.raising(f"error event: the status is {head.status}")
    media_type = web_media_type(head)
    if media_type != "text/event-stream":
        return Reading.raising(f"error event: the media type is {media_type!r}")
    return _read_events(answer)


def web_media_type(head: ResponseHead) -> str:
    """The essence of the last media type of all Content-Type lines (Fetch, "extract a MIME type"); empty for none."""
    parts = [part.partition(";")[0].strip().lower() for part in (head.value("content-type") or "").split(",")]
    valid = [part for part in parts if part.count("/") == 1 and part not in ("*/*", "/")]
    return valid[-1] if valid else ""


def _read_events(answer: Transcript) -> Reading:
    decoder, events = EventStreamDecoder(), list[Json]()
    for chunk in answer.chunks:
        for event in decoder.feed(chunk.data):
            try:
                events.append(parse_as_javascript(event.data))
            except (ValueError, RecursionError):
                return Reading.raising("SyntaxError", events)
    return Reading.to_the_end(answer, events, broken="error event: the connection broke")
