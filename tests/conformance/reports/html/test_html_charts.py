"""The charts: sound figures, the right marks at the right places, limits as the rules have them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import load_catalogue
from conformance.core import Ending
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Report
from conformance.profiles.profile_file import load_profile
from conformance.reports.html.cadence import cadence, measured
from conformance.reports.html.chart import Chart, hover
from conformance.reports.html.exchange import EventKind, exchanges
from conformance.reports.html.limits import Limit, Wait, limits
from conformance.reports.html.scene import scenes
from conformance.reports.html.thinning import thinned
from conformance.reports.html.timeline import timeline
from conformance.reports.html.units import at, size
from conformance.samples import event, good_events, preview, stream, timed_stream

PROFILE = load_profile("fal-image")
PING = b": ping\n\n"


def judged(*pieces: bytes, **settings: Any) -> Report:
    return evaluate([stream(*pieces, **settings)], PROFILE)


def drawn(report: Report) -> Chart:
    return timeline(exchanges(report)[0])


def trace(chart: Chart, name: str) -> dict[str, Any]:
    return next(item for item in chart.traces if item["name"] == name)


def kinds(report: Report) -> list[EventKind]:
    exchange = exchanges(report)[0]
    return [exchange.kind(item) for item in exchange.evidence.received]


def test_plotly_itself_finds_no_fault_with_the_figures(any_report: Report) -> None:
    """Every trace, axis, shape and remark is one that plotly knows."""
    from plotly.graph_objects import Figure

    charts = [chart for scene in scenes(any_report) for chart in (scene.timeline, scene.cadence) if chart is not None]
    for chart in charts:
        Figure(chart.figure, skip_invalid=False)
    assert len({chart.id for chart in charts}) == len(charts)


def test_marks_stand_at_the_instants_of_the_wire() -> None:
    """Events and reads are drawn where they came, in seconds from the start."""
    chart = drawn(judged(*good_events(2), first_ms=500, every_ms=250))
    assert (trace(chart, "preview")["x"], trace(chart, "final")["x"]) == ([0.5, 0.75], [1.0])
    assert trace(chart, "read")["x"] == [0.5, 0.75, 1.0]


def test_pieces_of_one_read_are_one_mark() -> None:
    """What shares an instant came out of one read: its bytes are added, and all events that it ended are named."""
    first, second, last = good_events(2)
    chart = drawn(evaluate([timed_stream([(500, first), (500, second), (900, last)], end_ms=910)], PROFILE))
    mark = trace(chart, "read")
    assert (mark["x"], mark["text"][0].split("<br>")[1:]) == (
        [0.5, 0.9],
        [size(len(first) + len(second)), "the ends of events 0 to 1"],
    )


def test_heartbeats_are_seen_and_are_no_events() -> None:
    """A comment has a mark of its own."""
    chart = drawn(judged(good_events(1)[0], PING, good_events(1)[1]))
    assert trace(chart, "comment")["x"] == [1.0]
    assert trace(chart, "comment")["text"] == ["at 1000 ms<br>comment, no event: : ping"]


def test_findings_stand_where_they_point(torn_report: Report) -> None:
    """A finding with an instant is marked on the timeline, with its rule."""
    chart = scenes(torn_report)[0].timeline
    assert chart is not None
    mark = trace(chart, "finding")
    assert (mark["x"], mark["text"][0].split("<br>")[0]) == ([2.5], "S03 unterminated-event")


def test_finding_is_marked_in_the_generation_that_it_points_into() -> None:
    """Of two generations the second is silent for long, and there the finding stands."""
    late = timed_stream(zip((501, 1001, 31_001), good_events(2), strict=True), end_ms=31_011)
    found = scenes(evaluate([stream(*good_events(2)), late], PROFILE, selected=frozenset({"C03"})))
    charts = [scene.timeline for scene in found if scene.timeline is not None]
    assert ["finding" in [item["name"] for item in chart.traces] for chart in charts] == [False, True]


def test_last_picture_of_a_broken_stream_is_not_called_final() -> None:
    """Where a stream broke off, nobody knows whether its last picture is the final one."""
    broken = judged(*(event({"image": preview(step)["image"]}) for step in (1, 2)), ending=Ending.TRUNCATED)
    assert kinds(broken) == [EventKind.PREVIEW, EventKind.LAST_PICTURE]


def test_picture_before_a_lost_event_is_not_called_final(torn_report: Report) -> None:
    """What was cut off at the end may have been the final."""
    assert kinds(torn_report) == [*[EventKind.PREVIEW] * 3, EventKind.LAST_PICTURE]


def test_error_events_are_told_from_pictures() -> None:
    """An error has its own mark."""
    assert kinds(judged(event(preview(1)), event({"error": "out of memory"})))[-1] is EventKind.ERROR


def test_every_limit_stands_in_the_catalogue() -> None:
    """Each rule whose limit is drawn exists and has that option, in the unit that is read."""
    report = judged(*good_events())
    by_rule = {limit.rule_id: limit for limit in limits(report)}
    rules = load_catalogue().rules
    expected = {
        "C01": rules["C01"].options.head_limit_seconds,
        "C02": rules["C02"].options.first_event_limit_seconds,
        "C03": rules["C03"].options.silence_limit_seconds,
        "C05": rules["C05"].options.least_interval_milliseconds / 1000,
        "C06": rules["C06"].options.gap_limit_seconds,
        "F04": rules["F04"].options.close_seconds,
    }
    assert {id_: limit.seconds for id_, limit in by_rule.items()} == expected


def test_limits_are_those_of_the_profile() -> None:
    """A profile's own limit is the one that is drawn."""
    profile = replace(PROFILE, options={"C06": {"gap_limit_seconds": 4.0}})
    report = evaluate([stream(*good_events())], profile)
    assert [limit.seconds for limit in limits(report) if limit.rule_id == "C06"] == [4.0]


