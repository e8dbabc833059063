"""The core: bytes and instants in, events and transcripts out. Standard library only; no input or output."""

from conformance.core.blocks import Block, Line, LineEnding, parse_blocks, parse_lines
from conformance.core.bounds import StreamBounds, StreamMeter
from conformance.core.errors import (
    CatalogueError,
    ConformanceError,
    EventTooLargeError,
    ProfileError,
    StreamTooLargeError,
    TranscriptError,
    UsageError,
)
from conformance.core.jsonlines import read_transcript, write_transcript
from conformance.core.recut import Recut
from conformance.core.redaction import redact, redact_url
from conformance.core.server_sent_event import EncodedEvent, ServerSentEvent, encode_event
from conformance.core.sse import EventStreamDecoder
from conformance.core.timing import StreamTimings
from conformance.core.transcript import (
    Chunk,
    Ending,
    Headers,
    Phases,
    Redirect,
    Request,
    ResponseHead,
    StreamEnd,
    Transcript,
)

__all__ = [
    "Block",
    "CatalogueError",
    "Chunk",
    "ConformanceError",
    "EncodedEvent",
    "Ending",
    "EventStreamDecoder",
    "EventTooLargeError",
    "Headers",
    "Line",
    "LineEnding",
    "Phases",
    "ProfileError",
    "Recut",
    "Redirect",
    "Request",
    "ResponseHead",
    "ServerSentEvent",
    "StreamBounds",
    "StreamEnd",
    "StreamMeter",
    "StreamTimings",
    "StreamTooLargeError",
    "Transcript",
    "TranscriptError",
    "UsageError",
    "encode_event",
    "parse_blocks",
    "parse_lines",
    "read_transcript",
    "redact",
    "redact_url",
    "write_transcript",
]
