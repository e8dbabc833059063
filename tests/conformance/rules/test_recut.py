"""The verdict on what was recorded does not depend on where the bytes were cut."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Catalogue, Rule, Sample, Verdict
from conformance.core import Chunk, Recut
from conformance.judging.evaluation import evaluate
from conformance.profiles.profile import Profile
from tests.conformance.verdicts import CATALOGUE, RULES

Chunks = tuple[Chunk, ...]

# They tell of what fal's JavaScript client loses at chunk edges: X02 at those that were recorded, X04 at others.
ABOUT_CHUNK_EDGES = {"X02", "X04"}
OTHERS = Catalogue({id_: rule for id_, rule in CATALOGUE.rules.items() if id_ not in ABOUT_CHUNK_EDGES})
# Cut into single bytes, a body of megabytes is millions of chunks, which shows no more than one of kilobytes.
MOST_SINGLE_BYTES = 6_000
MOST_BYTES = 100_000
SAME_INSTANTS = [item for item in Recut if item is not Recut.WHOLE]


def said_of(item: Sample) -> dict[str, Verdict]:
    profile = Profile(name="recut", conventions=item.conventions)
    report = evaluate(item.transcripts, profile, catalogue=OTHERS, baseline=item.baseline)
    return {result.rule.id: result.verdict for result in report.results}


def cuts_of(item: Sample) -> list[Recut]:
    size = sum(len(transcript.body) for transcript in item.transcripts)
    if size > MOST_BYTES:
        return [Recut.HALVES]
    return [how for how in SAME_INSTANTS if how is not Recut.EACH_BYTE or size <= MOST_SINGLE_BYTES]


def recut(item: Sample, cut: Callable[[Chunks], Chunks]) -> Sample:
    return replace(item, transcripts=tuple(replace(each, chunks=cut(each.chunks)) for each in item.transcripts))


@pytest.mark.slow
@pytest.mark.each_rule
def test_no_verdict_depends_on_where_the_bytes_were_cut(rule: Rule) -> None:
    """Cut in another way, each piece at the instant it had, every sample of a rule keeps all of its verdicts.

    In one piece, at the last instant, it keeps what is said of its bytes, its JSON and its pictures.
    """
    for item in (*rule.passes, *rule.fails):
        expected = said_of(item)
        for how in cuts_of(item):
            assert said_of(recut(item, how.apply)) == expected, (item.title, how)
        whole = said_of(recut(item, Recut.WHOLE.apply))
        assert _of_bytes(whole) == _of_bytes(expected), item.title


def _of_bytes(said: Mapping[str, Verdict]) -> dict[str, Verdict]:
    return {id_: verdict for id_, verdict in said.items() if id_[0] in "SJI"}


@pytest.mark.slow
@given(st.data())
def test_no_verdict_depends_on_any_cut(data: st.DataObject) -> None:
    """Nor does any other way to cut a sample change a verdict."""
    rule = data.draw(st.sampled_from(RULES))
    item = data.draw(st.sampled_from((*rule.passes, *rule.fails)))
    places = data.draw(st.lists(st.floats(0, 1), min_size=1, max_size=8, unique=True).map(sorted))

    def cut(chunks: Chunks) -> Chunks:
        return tuple(
            replace(chunk, data=chunk.data[int(start * len(chunk.data)) : int(end * len(chunk.data))])
            for chunk in chunks
            for start, end in zip([0.0, *places], [*places, 1.0], strict=True)
        )

    assert said_of(recut(item, cut)) == said_of(item)
