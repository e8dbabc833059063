"""What each client gets of a stream, as reports count it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.clients.reading import Reading, ReadingEnd
from conformance.clients.survey import CLIENTS, Client, ClientOutcome, outcome_of, survey
from conformance.core import Ending, Transcript
from conformance.judging.evaluation import evaluate
from conformance.profiles.profile import Profile
from conformance.samples import documented_events, event, final, good_events, stream
from conformance.stream.conventions import Conventions
from conformance.stream.evidence import Evidence
from conformance.stream.payload import Json

MIXED = stream(*good_events()[:-1], b": ping\r\n\r\n" + good_events()[-1])


def outcomes(transcript: Transcript) -> dict[str, tuple[int, int, bool | None, ReadingEnd]]:
    return {
        item.client.name: (item.delivered, item.expected, item.has_final, item.reading.end)
        for item in survey(Evidence(transcript))
    }


def test_a_good_stream_reaches_every_client() -> None:
    """All of its events, the final among them, and a normal end."""
    assert outcomes(stream(*good_events())) == dict.fromkeys(
        ("fal_client", "fal-js", "browser"), (5, 5, True, ReadingEnd.FINISHED)
    )


def test_a_lost_final_is_told_of_the_client_that_lost_it() -> None:
    """fal-js loses what follows a CRLF keep-alive in one chunk, and says nothing."""
    read = outcomes(MIXED)
    assert (read["fal-js"], read["fal_client"]) == (
        (4, 5, False, ReadingEnd.FINISHED),
        (5, 5, True, ReadingEnd.FINISHED),
    )


def test_a_final_without_its_blank_line_is_lost_to_everybody() -> None:
    """It was sent, every reader throws it away, and none says so."""
    read = outcomes(stream(*good_events()[:-1], good_events()[-1].rstrip()))
    assert read == dict.fromkeys(("fal_client", "fal-js", "browser"), (4, 5, False, ReadingEnd.FINISHED))


def test_a_stream_that_broke_off_after_a_preview_shows_no_final() -> None:
    """Its last event may be no more than a preview."""
    read = outcomes(stream(*documented_events()[:2], ending=Ending.TRUNCATED))
    assert {item[:3] for item in read.values()} == {(2, 2, None)}


@pytest.mark.parametrize("ending", [Ending.TIMED_OUT, Ending.LIMIT_REACHED])
def test_a_stream_without_an_end_keeps_every_client_waiting(ending: Ending) -> None:
    """No official client has a limit of its own."""
    ends = {read[-1] for read in outcomes(stream(*good_events(), ending=ending)).values()}
    assert ends == {ReadingEnd.HANGS}


@pytest.mark.parametrize("ending", [Ending.TRUNCATED, Ending.RESET, Ending.PROTOCOL_ERROR])
def test_a_stream_that_breaks_off_raises_in_every_client(ending: Ending) -> None:
    """After what was whole was delivered."""
    read = outcomes(stream(*good_events()[:-1], ending=ending)).values()
    assert {(item[0], item[-1]) for item in read} == {(4, ReadingEnd.RAISED)}


def test_rounded_integers_count_as_delivered_in_javascript() -> None:
    """A client gets what its language can hold; J08 warns of the rounding."""
    assert outcomes(stream(event(final(seed=2**60 + 1))))["fal-js"][:3] == (1, 1, True)


def test_a_profile_names_who_reads_its_streams() -> None:
    """Reports show those and no others."""
    profile = Profile(name="vendor", conventions=Conventions(clients=("openai-python",)))
    report = evaluate([stream(*good_events())], profile)
    assert [item.client.name for item in report.clients] == ["openai-python"]


def test_nothing_is_said_of_a_generation_that_we_left() -> None:
    """What a client would have got is not known."""
    report = evaluate([stream(*good_events()[:2], ending=Ending.ABANDONED)], Profile(name="left"))
    assert report.clients == ()


def _outcome(delivered: Sequence[int], sent: int) -> ClientOutcome:
    payloads: list[Json] = [{"n": number} for number in range(sent)]
    reading = Reading(events=tuple(payloads[index] for index in delivered))
    client = Client(name="made-up", read=lambda answer: reading)
    return outcome_of(client, Evidence(stream(*map(event, payloads))))


@given(st.lists(st.booleans(), max_size=12))
def test_events_are_counted_wherever_others_are_lost(kept: list[bool]) -> None:
    """Any of them can be missing."""
    delivered = [index for index, is_kept in enumerate(kept) if is_kept]
    assert (_outcome(delivered, len(kept)).delivered, _outcome(delivered, len(kept)).expected) == (
        len(delivered),
        len(kept),
    )


@given(st.lists(st.integers(min_value=0, max_value=9), max_size=12))
def test_no_event_is_counted_twice_or_out_of_order(delivered: list[int]) -> None:
    """An event that comes again, or late, is not one more of the stream's."""
    rising = [index for place, index in enumerate(delivered) if all(index > other for other in delivered[:place])]
    assert _outcome(delivered, 10).delivered <= len(set(delivered))
    assert _outcome(rising, 10).delivered == len(rising)


def test_every_client_has_a_name_of_its_own() -> None:
    """Profiles name them."""
    assert list(CLIENTS) == [client.name for client in CLIENTS.values()]


@pytest.mark.parametrize(
    ("events", "end", "error", "said"),
    [
        ((0, 1, 2), ReadingEnd.FINISHED, "", None),
        (
            (0, 1),
            ReadingEnd.FINISHED,
            "",
            "delivers 2 of 3 events and reports success with event 1, which is not the last",
        ),
        ((0, 2), ReadingEnd.FINISHED, "", "delivers 2 of 3 events and reports success"),
        ((), ReadingEnd.FINISHED, "", "delivers 0 of 3 events and reports success without a result"),
        ((0, 9, 2), ReadingEnd.FINISHED, "", "delivers event 1 changed, without an error"),
        ((0,), ReadingEnd.RAISED, "SyntaxError", "raises SyntaxError after 1 of 3 events"),
        ((0, 1, 2), ReadingEnd.HANGS, "", "waits for ever after 3 of 3 events"),
    ],
)
def test_a_difference_is_said_as_the_user_sees_it(
    events: tuple[int, ...], end: ReadingEnd, error: str, said: str | None
) -> None:
    """What is missing, and whether anybody is told."""
    assert Reading(events=events, end=end, error=error).difference([0, 1, 2]) == said
