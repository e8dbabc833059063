"""E01: input that is wrong is refused before the stream, with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.samples import answer, event, preview, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding
from conformance.stream.payload import Json, parse_payload

_DETAIL: Json = [{"loc": ["body", "prompt"], "msg": "Input should be a valid string", "type": "string_type"}]


def _started(*pieces: bytes, ending: Ending = Ending.ABANDONED) -> Transcript:
    return stream(*pieces, probe="invalid_input", ending=ending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a refusal is written.

    Attributes:
        reason_member: The member of its body that says why.
    """

    reason_member: str = "detail"


@rule(
    id="E01",
    name="invalid-input-mishandled",
    requirement="Input of the wrong type is refused with 4xx before the stream starts, and a JSON `detail` says why.",
    level=Level.MUST,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/model-apis/request-errors",
    rationale="Once a 200 is out, no status can tell that the input was wrong, and fal's errors are documented as JSON "
    "with `detail`; 400 and 422 are both fine. A 5xx is E07's, a refusal sent as an event stream E02's, and 429 says "
    "nothing of the input. Where another member says why, the profile names it (`reason_member`). A refusal proves "
    "something only where the valid request was accepted, hence H01. For an endpoint that takes any value in that "
    "field, the profile declares this rule not applicable.",
    consequence="fal_client yields the error as if it were a preview, and fal-js's done() resolves with it; without "
    "`detail`, fal-js's ValidationError names no field and the user reads a bare status.",
    fix="Declare the input as a pydantic model in the endpoint's signature, or check it before returning the "
    'StreamingResponse and raise HTTPException(422, detail="...").',
    requires=("H01",),
    options=Options(),
    passes=lambda: (
        sample("422 as FastAPI words it", answer("invalid_input", 422, {"detail": _DETAIL})),
        sample("422 with an empty detail, which is noted", answer("invalid_input", 422, {"detail": []})),
        sample("400 with a text", answer("invalid_input", 400, {"detail": "prompt must be a string"})),
        sample(
            "problem details",
            answer("invalid_input", 400, {"detail": "no string"}, content_type="application/problem+json"),
        ),
        sample("429, which is about load", answer("invalid_input", 429, b"slow down", content_type="text/plain")),
    ),
    fails=lambda: (
        sample("200 and an error event", _started(event({"error": "bad prompt"}), ending=Ending.COMPLETE)),
        sample("200 and previews", _started(event(preview()))),
        sample("200 and silence", _started(ending=Ending.TIMED_OUT)),
        sample("200 and JSON", answer("invalid_input", 200, {"detail": _DETAIL})),
        sample("202 and nothing", answer("invalid_input", 202, b"")),
        sample("422 without detail", answer("invalid_input", 422, {"message": "bad prompt"})),
        sample("400 as a list", answer("invalid_input", 400, ["bad prompt"])),
        sample("400 as HTML", answer("invalid_input", 400, b"<h1>Bad Request</h1>", content_type="text/html")),
        sample("400 and nothing", answer("invalid_input", 400, b"")),
    ),
)
def check(invalid_input: Evidence, options: Options) -> Iterator[Finding]:
    """Look at the status, then at the body of a refusal."""
    status = invalid_input.response.status
    if status >= 500:
        raise NotApplicable(f"the status is {status}, which E07 judges")
    if status == 429:
        raise NotApplicable("the status is 429, which says nothing of the input")
    if status < 400:
        yield _accepted(invalid_input)
    elif invalid_input.is_event_stream:
        raise NotApplicable(f"the status {status} comes as an event stream, which E02 judges")
    else:
        yield from _unexplained(invalid_input, options.reason_member)


def _accepted(answered: Evidence) -> Finding:
    first = answered.events[0] if answered.events else None
    if answered.error_events:
        follows = "an error event"
    elif answered.is_event_stream:
        follows = "a stream"
    else:
        follows = f"a body of type {answered.media_type!r}" if answered.body else "no body"
    return answered.finding(
        f"the status is {answered.response.status} with {follows} for a field of the wrong type, expected 4xx",
        event=first,
        offset=0 if answered.body and first is None else None,
    )


def _unexplained(answered: Evidence, reason: str) -> Iterator[Finding]:
    payload = parse_payload(answered.body.decode("utf-8", "replace"))
    status = answered.response.status
    if reason not in payload.members:
        read = f"has no `{reason}` that says why" if payload.is_valid else f"is not JSON ({payload.error})"
        yield answered.finding(
            f"the body of the {status} {read}, expected a JSON object with `{reason}`",
            offset=0 if answered.body else None,
        )
    elif not payload.members[reason]:
        yield answered.finding(
            f"the `{reason}` of the {status} is empty, expected it to say why", offset=0, is_note=True
        )
    elif answered.media_type.lower() != "application/json":
        yield answered.finding(
            f"the {status} comes as {answered.media_type!r}; fal-js reads the detail of application/json only",
            is_note=True,
        )
