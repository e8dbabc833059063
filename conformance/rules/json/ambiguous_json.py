"""J04: no member name twice in an object, no half of a surrogate pair."""

import json
from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.samples import event, final, good_events, picture, stream
from conformance.signs.applicability import require_json
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import offset_of


def _twice(name: str, value: str) -> bytes:
    return event(final()).replace(b"}\n\n", f', "{name}": {value}}}\n\n'.encode())


@rule(
    id="J04",
    name="ambiguous-json",
    requirement="No object has a member name twice, and no string holds half of a surrogate pair.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://www.rfc-editor.org/rfc/rfc8259#section-4",
    rationale="RFC 8259 says that names SHOULD be unique and calls the behaviour of readers unpredictable otherwise; "
    "section 8.2 says the same of lone surrogates. Both official clients read them, so this is advice.",
    consequence="Most readers keep the last of two members, some the first, some fail; half a character cannot be "
    "encoded again, and Python raises UnicodeEncodeError when it is printed or stored.",
    fix="Build the payload as one dict and serialise it once; cut texts by characters, not by UTF-16 units.",
    requires=("J01",),
    passes=lambda: (
        sample(
            "one name in different objects", stream(*good_events()[:-1], event(final(images=[picture(), picture()])))
        ),
        sample("an emoji as a whole surrogate pair", stream(*good_events()[:-1], event(final(prompt="🎨")))),
        sample("a backslash and u as text", stream(*good_events()[:-1], event(final(prompt=r"\ud83c")))),
    ),
    fails=lambda: (
        sample("a name twice", stream(*good_events()[:-1], _twice("seed", "7"))),
        sample("a name twice with the same value", stream(*good_events()[:-1], _twice("seed", "42"))),
        sample("a name twice in an inner object", stream(b'data: {"eta": {"s": 1, "s": 2}}\n\n', *good_events())),
        sample("half a surrogate pair", stream(*good_events()[:-1], event(final(prompt="a red disc \ud83c")))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Read what the parser noticed."""
    require_json(generation)
    yield from first_few(fault for event in generation.events for fault in _faults(generation, event))


def _faults(generation: Evidence, event: Event) -> Iterator[Finding]:
    for name in event.payload.duplicate_keys:
        yield generation.finding(
            f"an object has {name!r} twice, expected every name once",
            event=event,
            offset=offset_of(generation, event, max(event.sse.data.rfind(json.dumps(name)), 0)),
        )
    for path in event.payload.lone_surrogates:
        yield generation.finding(f"{path} holds half of a surrogate pair, expected whole characters", event=event)
