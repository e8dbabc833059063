"""A new rule is one new file: found, judged, listed and explained, with nothing else touched."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import conformance.rules.sse
from conformance.catalogue import Verdict, load_catalogue
from conformance.cli import commands
from conformance.core import Transcript
from conformance.judging.evaluation import evaluate
from conformance.profiles.profile import Profile
from conformance.samples import event, final, good_events, stream

SOURCE = '''
"""S99: no event speaks of frogs."""

from conformance.catalogue import Basis, Level, rule, sample
from conformance.samples import event, final, good_events, stream


@rule(
    id="S99",
    name="frog-in-event",
    requirement="No event speaks of frogs.",
    level=Level.MUST,
    basis=Basis.OPERATIONS,
    reference="https://frogs.example",
    rationale="A frog among the events is a frog too many.",
    consequence="The user looks at a frog.",
    fix="Take the frogs out.",
    requires=("S04",),
    passes=lambda: (sample("no frog", stream(*good_events())),),
    fails=lambda: (sample("a frog", stream(*good_events()[:-1], event(final(prompt="a frog")))),),
)
def check(generation):
    """Search for frogs."""
    for item in generation.events:
        if "frog" in item.sse.data:
            yield generation.finding("a frog sits in the event, expected none", event=item)
'''
MODULE = "conformance.rules.sse.frog_in_event"


@pytest.fixture(autouse=True)
def new_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One more file in the folder of a family, for as long as a test runs."""
    tmp_path.joinpath("frog_in_event.py").write_text(SOURCE, "utf-8")
    monkeypatch.setattr(conformance.rules.sse, "__path__", [*conformance.rules.sse.__path__, str(tmp_path)])
    load_catalogue.cache_clear()
    yield
    load_catalogue.cache_clear()
    sys.modules.pop(MODULE, None)
    vars(conformance.rules.sse).pop("frog_in_event", None)


def said_of(transcript: Transcript) -> Verdict:
    results = evaluate([transcript], Profile(name="frogs")).results
    return next(result.verdict for result in results if result.rule.id == "S99")


def test_it_is_found() -> None:
    """In its place among the rules of its family."""
    ids = [id_ for id_ in load_catalogue().rules if id_.startswith("S")]
    assert ids[-1] == "S99"


def test_it_brings_its_own_proof() -> None:
    """Its samples are there to be judged like those of any rule."""
    rule = load_catalogue().rules["S99"]
    judged = [said_of(item.transcripts[0]) for item in (*rule.passes, *rule.fails)]
    assert judged == [Verdict.PASSED, Verdict.FAILED]


def test_it_judges_a_check() -> None:
    """Together with all others, whose failure can leave it nothing to judge."""
    frog = stream(*good_events()[:-1], event(final(prompt="a frog")))
    assert (said_of(frog), said_of(stream())) == (Verdict.FAILED, Verdict.NOT_APPLICABLE)


@pytest.mark.parametrize("command", [("rules", "--family", "S"), ("explain", "S99"), ("rules", "--markdown")])
def test_it_is_listed_and_explained(command: tuple[str, ...]) -> None:
    """The command line knows it."""
    result = CliRunner().invoke(commands, command)
    assert (result.exit_code, "No event speaks of frogs." in result.output) == (0, True)
