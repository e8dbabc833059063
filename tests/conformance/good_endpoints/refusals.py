"""How good endpoints refuse what is wrong."""

from collections.abc import Mapping

from hypothesis import strategies as st

from conformance.core import Ending, Transcript
from conformance.samples import answer, event, preview, stream
from conformance.stream.payload import Json

__all__ = ["refusals"]

_REASONS: tuple[Json, ...] = ("prompt must be a text", [{"loc": ["body", "prompt"], "msg": "no string"}], [])
_PAGE = b"<!doctype html><title>400</title><h1>Bad Request</h1>"
_BUSY = (429, b"slow down")

_Answers = tuple[tuple[int, Json | bytes], ...]

_UNREADABLE: _Answers = (
    *((status, {"detail": "no JSON"}) for status in (400, 413, 415, 422)),
    (400, _PAGE),
    (415, b""),
    _BUSY,
)
_ANSWERS: Mapping[str, _Answers] = {
    "invalid_input": (*((status, {"detail": reason}) for status in (400, 422) for reason in _REASONS), _BUSY),
    "malformed_json": _UNREADABLE,
    "missing_body": (*_UNREADABLE, (411, b"")),
    "no_credentials": ((401, {"detail": "no key"}), (403, b""), (404, {"detail": "Not Found"}), _BUSY),
}


@st.composite
def refusals(draw: st.DrawFn) -> tuple[Transcript, ...]:
    """The answers to some of the requests that are wrong on purpose, in any of the ways that are right."""
    asked = draw(st.sets(st.sampled_from(sorted(_ANSWERS))))
    said = [_refusal(probe, *draw(st.sampled_from(_ANSWERS[probe]))) for probe in sorted(asked)]
    return (*said, *draw(st.lists(st.sampled_from(_TO_GET), max_size=1)))


def _refusal(probe: str, status: int, body: Json | bytes) -> Transcript:
    return answer(probe, status, body, content_type="text/html" if isinstance(body, bytes) else "application/json")


_TO_GET = (
    answer("wrong_method", 405, {"detail": "Method Not Allowed"}, headers=(("allow", "POST"),)),
    answer("wrong_method", 405, b"", content_type="text/plain", headers=(("Allow", "OPTIONS, POST"),)),
    answer("wrong_method", 405, _PAGE, content_type="text/html", headers=(("ALLOW", "HEAD"),)),
    answer("wrong_method", 200, _PAGE, content_type="text/html"),
    answer("wrong_method", 429, b""),
    stream(event(preview()), probe="wrong_method", ending=Ending.ABANDONED),
)
