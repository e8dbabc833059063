"""J05: previews have the same members."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.evidence import Event, Evidence
from conformance.finding import Finding, first_few
from conformance.samples import event, final, good_events, preview, stream

_KINDS = ("type", "event", "kind", "stage", "phase", "status", "state")


@rule(
    id="J05",
    name="preview-shape-changes",
    requirement="All previews have the same members; the first and the last may have more.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://spec.openapis.org/oas/v3.2.0.html#media-type-object",
    rationale="A stream is described by one schema for all its items. Only events with a picture are compared, and "
    "among them those of the same kind (`type`, `stage` and the like), because an event that names its kind announces "
    "its shape. Declared schemas are not compared: no evidence holds one.",
    consequence="Code that reads a member from every preview works until the shape changes, then fails with a KeyError "
    "in Python or shows nothing in JavaScript.",
    fix="Build all previews in one place; send a member that has no value as null.",
    requires=("J01", "J02"),
    passes=lambda: (
        sample("the same members in every preview", stream(*good_events())),
        sample(
            "a first preview that says more",
            stream(event(preview(1, width=32)), *map(event, (preview(2), preview(3), preview(4), final()))),
        ),
        sample(
            "a last preview that says more",
            stream(event(preview(1, 2)), event(preview(2, 2, seed=42)), event(final())),
        ),
        sample(
            "progress events of another shape between the previews",
            stream(event({"message": "warming up"}), *good_events()[:2], event({"eta": 1.5}), *good_events()[2:]),
        ),
        sample(
            "two kinds of previews, each of one shape",
            stream(
                *(event(preview(step, stage="base")) for step in (1, 2)),
                *(event(preview(step, stage="refine", scale=2)) for step in (3, 4)),
                event(final()),
            ),
        ),
    ),
    fails=lambda: (
        sample(
            "another shape from the third preview on",
            stream(
                *map(event, (preview(1), preview(2))),
                *(event(preview(step, total_steps=None, remaining=4 - step)) for step in (3, 4)),
                event(final()),
            ),
        ),
        sample(
            "one preview in the middle without its progress",
            stream(*map(event, (preview(1), preview(2, progress=None), preview(3), preview(4), final()))),
        ),
        sample(
            "a picture that moves to another member",
            stream(
                *map(event, (preview(1), preview(2))),
                *(event({**preview(step, image=None), "images": [preview(step)["image"]]}) for step in (3, 4)),
                event(final()),
            ),
        ),
        sample(
            "two previews of which each lacks a member",
            stream(event(preview(1, 2, progress=None)), event(preview(2, 2, total_steps=None)), event(final())),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare the member names of every preview with those that most previews of its kind have."""
    previews = [event for event in generation.previews if event not in generation.marked_finals]
    if len(previews) < 2:
        raise NotApplicable(f"fewer than 2 previews: {len(previews)}")
    kinds: defaultdict[tuple[str | None, ...], list[Event]] = defaultdict(list)
    for preview_ in previews:
        kinds[_kind(preview_)].append(preview_)
    faults = chain.from_iterable(_faults(generation, alike) for alike in kinds.values())
    yield from first_few(sorted(faults, key=lambda finding: finding.byte_offset or 0))


def _kind(event_: Event) -> tuple[str | None, ...]:
    values = map(event_.payload.members.get, _KINDS)
    return tuple(value if isinstance(value, str) else None for value in values)


def _faults(generation: Evidence, previews: Sequence[Event]) -> Iterator[Finding]:
    usual = _usual_shape(previews)
    for place, event_ in enumerate(previews):
        shape = event_.payload.members.keys()
        may_have_more = place in (0, len(previews) - 1)
        if shape == usual or (may_have_more and shape > usual):
            continue
        changes = [f"lacks {name!r}" for name in sorted(usual - shape)]
        changes += [f"has {name!r} as well" for name in sorted(shape - usual)]
        yield generation.finding(
            f"the preview {' and '.join(changes)}, expected the members of the other previews: "
            f"{', '.join(map(repr, sorted(usual)))}",
            event=event_,
        )


def _usual_shape(previews: Sequence[Event]) -> frozenset[str]:
    counts = Counter(frozenset(event.payload.members) for event in previews)
    # Of shapes that are equally common, the smallest: a first or last preview may have more members.
    return min(counts, key=lambda shape: (-counts[shape], len(shape)))
