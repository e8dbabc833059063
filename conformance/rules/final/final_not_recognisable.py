"""F02: the final event can be told from a preview."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.rules.final import result_of
from conformance.samples import documented_events, event, final, good_events, picture, picture_bytes, preview, stream
from conformance.stream.conventions import Conventions, EndMarker, FinalMarker
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding


@rule(
    id="F02",
    name="final-not-recognisable",
    requirement="Exactly one event is final, and its payload tells it from a preview.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="An exception in the app ends the stream as cleanly as success does, so that only the final event can "
    "tell them apart. fal's documented example has no mark, and so this is advice. A mark that the profile declares, a "
    "usual mark, or members that no preview has will do; a mark that previews bear as well does not. Where the profile "
    "declares an end marker, the event before it is the final one.",
    consequence="A client cannot know whether it holds the result or the last preview of a failed generation: with two "
    "finals it stops too early, with none it shows a preview as the result.",
    fix='Add a member such as `"final": true` to the last payload only, or declare in the profile how it is known.',
    requires=("F01", "F07"),
    passes=lambda: (
        sample("a flag", stream(*good_events())),
        sample("members that no preview has", stream(*good_events()[:-1], event(final(final=None)))),
        sample(
            "a kind, with the same members as the previews",
            stream(
                *(event(preview(step, type="preview")) for step in (1, 2, 3)),
                event(preview(4, type="final", image=picture())),
            ),
        ),
        sample(
            "the mark that the profile declares",
            stream(
                *(event(preview(step, last=False)) for step in (1, 2, 3)), event(preview(4, last=True, image=picture()))
            ),
            conventions=Conventions(final_marker=FinalMarker(name="last", value=True)),
        ),
        sample(
            "the shape of a preview before the end marker that the profile declares",
            stream(*documented_events(), b"data: [DONE]\n\n"),
            conventions=Conventions(end_marker=EndMarker(data="[DONE]")),
        ),
        sample(
            "a status that every event bears, and members that only the final has",
            stream(
                *(event(preview(step, status="success")) for step in (1, 2, 3, 4)),
                event(final(final=None, status="success")),
            ),
        ),
    ),
    fails=lambda: (
        sample("fal's documented example", stream(*documented_events())),
        sample("two marked finals", stream(*good_events(), event(final(images=[picture(picture_bytes(hue=30))])))),
        sample(
            "a mark that every event bears",
            stream(
                *(event(preview(step, done=True)) for step in (1, 2, 3)), event(preview(4, done=True, image=picture()))
            ),
        ),
        sample(
            "the same members without pictures",
            stream(event({"output": "a"}), event({"output": "a red disc"})),
            conventions=Conventions(carries_pictures=False),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Count the marked events; where no mark tells, compare the members."""
    last = result_of(generation)
    others = [event for event in generation.result_events if event.index < last.index]
    if not others:
        raise NotApplicable("events with a result before the last one: 0")
    marked = generation.marked_finals
    is_declared = generation.conventions.declared_final is not None
    if last in marked and (len(marked) <= len(others) or is_declared):
        if len(marked) > 1:
            found = ", ".join(str(event.index) for event in marked)
            yield generation.finding(f"events {found} are marked final, expected exactly one", event=marked[-2])
        return
    if is_declared or generation.end_mark is None:
        yield from _same_shape(generation, last, others)


def _same_shape(generation: Evidence, last: Event, others: list[Event]) -> Iterator[Finding]:
    shape = last.payload.members.keys()
    alike = [event for event in others if event.payload.members.keys() == shape]
    if alike:
        yield generation.finding(
            f"the final event has the members of event {alike[-1].index} ({', '.join(map(repr, shape))}) and no mark "
            "of its own, expected a payload that only a final event can have",
            event=last,
        )
