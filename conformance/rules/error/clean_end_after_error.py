"""E04: after an error midway, the stream does not end as if all were well."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.samples import SSE_HEADERS, event, good_events, stream
from conformance.signs.applicability import require_fal_clients
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_ERROR = event({"error": "out of memory"})


def _failing(*pieces: bytes, ending: Ending = Ending.COMPLETE, is_delimited: bool = True) -> Transcript:
    headers = SSE_HEADERS if is_delimited else SSE_HEADERS[:-1]
    return stream(*pieces, probe="failing_generation", ending=ending, headers=headers)


@rule(
    id="E04",
    name="clean-end-after-error",
    requirement="After the error event of a generation that failed midway, the stream ends abnormally.",
    level=Level.MAY,
    basis=Basis.CLIENT,
    reference="https://www.rfc-editor.org/rfc/rfc9112#section-8",
    rationale="A cut chunked body makes both official clients raise, where an error event alone is one more payload to "
    "them. But an app cannot do it on fal: the middlewares there turn even an exception into a clean end, so that a "
    "clean end after an error event is all that most authors can give. Hence a note: it tells what a client has to "
    "look for.",
    consequence="fal_client's loop ends without an exception and fal-js's done() resolves with the error payload, so "
    "that callers must look for `error` themselves.",
    fix="Where no middleware stands in between, raise after the error event is sent, so that the zero chunk is left "
    "out; elsewhere tell the callers to look for `error`.",
    # How the failure shows at all, E03 says.
    requires=("E03",),
    passes=lambda: (
        sample("cut off after the error event", _failing(*good_events()[:2], _ERROR, ending=Ending.TRUNCATED)),
        sample("reset after the error event", _failing(*good_events()[:2], _ERROR, ending=Ending.RESET)),
        sample("a generation that did not fail", stream(*good_events())),
    ),
    fails=lambda: (
        sample("a zero chunk after the error event", _failing(*good_events()[:2], _ERROR)),
        sample(
            "the end of the connection, which looks like success",
            _failing(*good_events()[:2], _ERROR, ending=Ending.CLOSED, is_delimited=False),
        ),
    ),
)
def check(failing_generation: Evidence) -> Iterator[Finding]:
    """Look at the end of a stream that has an error event."""
    require_fal_clients(failing_generation)
    end, errors = failing_generation.transcript.end, failing_generation.error_events
    if not 200 <= failing_generation.response.status < 300:
        raise NotApplicable(f"the failure showed before the stream: {failing_generation.response.status}")
    if end.ending.is_ours or end.ending is Ending.TIMED_OUT:
        raise NotApplicable(f"the endpoint did not end the stream: {end.ending.value}")
    if not errors:
        raise NotApplicable("error events: 0")
    if end.ending.is_clean:
        yield failing_generation.finding(
            "the stream ends cleanly after its error event; clients must look for `error` themselves",
            event=errors[-1],
            at_ns=end.at_ns,
        )
