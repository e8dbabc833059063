"""J05: previews have the same members, and events match the schema where one is given."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.samples import event, final, good_events, picture, preview, stream
from conformance.stream.conventions import Conventions
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.schema import EventSchema, parse_event_schema

_KINDS = ("type", "event", "kind", "stage", "phase", "status", "state")


def _declared() -> Conventions:
    shown = {"type": "object", "required": ["step"], "properties": {"step": {"type": "integer"}}}
    result = {"type": "object", "required": ["final", "images"]}
    return Conventions(schema=parse_event_schema(json.dumps({"anyOf": [result, shown]}), name="a sample's schema"))


def _from_openapi() -> EventSchema:
    data = {"contentMediaType": "application/json", "contentSchema": {"$ref": "#/components/schemas/Event"}}
    item = {"required": ["data", "event"], "properties": {"data": {"type": "string", **data}}}
    answer = {"200": {"content": {"text/event-stream": {"itemSchema": item}}}}
    document = {
        "openapi": "3.2.0",
        "paths": {"/stream": {"post": {"responses": answer}}},
        "components": {"schemas": {"Event": {"type": "object", "minProperties": 1}}},
    }
    return parse_event_schema(json.dumps(document), name="a sample's document")


@rule(
    id="J05",
    name="preview-shape-changes",
    requirement="All previews have the same members (the first and the last may have more), or match a given schema.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://spec.openapis.org/oas/v3.2.0.html#media-type-object",
    rationale="A stream is described by one schema for all its items. Only events with a picture are compared, and "
    "among them those of the same kind (`type`, `stage` and the like), because an event that names its kind announces "
    "its shape. A schema that is given (`--schema`) says exactly what may vary, so that with one every event is "
    "compared with it and nothing else; what is wrong is told once for each event.",
    consequence="Code that reads a member from every preview works until the shape changes, then fails with a KeyError "
    "in Python or shows nothing in JavaScript.",
    fix="Build all previews in one place, from the model that the schema describes; send a member without a value as "
    "null.",
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
        sample("events as the schema describes them", stream(*good_events()), conventions=_declared()),
        sample(
            "another shape midway, which the schema allows",
            stream(*map(event, (preview(1), preview(2, total_steps=None), preview(3), preview(4), final()))),
            conventions=_declared(),
        ),
        sample(
            "events as an OpenAPI document describes them, name and all",
            stream(*(b"event: preview\n" + part for part in good_events())),
            conventions=Conventions(schema=_from_openapi()),
        ),
    ),
    fails=lambda: (
        sample(
            "a step that the schema wants as a number",
            stream(*map(event, (preview(1), {**preview(2), "step": "two"}, preview(3), preview(4), final()))),
            conventions=_declared(),
        ),
        sample(
            "a final event without a member that the schema requires",
            stream(*good_events()[:-1], event(final(images=None, image=picture()))),
            conventions=_declared(),
        ),
        sample(
            "events without the name that an OpenAPI document declares",
            stream(*good_events()),
            conventions=Conventions(schema=_from_openapi()),
        ),
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
    """Compare every event with the schema; without one, the previews with each other."""
    schema = generation.conventions.schema
    yield from _mismatches(generation, schema) if schema is not None else _changes(generation)


def _mismatches(generation: Evidence, schema: EventSchema) -> Iterator[Finding]:
    yield from first_few(
        generation.finding(f"in event {event_.index}, at {mismatch.path}: {mismatch.said}", event=event_)
        for event_ in generation.events
        if (mismatch := schema.mismatch(event_.sse, event_.payload)) is not None
    )


def _changes(generation: Evidence) -> Iterator[Finding]:
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
