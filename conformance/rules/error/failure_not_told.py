"""E03: a generation that fails midway says so."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, NotTestable, rule, sample
from conformance.core import Ending, Transcript
from conformance.core.timing import in_seconds
from conformance.samples import answer, documented_events, event, final, good_events, preview, stream
from conformance.signs.arrivals import NS_PER_SECOND
from conformance.stream.conventions import Conventions
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Numbers of this rule.

    Attributes:
        tell_seconds: The longest time from the last event before the failure to the error event.
    """

    tell_seconds: float = 60.0


_ERROR = event({"error": {"message": "The generation failed.", "type": "internal_error"}})
_HANGS = {
    Ending.TIMED_OUT: "the stream fell silent",
    Ending.LIMIT_REACHED: "the stream had not ended when the recorder's limit was reached",
}


def _failing(*pieces: bytes, ending: Ending = Ending.COMPLETE, end_after_ms: int = 10) -> Transcript:
    return stream(*pieces, probe="failing_generation", ending=ending, end_after_ms=end_after_ms)


@rule(
    id="E03",
    name="failure-not-told",
    requirement="A generation that fails midway ends within 60 s (`tell_seconds`) with an `error` payload, and without "
    "a final event.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://github.com/encode/starlette/pull/1459",
    rationale="Once a 200 is out, the stream itself must tell: neither official client knows a failure from a clean "
    "end, and neither gives up on a silent server. fal's own distributed apps send an `error` event, and fal-js's "
    "done() resolves with whatever comes last. A refusal before the stream shows the failure too, and an abnormal end "
    "makes both clients raise: both are fine. Where nothing tells a result from a preview, a stream that is "
    "shorter than the good generation is one that failed. An `error` that is null or empty reports nothing.",
    consequence="fal-js's done() resolves with an unfinished preview as if it were the picture and fal_client's loop "
    "ends without an exception; after a silent failure both wait for ever.",
    fix='Catch exceptions in the worker and in the generator, put {"error": {"message": ...}} where the final event '
    "would go, and return.",
    requires=("H01",),
    options=Options(),
    passes=lambda: (
        sample("an error event at the end", _failing(*good_events()[:2], _ERROR)),
        sample("an error event at once", _failing(_ERROR)),
        sample(
            "a kind of event",
            _failing(event(preview()), event({"type": "error", "message": "out of memory"})),
        ),
        sample(
            "good previews that say that there is no error",
            _failing(*(event(preview(step, error=None)) for step in (1, 2)), event({"error": "out of memory"})),
        ),
        sample("an error event, then comments", _failing(*good_events()[:2], _ERROR, b": bye\n\n")),
        sample("500 before the stream", answer("failing_generation", 500, {"detail": "out of memory"})),
        sample("422 before the stream", answer("failing_generation", 422, {"detail": "too large"})),
        sample("a cut after previews", _failing(*good_events()[:2], ending=Ending.TRUNCATED)),
        sample("a reset after an error event", _failing(*good_events()[:2], _ERROR, ending=Ending.RESET)),
    ),
    fails=lambda: (
        sample("a clean end after previews", _failing(*good_events()[:2])),
        sample("a clean end in fal's documented shape", _failing(*documented_events()[:3])),
        sample("a clean end at once", _failing(b": started\n\n")),
        sample("silence after previews", _failing(*good_events()[:2], ending=Ending.TIMED_OUT, end_after_ms=60_000)),
        sample("silence after the error event", _failing(_ERROR, ending=Ending.TIMED_OUT, end_after_ms=60_000)),
        sample(
            "heartbeats for ever",
            _failing(event(preview()), b": ping\n\n", ending=Ending.LIMIT_REACHED, end_after_ms=600_000),
        ),
        sample("a final after the error", _failing(event(preview()), _ERROR, event(final()))),
        sample("a final before the error", _failing(event(preview()), event(final()), _ERROR)),
        sample("a preview after the error", _failing(event(preview(1)), _ERROR, event(preview(2)))),
        sample("an end marker after the error", _failing(event(preview()), _ERROR, event({"done": True}))),
        sample(
            "an error that is null, and a clean end", _failing(*(event(preview(step, error=None)) for step in (1, 2)))
        ),
        sample(
            "an error event after two minutes of heartbeats",
            stream(event(preview()), b": ping\n\n", _ERROR, every_ms=60_000, probe="failing_generation"),
        ),
        sample(
            "half the answer and a clean end, without pictures",
            _failing(event({"output": "a"}), event({"output": "a red"})),
            conventions=Conventions(carries_pictures=False),
        ),
    ),
)
def check(failing_generation: Evidence, answers: tuple[Evidence, ...], options: Options) -> Iterator[Finding]:
    """Leave aside what shows the failure by itself; then look at what came last, and when."""
    ending = failing_generation.transcript.end.ending
    if not 200 <= failing_generation.response.status < 300:
        return
    if ending is Ending.ABANDONED:
        raise NotApplicable("we hung up before the end")
    if failing_generation.coding_error is not None:
        raise NotApplicable(f"the content coding could not be removed: {failing_generation.coding_error}")
    if not failing_generation.is_event_stream:
        raise NotApplicable(f"the answer is no event stream: {failing_generation.media_type!r}")
    if ending in _HANGS:
        yield _hang(failing_generation)
    elif ending.is_clean:
        good = next((item for item in answers if item.probe == "generation"), None)
        yield from _ended(failing_generation, good, options)


