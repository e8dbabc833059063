"""F07: a stream whose finals are marked does not end cleanly without one."""

from collections.abc import Iterator, Sequence

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending
from conformance.samples import event, final, good_events, preview, stream
from conformance.stream.conventions import Conventions, EndMarker, FinalMarker
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few

_MARKED = Conventions(final_marker=FinalMarker(name="final", value=True))
_ENDED = Conventions(end_marker=EndMarker(data="[DONE]"))
_MAY_BE_ENDED = Conventions(end_marker=EndMarker(data="[DONE]", is_required=False))


@rule(
    id="F07",
    name="clean-end-without-final",
    requirement="Where finals are marked, or the end is, no stream ends cleanly without the mark.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://github.com/encode/starlette/pull/1459",
    rationale="An exception in the generator reaches the client as a clean end, so that the end proves nothing and the "
    "mark must. Marks count where the profile declares them, or where a stream of the same run sets its last event "
    "apart by one; other endpoints are not judged. An end marker counts where the profile requires it. An error event "
    "at the end is F01's, an empty place F03's.",
    consequence="fal-js's done() resolves to the last preview, and fal_client's loop ends without an exception: an "
    "unfinished picture is taken for the result.",
    fix="Catch the exception in the generator and send an `error` event, or make the response end abnormally.",
    # What came last instead of the result, F01 says.
    requires=("F01",),
    passes=lambda: (
        sample("a marked final", stream(*good_events()), conventions=_MARKED),
        sample("a marked final in every stream", stream(*good_events()), stream(*good_events(2))),
        sample(
            "a stream that was cut off",
            stream(*good_events()),
            stream(*good_events()[:2], ending=Ending.TRUNCATED),
        ),
        sample("the end marker of the profile", stream(*good_events(), b"data: [DONE]\n\n"), conventions=_ENDED),
        sample("no end marker, where it may be missing", stream(*good_events()), conventions=_MAY_BE_ENDED),
        sample("no marks anywhere", stream(*good_events()[:-1], event(final(final=None)))),
        sample(
            "a word that means something else",
            stream(*(event(preview(step, status="success")) for step in (1, 2, 3)), event(final(final=None))),
            stream(*(event(preview(step)) for step in (1, 2, 3)), event(final(final=None))),
        ),
    ),
    fails=lambda: (
        sample("two previews and a clean end", stream(*good_events()[:2]), conventions=_MARKED),
        sample("a second stream without its final", stream(*good_events()), stream(*good_events()[:2])),
        sample(
            "a final without the mark that the profile declares",
            stream(*good_events()[:-1], event(final(final=None))),
            conventions=_MARKED,
        ),
        sample("no end marker, where the profile requires one", stream(*good_events()), conventions=_ENDED),
        sample(
            "the first stream without its final",
            stream(*good_events()[:3]),
            stream(*good_events()),
        ),
    ),
)
def check(generations: Sequence[Evidence]) -> Iterator[Finding]:
    """Find out whether finals are marked, then look for a mark in every stream that ended by itself."""
    if not any(_is_declared(evidence.conventions) or _sets_final_apart(evidence) for evidence in generations):
        raise NotApplicable("no final is marked, by the profile or in a stream")
    ended = [evidence for evidence in generations if evidence.transcript.end.ending.is_clean]
    if not ended:
        raise NotApplicable("streams that ended by themselves: 0")
    yield from first_few(_fault(evidence, missing) for evidence in ended if (missing := _missing(evidence)))


def _is_declared(conventions: Conventions) -> bool:
    return conventions.declared_final is not None or _required_end(conventions) is not None


def _required_end(conventions: Conventions) -> EndMarker | None:
    marker = conventions.end_marker
    return marker if marker is not None and marker.is_required else None


def _sets_final_apart(evidence: Evidence) -> bool:
    """Whether the last result is marked and an earlier one is not, so that the mark does mean the end."""
    results, marked = evidence.result_events, evidence.marked_finals
    return bool(marked) and results[-1] is marked[-1] and len(marked) < len(results)


def _missing(evidence: Evidence) -> str | None:
    """What should have come last, or None where nothing is missing."""
    end, last = _required_end(evidence.conventions), evidence.last_event
    if last is None or last in evidence.error_events:
        return None
    declared = evidence.conventions.declared_final
    # An end marker alone says nothing of finals.
    if (declared is not None or end is None) and _lacks_final(evidence, last):
        return f"a final one, expected {declared or 'one marked as in the other streams'}"
    return f"its end marker, expected {end}" if end is not None and evidence.end_mark is None else None


def _lacks_final(evidence: Evidence, last: Event) -> bool:
    if evidence.marked_finals:
        return False
    is_marked = evidence.conventions.is_marked_final(last.payload, last.sse.event)
    return not (is_marked and evidence.empty_places(last))


def _fault(evidence: Evidence, missing: str) -> Finding:
    return evidence.finding(
        f"Legal SSE, but the stream ends cleanly after {len(evidence.events)} event(s) without {missing}",
        event=evidence.last_event,
        at_ns=evidence.transcript.end.at_ns,
    )
