"""One exchange with a scripted server, recorded."""

import ssl

import trustme

from conformance.core import Request, Transcript
from conformance.recorders import Recorder, RecordingLimits

__all__ = ["EVENT", "KEY", "impatient", "record", "request_to", "server_context"]

KEY = "key-id:0123456789abcdef"
EVENT = b'data: {"step": 1}\n\n'


def request_to(url: str, **changes: object) -> Request:
    """A POST to a scripted server."""
    return Request(
        **{
            "method": "POST",
            "url": url,
            "headers": (("accept-encoding", "identity"), ("content-type", "application/json")),
            "body": b'{"prompt": "x"}',
            **changes,
        }  # type: ignore[arg-type]
    )


def record(url: str, recorder: Recorder | None = None, **changes: object) -> Transcript:
    """What the recorder keeps of it."""
    return (recorder or Recorder()).record("generation", request_to(url, **changes))


def impatient(**limits: float) -> Recorder:
    """A recorder that gives up soon."""
    return Recorder(limits=RecordingLimits(**limits))  # type: ignore[arg-type]


def server_context(authority: trustme.CA) -> ssl.SSLContext:
    """What a server named localhost needs to speak TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context