def _hang(failing: Evidence) -> Finding:
    end, after = failing.transcript.end, len(failing.events)
    detail = f" ({end.detail})" if end.detail else ""
    return failing.finding(
        f"{_HANGS[end.ending]}{detail} after {after} event(s), {len(failing.error_events)} of them an error, expected "
        "an error event and the end of the stream",
        event=failing.last_event,
        at_ns=end.at_ns,
    )


def _ended(failing: Evidence, good: Evidence | None, options: Options) -> Iterator[Finding]:
    errors, last = failing.error_events, failing.last_event
    if not errors and (_is_result(failing, last) or _is_as_long(failing, good)):
        raise NotTestable("the declared input did not fail: declare one that does (--failing-payload)")
    if not errors:
        yield failing.finding(
            f"Legal SSE, but the stream ends cleanly after {len(failing.events)} event(s) without an error event, "
            "expected one at the end (does this input fail?)",
            event=last,
            at_ns=failing.transcript.end.at_ns,
        )
    elif last is not None and last not in errors:
        what = "a final event" if last in failing.marked_finals else f"event {last.index}"
        yield failing.finding(f"{what} follows the error of event {errors[-1].index}, expected nothing", event=last)
    elif failing.marked_finals:
        yield failing.finding(
            f"a final event stands before the error of event {errors[-1].index}, expected none in a stream that failed",
            event=failing.marked_finals[0],
        )
    else:
        yield from _late(failing, errors[0], options)


def _is_result(failing: Evidence, last: Event | None) -> bool:
    """Whether the last event is set apart as a result, by its mark or by members that no other one has."""
    results = failing.result_events
    if last is None or last not in results:
        return False
    shape = last.payload.members.keys()
    others = [item.payload.members.keys() for item in results if item is not last]
    return last in failing.marked_finals or bool(others and shape not in others and len({*map(frozenset, others)}) == 1)


def _is_as_long(failing: Evidence, good: Evidence | None) -> bool:
    """Where a good result looks like a preview: whether nothing is missing beside a generation that went well."""
    if good is None or not good.events or _is_result(good, good.last_event):
        return False
    return len(failing.events) >= len(good.events)


def _late(failing: Evidence, error: Event, options: Options) -> Iterator[Finding]:
    if error.index == 0:
        return
    waited_ns = error.at_ns - failing.events[error.index - 1].at_ns
    if waited_ns > options.tell_seconds * NS_PER_SECOND:
        yield failing.finding(
            f"the error event came {in_seconds(waited_ns):.1f} s after the event before it, expected at most "
            f"{options.tell_seconds:g} s",
            event=error,
        )
