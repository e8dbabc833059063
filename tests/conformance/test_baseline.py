"""A baseline: how it is read, what it is compared with, and that it is no part of the run."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.archive import TranscriptFolder, read_baseline, write_transcript_file
from conformance.catalogue import Verdict
from conformance.core import Transcript, UsageError
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Report
from conformance.profiles.profile import Profile
from conformance.samples import answer, good_events, stream
from conformance.settings import JudgingSettings
from conformance.stream.payload import Json

FAL_ID = "https://fal.run/owner/app{}/stream"


def runs(count: int = 5, *, first_ms: int = 500, **changes: Any) -> list[Transcript]:
    return [stream(*good_events(), first_ms=first_ms + index, **changes) for index in range(count)]


def at(url: str, transcripts: list[Transcript]) -> list[Transcript]:
    return [replace(item, request=replace(item.request, url=url)) for item in transcripts]


def judged(now: list[Transcript], before: list[Transcript]) -> Report:
    return evaluate(now, Profile(name="test"), baseline=before)


def said(report: Report) -> tuple[Verdict, str]:
    result = next(result for result in report.results if result.rule.id == "C09")
    return result.verdict, result.reason or " / ".join(finding.message for finding in result.findings)


def test_a_regression_is_told_in_numbers() -> None:
    """The factor, its lower bound, the medians and how many runs there were."""
    verdict, message = said(judged(runs(first_ms=1500), runs(6)))
    assert verdict is Verdict.FAILED
    assert message.startswith(
        "the first preview takes 3.00 times as long as in the baseline, and with 99.5% certainty at least 2.98 times "
        "(medians 1.50 s in 5 runs, 0.50 s in 6), expected at most 1.25 times"
    )


def test_no_baseline_is_said() -> None:
    """The option is named."""
    assert said(judged(runs(), [])) == (Verdict.NOT_APPLICABLE, "no baseline was given (--baseline)")


@pytest.mark.parametrize(("count", "before"), [(1, 5), (5, 4), (4, 9)])
def test_too_few_runs_are_counted(count: int, before: int) -> None:
    """Both numbers, and the option that records more."""
    assert said(judged(runs(count, first_ms=9000), runs(before))) == (
        Verdict.NOT_APPLICABLE,
        f"fewer than 5 finished generations here or in the baseline: {count} and {before} (--repeat 5)",
    )


@pytest.mark.parametrize(
    ("here", "there", "difference"),
    [
        ({"prompt": "a", "steps": 4}, {"prompt": "a", "steps": 8}, "'steps' of the payload is 4 here and 8 there"),
        ({"prompt": "a"}, {"prompt": "b"}, "'prompt' of the payload is 'a' here and 'b' there"),
        ({"prompt": "a"}, {"prompt": "a", "steps": 8}, "'steps' of the payload is missing here and 8 there"),
    ],
)
def test_another_payload_is_not_compared(here: dict[str, Json], there: dict[str, Json], difference: str) -> None:
    """The member that differs is named."""
    report = judged(runs(first_ms=2000, payload=here), runs(payload=there))
    assert said(report) == (Verdict.NOT_APPLICABLE, f"the generations cannot be compared: {difference}")


def test_another_seed_is_compared() -> None:
    """It makes no difference to time."""
    report = judged(runs(first_ms=2000, payload={"seed": 1}), runs(payload={"seed": 2}))
    assert said(report)[0] is Verdict.FAILED


def test_another_route_is_not_compared() -> None:
    """The image-to-image route of an app is another endpoint; the same route of a staging app is not."""
    slow = runs(first_ms=2000)
    other = at("http://127.0.0.1:8000/image-to-image/stream", runs())
    assert said(judged(slow, other)) == (
        Verdict.NOT_APPLICABLE,
        "the generations cannot be compared: the route is '/stream' here and '/image-to-image/stream' there",
    )
    staging, live = at(FAL_ID.format("-staging"), slow), at(FAL_ID.format(""), runs())
    assert said(judged(staging, live))[0] is Verdict.FAILED


def test_another_http_version_is_not_compared() -> None:
    """HTTP/2 and HTTP/1.1 take different times."""
    verdict, reason = said(judged(runs(first_ms=2000), runs(http_version="HTTP/1.0")))
    assert (verdict, reason) == (
        Verdict.NOT_APPLICABLE,
        "the generations cannot be compared: HTTP/1.1 here and HTTP/1.0 there",
    )


def test_a_baseline_costs_nothing_and_is_in_no_report() -> None:
    """Cost, transcripts, timings and every other verdict are those of the run alone."""
    alone, compared = judged(runs(), []), judged(runs(), runs(7, first_ms=9000, status=500))
    assert (compared.cost, compared.transcripts, compared.timings) == (alone.cost, alone.transcripts, alone.timings)
    assert [result.verdict for result in compared.results] == [result.verdict for result in alone.results]


def test_a_folder_and_a_file_are_read(tmp_path: Path) -> None:
    """Of what `check --save` kept the generations count; a file counts as it is."""
    folder = TranscriptFolder(tmp_path / "run")
    for transcript in [*runs(3), answer("missing_body", 422, {"detail": []})]:
        folder.keep(transcript)
    write_transcript_file(tmp_path / "one.jsonl", runs(1)[0])
    settings = JudgingSettings.read(baseline=[str(tmp_path / "run"), str(tmp_path / "one.jsonl")])
    assert [item.probe for item in settings.baseline] == ["generation"] * 4


def test_a_folder_without_a_generation_is_a_mistake(tmp_path: Path) -> None:
    """A baseline that cannot be compared with anything is said before anything is sent."""
    with pytest.raises(UsageError, match="holds no transcript of a generation"):
        read_baseline(tmp_path)
