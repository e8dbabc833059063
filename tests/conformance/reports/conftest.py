"""Reports of made-up rules, so that they stay as they are when the catalogue grows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from conformance.catalogue import Basis, Catalogue, Level, NotTestable, Rule, rule
from conformance.core import Chunk, Ending, Phases, Request, ResponseHead, StreamEnd, Transcript
from conformance.judging.evaluation import evaluate
from conformance.judging.known_failures import KnownFailure, KnownFailures
from conformance.judging.report import Report
from conformance.judging.rule_set import FrozenRule, RuleSet
from conformance.profiles.profile import Profile
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

MS = 1_000_000
PROFILE = Profile(name="made-up")
REFERENCE = "https://example.org/a-standard-with-a-rather-long-name/and-a-long-path/section-9.2.6#the-fragment-too"


def made_up(id_: str, name: str, level: Level, *, basis: Basis = Basis.STANDARD, requires: tuple[str, ...] = ()):
    return rule(
        id=id_,
        name=name,
        requirement=f"The endpoint does what {id_} asks for.",
        level=level,
        basis=basis,
        reference=REFERENCE,
        rationale="It is made up.",
        consequence="The last picture never shows, and no client says so: what the user sees is a preview.",
        fix='End every event with two line breaks: f"data: {json}\\n\\n".',
        requires=requires,
        passes=tuple,
        fails=tuple,
    )


@made_up("H90", "wrong-head", Level.MUST)
def wrong_head(generation: Evidence) -> Iterator[Finding]:
    """Always quiet."""
    yield from ()


@made_up("H91", "weak-head", Level.SHOULD, basis=Basis.OPERATIONS)
def weak_head(generation: Evidence) -> Iterator[Finding]:
    """Fails where the response says so."""
    if generation.response.value("x-weak"):
        yield generation.finding("there is no Cache-Control, expected 'no-cache'")


@made_up("S90", "torn-event", Level.MUST, basis=Basis.CLIENT)
def torn_event(generation: Evidence) -> Iterator[Finding]:
    """Fails at the second event and at the end of the body."""
    if not generation.body.endswith(b"\n\n"):
        yield generation.finding("event 1 is '[1, \\x00]', expected an object", event=generation.events[1])
        yield generation.finding("the body ends here, expected a blank line", offset=len(generation.body))


@made_up("J90", "unread-payload", Level.MUST, requires=("S90",))
def unread_payload(generation: Evidence) -> Iterator[Finding]:
    """Has nothing to judge where S90 failed."""
    yield from ()


@made_up("C90", "uneven-cadence", Level.SHOULD)
def uneven_cadence(generation: Evidence) -> Iterator[Finding]:
    """Passes with a remark."""
    yield generation.finding("previews come 2.0 a second", is_note=True)


@made_up("C91", "odd-cadence", Level.INFO)
def odd_cadence(generation: Evidence) -> Iterator[Finding]:
    """Fails, which is only worth a note."""
    yield generation.finding("no heartbeat was seen", at_ns=1_500 * MS)


@made_up("E90", "bad-refusal", Level.MUST)
def bad_refusal(invalid_input: Evidence) -> Iterator[Finding]:
    """Cannot be tested where invalid_input got no answer, and does not apply where it was not sent."""
    yield from ()


@made_up("E91", "untestable-refusal", Level.SHOULD)
def untestable_refusal(generation: Evidence) -> Iterator[Finding]:
    """Cannot be tested where the response is weak."""
    if generation.response.value("x-weak"):
        raise NotTestable("the answer was cut off")
    yield from ()


@made_up("F90", "lost-final", Level.MUST)
def lost_final(generation: Evidence) -> Iterator[Finding]:
    """Fails where the body is torn."""
    if not generation.body.endswith(b"\n\n"):
        yield generation.finding("there is no final event")


@made_up("F91", "late-final", Level.MUST)
def late_final(generation: Evidence) -> Iterator[Finding]:
    """Always quiet."""
    yield from ()


@made_up("F92", "other-final", Level.SHOULD)
def other_final(generation: Evidence) -> Iterator[Finding]:
    """Fails where the body is torn."""
    if not generation.body.endswith(b"\n\n"):
        yield generation.finding("the final event is 'torn', expected 'whole'", event=generation.events[0])


@made_up("F93", "forgotten-final", Level.MUST)
def forgotten_final(generation: Evidence) -> Iterator[Finding]:
    """Fails where the body is torn."""
    if not generation.body.endswith(b"\n\n"):
        yield generation.finding("the final event is not marked")


@made_up("F94", "slow-final", Level.MUST)
def slow_final(generation: Evidence) -> Iterator[Finding]:
    """Fails where the body is torn."""
    if not generation.body.endswith(b"\n\n"):
        yield generation.finding("the final event came after 1.5 s, expected 1 s")


@made_up("R90", "newer-demand", Level.MUST)
def newer_demand(generation: Evidence) -> Iterator[Finding]:
    """Fails where the body is torn."""
    if not generation.body.endswith(b"\n\n"):
        yield generation.finding("the stream is torn")


RULES = (
    *(wrong_head, weak_head, torn_event, unread_payload),
    *(lost_final, late_final, other_final, forgotten_final, slow_final),
    *(uneven_cadence, odd_cadence, bad_refusal, untestable_refusal, newer_demand),
)
CATALOGUE = Catalogue(MappingProxyType({item.id: item for item in RULES}))
RULE_SET = RuleSet(
    name="2026.1",
    rules={item.id: FrozenRule(name=item.name, level=item.level, options={}) for item in RULES if item.id != "R90"},
)


def known(rule_id: str, reason: str, expires: date, *symptoms: str) -> KnownFailure:
    return KnownFailure(rule_id=rule_id, reason=reason, owner="final team", expires=expires, symptoms=symptoms)


KNOWN = (
    known("F90", "the final is being rewritten", date(2026, 3, 31)),
    known("F91", "fixed last week", date(2026, 3, 31)),
    known("F92", "the final is late", date(2026, 3, 31), "0badf00d"),
    known("F93", "the mark is being discussed", date(2025, 12, 24)),
    known("F94", "the disk is slow", date(2026, 1, 11)),
)


def recorded(*pieces: bytes, weak: bool = False, probe: str = "generation") -> Transcript:
    headers = (("content-type", "text/event-stream"), ("transfer-encoding", "chunked"))
    return Transcript(
        probe=probe,
        request=Request(
            method="POST",
            url="https://fal.run/owner/app/stream",
            headers=(("authorization", "[redacted]"), ("content-type", "application/json")),
            body=b'{"prompt": "it\'s a red disc"}',
        ),
        head=ResponseHead(status=200, headers=(*headers, ("x-weak", "yes")) if weak else headers),
        chunks=tuple(Chunk(at_ns=500 * (index + 1) * MS, data=piece) for index, piece in enumerate(pieces)),
        phases=Phases(resolved_ns=MS, connected_ns=2 * MS, request_sent_ns=3 * MS, head_ns=40 * MS),
        end=StreamEnd(ending=Ending.COMPLETE, at_ns=500 * len(pieces) * MS + 12 * MS),
        started_at="2026-01-02T03:04:05Z",
    )


def judged(transcripts: Iterable[Transcript], rules: Iterable[Rule] = RULES, **arguments: object) -> Report:
    catalogue = Catalogue(MappingProxyType({item.id: item for item in rules}))
    return evaluate(transcripts, PROFILE, catalogue=catalogue, **arguments)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def failing_report() -> Report:
    """One of everything: failures, warnings, notes, not testable, not applicable, unscored, every known failure."""
    torn = recorded(b'data: {"step": 1}\n\n', b"data: [1, \x00]\n\n", b'data: {"final": "\xc3\xa9"', weak=True)
    silent = replace(
        recorded(probe="invalid_input"),
        head=None,
        end=StreamEnd(ending=Ending.TIMED_OUT, at_ns=30_000 * MS, detail="nothing for 30 s"),
    )
    listed = KnownFailures(entries={item.rule_id: item for item in KNOWN}, today=date(2026, 1, 2))
    return judged((torn, silent), known_failures=listed, rule_set=RULE_SET)


@pytest.fixture(scope="session")
def passing_report() -> Report:
    """Everything that can pass does."""
    quiet = (wrong_head, weak_head, torn_event, unread_payload, late_final, bad_refusal)
    return judged([recorded(b'data: {"step": 1}\n\n', b'data: {"final": true}\n\n')], quiet)


@pytest.fixture(scope="session")
def unreachable_report() -> Report:
    """Nobody listens, and the detail tries to command the terminal."""
    dead = replace(
        recorded(),
        head=None,
        end=StreamEnd(ending=Ending.UNREACHABLE, at_ns=3 * MS, detail="refused \x1b[2J[red]by[/red] 192.0.2.1"),
    )
    return judged([dead])


@pytest.fixture(scope="session")
def cut_off_report() -> Report:
    """The run was cut off, and nothing had fallen short until then."""
    whole = recorded(b'data: {"step": 1}\n\n')
    return judged([replace(whole, end=replace(whole.end, ending=Ending.ABANDONED))], [wrong_head])


@pytest.fixture(scope="session")
def strict_report() -> Report:
    """A SHOULD falls short, and SHOULD counts."""
    return judged([recorded(b'data: {"step": 1}\n\n', weak=True)], [wrong_head, weak_head], strict=True)