def test_report_of_few_rules_draws_few_limits() -> None:
    """A rule that was not selected has no line."""
    report = evaluate([stream(*good_events())], PROFILE, selected=frozenset({"C01"}))
    chart = cadence(exchanges(report)[0], limits(report))
    assert chart is not None
    assert [item["text"] for item in chart.layout["annotations"]] == ["≤ 10 s C01 head"]


def test_table_says_what_was_measured() -> None:
    """Each wait has its length and its limit in words."""
    report = judged(*good_events(4), first_ms=500, every_ms=250, end_after_ms=40)
    rows = {row.what: (row.value, row.allowed) for row in measured(exchanges(report)[0], limits(report))}
    assert rows == {
        "request to response head": ("18 ms", "at most 10 s"),
        "request to first event": ("498 ms", "at most 30 s"),
        "silence, longest": ("480 ms", "at most 15 s, 20 s is let through"),
        "from preview to preview, 95 of 100": ("250 ms", "at most 10 s"),
        "from preview to preview, mean": ("250 ms", "at least 100 ms"),
        "final event to the end": ("40 ms", "at most 2 s, 2.5 s is let through"),
    }


def test_waits_of_no_length_can_be_drawn() -> None:
    """Events of one read lie no time apart; a logarithmic scale shows them at its foot."""
    report = judged(b"".join(good_events(4)))
    chart = cadence(exchanges(report)[0], limits(report))
    assert chart is not None
    assert trace(chart, Wait.PREVIEWS.value)["y"] == [0.001] * 3


def test_stream_of_any_length_is_a_page_of_some_length() -> None:
    """Of thousands of events so many are drawn as can be told apart, and the legend says so."""
    chart = drawn(judged(*(b'data: {"n": 1}\n\n' for _ in range(4_000)), every_ms=1))
    assert (len(trace(chart, "read (1500 of 4000 drawn)")["x"]), len(str(chart.figure)) < 600_000) == (1500, True)


@given(items=st.lists(st.integers(), max_size=300), most=st.integers(min_value=2, max_value=50))
def test_thinned_keeps_order_and_both_ends(items: Sequence[int], most: int) -> None:
    """At most so many are left, from first to last, in order, each of them once."""
    places = thinned(range(len(items)), most)
    assert (len(places), sorted(set(places)), [*places[:1], *places[-1:]]) == (
        min(len(items), most),
        list(places),
        [*range(len(items))[:1], *range(len(items))[-1:]],
    )


def test_thinning_to_less_than_both_ends_is_refused() -> None:
    """The first and the last are always kept."""
    with pytest.raises(ValueError, match=r"^most is 1, expected 2 or more: the first and the last are kept$"):
        thinned([1, 2, 3], 1)


@given(text=st.text(max_size=80))
def test_no_text_is_markup_in_a_hover_label(text: str) -> None:
    """Whatever a label quotes, its only elements are the line breaks between its lines."""
    assert hover("first", text or "second").count("<") == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_250_000, "1.25 MB"), (2_000_000_000, "2000.00 MB")],
)
def test_sizes_are_written_for_people(number: int, words: str) -> None:
    """Bytes, thousands and millions of them."""
    assert size(number) == words


@pytest.mark.parametrize(
    ("at_ns", "words"), [(0, "at 0 ms"), (9_999_000_000, "at 9999 ms"), (12_345_000_000, "at 12.35 s")]
)
def test_instants_are_written_for_people(at_ns: int, words: str) -> None:
    """Milliseconds below ten seconds, seconds from then on."""
    assert at(at_ns) == words


def test_limit_of_nothing_is_not_drawn() -> None:
    """A limit of zero has no place on a logarithmic scale."""
    profile = replace(PROFILE, options={"F04": {"close_seconds": 0.0}})
    report = evaluate([stream(*good_events())], profile)
    assert [item for item in limits(report) if isinstance(item, Limit) and item.rule_id == "F04"] == []
