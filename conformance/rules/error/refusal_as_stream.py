"""E02: a refusal does not come as an event stream."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import answer, event, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few

_ERROR_EVENT = event({"detail": "Internal Server Error"})


def _refused(probe: str, status: int, content_type: str = "text/event-stream") -> Transcript:
    return answer(probe, status, _ERROR_EVENT, content_type=content_type)


@rule(
    id="E02",
    name="refusal-as-stream",
    requirement="A response that is not 2xx never has the media type text/event-stream.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model",
    rationale="fal_client looks at the media type of a stream and never at its status, so a refusal that calls itself "
    "an event stream is a success to it. Every answer of the run is judged, whatever was asked.",
    consequence="fal_client yields the error as if it were a preview and raises nothing; fal-js raises ApiError, but "
    "without the detail, which it reads from JSON only.",
    fix="Answer refusals with JSONResponse or raise HTTPException; do not let a handler of errors reuse the headers of "
    "the stream.",
    passes=lambda: (
        sample("JSON refusals", answer("malformed_json", 400, {"detail": "no JSON"}), stream(*good_events())),
        sample("nothing was refused", stream(*good_events())),
    ),
    fails=lambda: (
        sample("a 500 to a valid request", _refused("generation", 500), sets_off=("H01",)),
        sample("a 400 to malformed JSON", _refused("malformed_json", 400)),
        sample("a 422 to invalid input", _refused("invalid_input", 422)),
        sample("a 401 in another case", _refused("no_credentials", 401, "Text/Event-Stream; charset=utf-8")),
    ),
)
def check(answers: tuple[Evidence, ...]) -> Iterator[Finding]:
    """Look at the media type of every refusal."""
    refusals = [answered for answered in answers if not 200 <= answered.response.status < 300]
    if not refusals:
        raise NotApplicable(f"none of {len(answers)} answer(s) is a refusal")
    yield from first_few(
        refusal.finding(
            f"the status {refusal.response.status} comes as {refusal.media_type!r}, expected JSON",
            offset=0 if refusal.body else None,
        )
        for refusal in refusals
        if refusal.is_event_stream
    )
