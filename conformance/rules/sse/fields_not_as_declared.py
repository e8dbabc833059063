"""S17: events have the name and the id that the profile asks for."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, preview, stream
from conformance.stream.conventions import Conventions, DataKind, EndMarker, EventRole
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few

_ROLES = {"output": EventRole.RESULT, "logs": EventRole.OTHER, "error": EventRole.ERROR}
_NAMED = Conventions(
    data=DataKind.TEXT,
    carries_pictures=False,
    event_roles=_ROLES,
    end_marker=EndMarker(event="done"),
    requires_ids=True,
)
_MIRRORED = Conventions(name_member="type")


def _block(name: str, data: str, id_: str = "1") -> bytes:
    fields = (("event", name), ("id", id_), ("data", data))
    return "".join(f"{field}: {value}\n" for field, value in fields if value).encode() + b"\n"


def _words(*blocks: bytes) -> Transcript:
    return stream(_block("output", "a red"), *blocks, _block("output", " disc"), _block("done", "{}"))


def _typed(name: str) -> bytes:
    return f"event: {name}\n".encode() + event(preview(2, type="preview"))


@rule(
    id="S17",
    name="fields-not-as-declared",
    requirement="Every event has the name and the id that the profile asks for.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://replicate.com/docs/reference/streaming",
    rationale="Some services say by an event's name what it is: Replicate's client drops events without a name or an "
    "id and raises on a name that it does not know; OpenAI's events repeat their `type` as the name. Only a profile "
    "that declares `event_names`, `name_member` or `ids_required` is judged; fal's own clients look at neither.",
    consequence="A client of that service drops the event without a word, or stops with an exception.",
    fix="Write the `event:` and `id:` lines before each `data:` line, with the names that the service documents.",
    requires=("H02", "S04"),
    passes=lambda: (
        sample("names and ids as declared", _words(_block("logs", "step 1 of 2")), conventions=_NAMED),
        sample("an id that stays in force", _words(_block("logs", "step 1 of 2", id_="")), conventions=_NAMED),
        sample(
            "names that repeat the type, and events without a name",
            stream(event(preview(1, type="preview")), _typed("preview"), event(final(type="final"))),
            conventions=_MIRRORED,
        ),
        sample("any name, where nothing is declared", stream(b"event: hello\n" + event(preview()), *good_events()[1:])),
    ),
    fails=lambda: (
        sample("a name that was not declared", _words(_block("ping", "1")), conventions=_NAMED),
        sample("no name", _words(_block("", "step 1 of 2")), conventions=_NAMED),
        sample(
            "no id",
            stream(_block("output", "a disc", id_=""), _block("done", "{}", id_="")),
            conventions=_NAMED,
        ),
        sample(
            "a name other than the type",
            stream(event(preview(1, type="preview")), _typed("partial"), event(final(type="final"))),
            conventions=_MIRRORED,
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare each event's fields with what is declared."""
    conventions = generation.conventions
    if not (conventions.event_roles or conventions.name_member or conventions.requires_ids):
        raise NotApplicable("the profile declares no names and no ids")
    ended = () if generation.end_mark is None else (generation.end_mark,)
    yield from first_few(
        generation.finding(f"event {item.index} {fault}", event=item)
        for item in (*generation.events, *ended)
        if (fault := _name_fault(conventions, item) or _id_fault(conventions, item)) is not None
    )


def _name_fault(conventions: Conventions, item: Event) -> str | None:
    name, marker = item.sse.event, conventions.end_marker
    if marker is not None and marker.marks(item.sse):
        return None
    if conventions.event_roles and name not in conventions.event_roles:
        return f"is named {name!r}, expected one of {', '.join(map(repr, conventions.event_roles))}"
    said = item.payload.members.get(conventions.name_member or "")
    if conventions.name_member is not None and name not in ("message", said):
        return f"is named {name!r} and its {conventions.name_member!r} is {said!r}, expected the same"
    return None


def _id_fault(conventions: Conventions, item: Event) -> str | None:
    if conventions.requires_ids and not item.sse.last_event_id:
        return "has no id, expected one"
    return None
